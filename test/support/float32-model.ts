import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open, parseHeader, type SafetensorsFile, serializeParts, toFloat32, view } from "safetensors-ts";
import { fileSource } from "safetensors-ts/node";
import { unpackRow } from "../../dist/kernels/matrix.js";
import { inCheckout } from "./paths.ts";

const ROWS = 8192; // at a time: 12 MB of the word embeddings

/**
 * The embedded model as the checkpoint it was made from was stored: each tensor in float32, 470 MB, in a new folder that the
 * caller removes. It holds the very values that the 4 bits stand for, so that its vectors are the embedded model's.
 */
export async function writeFloat32Model(): Promise<string> {
  const from = inCheckout("models/multilingual-e5-small/");
  const folder = mkdtempSync(join(tmpdir(), "siskin-float32-"));
  for (const name of readdirSync(from)) {
    if (name !== "config.json" && name !== "model.safetensors") symlinkSync(join(from, name), join(folder, name));
  }
  const { quantization, ...config } = JSON.parse(readFileSync(join(from, "config.json"), "utf8"));
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  const source = fileSource(join(from, "model.safetensors"));
  await writeTensors(await open(source), quantization.group_size, join(folder, "model.safetensors"));
  source.close();
  return folder;
}

async function writeTensors(file: SafetensorsFile, groupSize: number, path: string): Promise<void> {
  const shapes = new Map<string, number[]>();
  for (const { name, dtype, shape } of file.tensors.values()) {
    if (name.endsWith(".scales") || name.endsWith(".biases")) continue;
    shapes.set(name, dtype === "U32" ? [shape[0]!, 8 * shape[1]!] : [...shape]);
  }
  // The writer lays the file out; the zeros that it is given have no memory until something is written to them.
  const sizes = Array.from(shapes.values(), (shape) => shape.reduce((product, size) => product * size, 1));
  const zeros = new Float32Array(Math.max(...sizes));
  const parts = serializeParts(
    Array.from(shapes, ([name, shape], i) => ({ name, shape, data: zeros.subarray(0, sizes[i]) })),
  );
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const { tensors, dataStart } = parseHeader(parts[0]!, length, path);
  const target = openSync(path, "w");
  writeSync(target, parts[0]!, 0, dataStart, 0);
  for (const { name, begin } of tensors.values()) {
    let at = dataStart + begin;
    for await (const values of readValues(file, name, groupSize)) {
      writeSync(target, new Uint8Array(values.buffer, values.byteOffset, values.byteLength), 0, values.byteLength, at);
      at += values.byteLength;
    }
  }
  closeSync(target);
}

/** A tensor's values in order, some rows at a time where they are quantized. */
async function* readValues(file: SafetensorsFile, name: string, groupSize: number): AsyncGenerator<Float32Array> {
  const module = name.slice(0, -".weight".length);
  const parts = ["weight", "scales", "biases"].map((suffix) => file.tensors.get(`${module}.${suffix}`));
  if (parts.some((part) => part === undefined)) {
    yield toFloat32(await file.read(name));
    return;
  }
  const [rows, words] = parts[0]!.shape as [number, number];
  for (let first = 0; first < rows; first += ROWS) {
    const count = Math.min(ROWS, rows - first);
    const ids = Int32Array.from({ length: count }, (_, i) => first + i);
    const [packed, scales, biases] = parts.map((part) => {
      const data = new Uint8Array((count * (part!.end - part!.begin)) / rows);
      file.readRows(part!.name, ids, data);
      return { ...part!, shape: [count, part!.shape[1]!], data };
    });
    const columns = 8 * words;
    const matrix = {
      format: "quantized4" as const,
      rows: count,
      columns,
      groupSize,
      packed: view(packed!) as Uint32Array,
      scales: toFloat32(scales!),
      biases: toFloat32(biases!),
    };
    const values = new Float32Array(count * columns);
    for (let row = 0; row < count; row++) unpackRow(values, row * columns, 1, matrix, row);
    yield values;
  }
}
