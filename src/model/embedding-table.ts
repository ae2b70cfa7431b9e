import type { SafetensorsFile, TensorInfo } from "safetensors-ts";
import { toFloat32, view } from "safetensors-ts";
import { unpackRow } from "../kernels/matrix.ts";
import { type Checkpoint, checkQuantized, countFloats, isQuantized } from "./checkpoint.ts";

/**
 * An embedding table [rows, columns] that stays in its file: the word table of multilingual-e5-small is 384 MB in
 * float32, and a text touches a few dozen of its 250,037 rows.
 */
export interface EmbeddingTable {
  readonly columns: number;
  /** Writes the rows to out [rows.length, columns]; synchronous where the file is. `rows` ascend without repeats. */
  read(rows: Int32Array, out: Float32Array): void | Promise<void>;
}

export function openEmbeddingTable(
  checkpoint: Checkpoint,
  module: string,
  rows: number,
  columns: number,
): EmbeddingTable {
  const { file } = checkpoint;
  if (isQuantized(checkpoint, module)) {
    const groupSize = checkQuantized(checkpoint, module, rows, columns);
    return quantizedTable(file, module, columns, groupSize);
  }
  const info = countFloats(checkpoint, `${module}.weight`, [rows, columns]);
  return {
    columns,
    read: (ids, out) =>
      info.dtype === "F32"
        ? file.readRows(info.name, ids, new Uint8Array(out.buffer, out.byteOffset, out.byteLength))
        : then(readRows(file, info, ids), (data) => {
            toFloat32({ ...info, shape: [ids.length, columns], data }, out);
          }),
  };
}

function quantizedTable(file: SafetensorsFile, module: string, columns: number, groupSize: number): EmbeddingTable {
  const infos = ["weight", "scales", "biases"].map((suffix) => file.tensors.get(`${module}.${suffix}`)!);
  return {
    columns,
    read(ids, out) {
      const parts = infos.map((info) => readRows(file, info, ids));
      return thenAll(parts, (data) => {
        const [packed, scales, biases] = infos.map((info, i) => ({
          ...info,
          shape: [ids.length, info.shape[1]!],
          data: data[i]!,
        }));
        const matrix = {
          format: "quantized4" as const,
          rows: ids.length,
          columns,
          groupSize,
          packed: view(packed!) as Uint32Array,
          scales: toFloat32(scales!),
          biases: toFloat32(biases!),
        };
        for (let row = 0; row < ids.length; row++) unpackRow(out, row * columns, 1, matrix, row);
      });
    },
  };
}

/** The bytes of some rows of a tensor, one after the other. */
function readRows(file: SafetensorsFile, info: TensorInfo, rows: Int32Array): Uint8Array | Promise<Uint8Array> {
  const bytes = new Uint8Array((rows.length * (info.end - info.begin)) / info.shape[0]!);
  return then(file.readRows(info.name, rows, bytes), () => bytes);
}

/** Goes on at once where the value is there, so that a file read in Node costs no turn of the event loop. */
function then<T, R>(value: T | Promise<T>, next: (value: T) => R): R | Promise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

function thenAll<T, R>(values: readonly (T | Promise<T>)[], next: (values: readonly T[]) => R): R | Promise<R> {
  if (values.some((value) => value instanceof Promise)) return Promise.all(values).then(next);
  return next(values as readonly T[]);
}
