import { bytesSource, open, type SafetensorsFile, toFloat32, view } from "safetensors-ts";
import { SiskinError } from "../errors.ts";
import { readNpy } from "../output/npy.ts";

/** Reference vectors, each with the text it is of. */
export interface References {
  readonly texts: readonly string[];
  readonly vectors: readonly ArrayLike<number>[];
}

/**
 * Reads reference vectors by the ending of the file's name: `.jsonl` with a `{"text": …, "embedding": […]}` a line, or
 * `.safetensors` or `.npy` with a matrix [texts, dimensions] for the texts given.
 *
 * @throws SiskinError BAD_INPUT, with the name and the line; SafetensorsError for what is no safetensors file.
 */
export async function readReferences(bytes: Uint8Array, name: string, texts?: readonly string[]): Promise<References> {
  if (/\.(jsonl|ndjson)$/i.test(name)) return parseReferences(decodeUtf8(bytes, name), name);
  const matrix = /\.npy$/i.test(name)
    ? readNpy(bytes, name)
    : /\.safetensors$/i.test(name)
      ? await readEmbeddings(bytes, name)
      : undefined;
  if (matrix === undefined) throw bad(name, "a .jsonl, .npy or .safetensors file", "another ending");
  if (texts === undefined) throw bad(name, "the texts of its vectors beside it", "none");
  if (texts.length !== matrix.rows) throw bad(name, `as many vectors as texts, ${texts.length}`, `${matrix.rows}`);
  const { columns, data } = matrix;
  return { texts, vectors: texts.map((_, row) => data.subarray(row * columns, (row + 1) * columns)) };
}

function decodeUtf8(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new SiskinError("BAD_INPUT", `${name}: expected UTF-8 text, got other bytes`, { cause });
  }
}

function parseReferences(content: string, name: string): References {
  const texts: string[] = [];
  const vectors: number[][] = [];
  for (const [index, line] of content.split("\n").entries()) {
    if (line.trim() === "") continue;
    const { text, embedding } = parseLine(line, `${name}:${index + 1}`);
    const dimensions = vectors[0]?.length ?? embedding.length;
    if (embedding.length !== dimensions) {
      throw bad(`${name}:${index + 1}`, `${dimensions} components, as the first line has`, `${embedding.length}`);
    }
    texts.push(text);
    vectors.push(embedding);
  }
  return { texts, vectors };
}

function parseLine(line: string, where: string): { text: string; embedding: number[] } {
  let value: { text?: unknown; embedding?: unknown } | null;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new SiskinError("BAD_INPUT", `${where}: expected JSON, got ${JSON.stringify(line.slice(0, 60))}`, { cause });
  }
  const { text, embedding } = value ?? {};
  if (typeof text !== "string") throw bad(where, '"text", a string', JSON.stringify(text) ?? "nothing");
  if (!Array.isArray(embedding) || embedding.length === 0 || !embedding.every((x) => typeof x === "number")) {
    throw bad(where, '"embedding", a list of numbers', Array.isArray(embedding) ? "another list" : typeof embedding);
  }
  return { text, embedding };
}

/** The tensor `embeddings`, or else the only float matrix of the file. */
async function readEmbeddings(bytes: Uint8Array, name: string): Promise<Embeddings> {
  const file = await open(bytesSource(bytes, name));
  const matrices = [...file.tensors.values()].filter(({ shape, dtype }) => shape.length === 2 && FLOATS.has(dtype));
  const info =
    matrices.find((tensor) => tensor.name === "embeddings") ?? (matrices.length === 1 ? matrices[0] : undefined);
  if (info === undefined) {
    throw bad(name, 'a tensor "embeddings" or one float matrix', `${matrices.length} float matrices`);
  }
  const [rows, columns] = info.shape as [number, number];
  return { rows, columns, data: await readFloats(file, info.name) };
}

type Embeddings = { readonly rows: number; readonly columns: number; readonly data: Float32Array | Float64Array };

const FLOATS: ReadonlySet<string> = new Set(["F64", "F32", "F16", "BF16"]);

/** float64 stays as it is: rounding a reference would add to the error that is measured. */
async function readFloats(file: SafetensorsFile, name: string): Promise<Float32Array | Float64Array> {
  const tensor = await file.read(name);
  return tensor.dtype === "F64" ? view(tensor, "F64") : toFloat32(tensor);
}

function bad(where: string, expected: string, got: string): SiskinError {
  return new SiskinError("BAD_INPUT", `${where}: expected ${expected}, got ${got}`);
}
