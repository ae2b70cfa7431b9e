import { SiskinError } from "../errors.ts";

/** How a vector's components are kept: as numbers, as one byte each, or as one bit each. */
export type Precision = "float32" | "int8" | "uint8" | "binary" | "ubinary";

export const PRECISIONS: readonly Precision[] = ["float32", "int8", "uint8", "binary", "ubinary"];

/** What a vector of a precision is kept in. */
export type VectorOf<P extends Precision> = P extends "float32"
  ? Float32Array
  : P extends "int8" | "binary"
    ? Int8Array
    : Uint8Array;

/** The least and the greatest value of each component over a calibration set; min, max [dimensions]. */
export interface Ranges {
  readonly min: ArrayLike<number>;
  readonly max: ArrayLike<number>;
}

/**
 * Gives each row of vectors [rows, dimensions] in a precision, as sentence_transformers.quantize_embeddings does.
 *
 *   float32          the row itself
 *   uint8            clip(floor((x − min) / step), 0, 255), step = (max − min) / 255, a zero step read as 1
 *   int8             the same minus 128
 *   ubinary          one bit a component, x > 0, most significant bit first, the last byte padded with zeros
 *   binary           the same minus 128
 *
 * The rows share one buffer. The arithmetic of int8 and uint8 is float32, so that a value on the edge of two steps falls
 * where it does in Python.
 *
 * @throws SiskinError BAD_OPTION when int8 or uint8 come without ranges, or with ranges of another size.
 */
export function quantize<P extends Precision>(
  vectors: Float32Array,
  rows: number,
  dimensions: number,
  precision: P,
  ranges?: Ranges,
): VectorOf<P>[] {
  return splitRows(quantizeAll(vectors, rows, dimensions, precision, ranges), rows) as VectorOf<P>[];
}

/** The ranges of a calibration set: at least two vectors, better some thousands. */
export function rangesOf(vectors: readonly Float32Array[]): Ranges {
  if (vectors.length < 2) {
    throw new SiskinError("BAD_OPTION", `rangesOf: vectors: expected at least 2, got ${vectors.length}`);
  }
  const min = vectors[0]!.slice();
  const max = vectors[0]!.slice();
  for (const [row, vector] of vectors.entries()) {
    if (vector.length !== min.length) {
      throw new SiskinError(
        "BAD_OPTION",
        `rangesOf: vectors[${row}]: expected ${min.length} components, got ${vector.length}`,
      );
    }
    for (let i = 0; i < vector.length; i++) {
      min[i] = Math.min(min[i]!, vector[i]!);
      max[i] = Math.max(max[i]!, vector[i]!);
    }
  }
  return { min, max };
}

function quantizeAll(
  vectors: Float32Array,
  rows: number,
  dimensions: number,
  precision: Precision,
  ranges: Ranges | undefined,
): Float32Array | Int8Array | Uint8Array {
  if (precision === "float32") return vectors;
  if (precision === "ubinary") return packSigns(vectors, rows, dimensions);
  if (precision === "binary") return lessBy128(packSigns(vectors, rows, dimensions));
  checkRanges(precision, dimensions, ranges);
  const levels = quantizeLevels(vectors, rows, ranges!);
  return precision === "uint8" ? levels : lessBy128(levels);
}

/** Checks that a precision that needs ranges has them, in time: before the work and not after it. */
export function checkRanges(precision: Precision, dimensions: number, ranges: Ranges | undefined): void {
  if (precision !== "int8" && precision !== "uint8") return;
  if (ranges === undefined) {
    throw new SiskinError(
      "BAD_OPTION",
      `encode: precision "${precision}": expected ranges {min, max} of a calibration set (see rangesOf), got none`,
    );
  }
  for (const name of ["min", "max"] as const) {
    if (ranges[name]?.length !== dimensions) {
      throw new SiskinError(
        "BAD_OPTION",
        `encode: ranges.${name}: expected ${dimensions} values, one a dimension, got ${ranges[name]?.length ?? "none"}`,
      );
    }
  }
  for (let i = 0; i < dimensions; i++) {
    if (ranges.min[i]! <= ranges.max[i]!) continue;
    throw new SiskinError(
      "BAD_OPTION",
      `encode: ranges: component ${i}: expected min <= max, got min ${ranges.min[i]} and max ${ranges.max[i]}`,
    );
  }
}

/** The level of each component, 0 to 255, in the steps of its own range. */
function quantizeLevels(vectors: Float32Array, rows: number, { min, max }: Ranges): Uint8Array {
  const dimensions = min.length;
  const starts = Float32Array.from(min);
  const steps = Float32Array.from(max, (high, i) => Math.fround(Math.fround(high) - starts[i]!) / 255 || 1);
  const out = new Uint8Array(vectors.length);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < dimensions; i++) {
      const at = row * dimensions + i;
      const level = Math.floor(Math.fround(Math.fround(vectors[at]! - starts[i]!) / steps[i]!));
      out[at] = Math.min(Math.max(level, 0), 255);
    }
  }
  return out;
}

function packSigns(vectors: Float32Array, rows: number, dimensions: number): Uint8Array {
  const bytes = Math.ceil(dimensions / 8);
  const out = new Uint8Array(rows * bytes);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < dimensions; i++) {
      if (vectors[row * dimensions + i]! > 0) out[row * bytes + (i >> 3)]! |= 0x80 >> (i & 7);
    }
  }
  return out;
}

/** The same bytes less 128, as signed ones, in place: subtracting 128 modulo 256 turns the top bit. */
function lessBy128(bytes: Uint8Array): Int8Array {
  for (let i = 0; i < bytes.length; i++) bytes[i]! ^= 0x80;
  return new Int8Array(bytes.buffer);
}

function splitRows<T extends Float32Array | Int8Array | Uint8Array>(all: T, rows: number): T[] {
  const size = rows === 0 ? 0 : all.length / rows;
  return Array.from({ length: rows }, (_, row) => all.subarray(row * size, (row + 1) * size) as T);
}
