/**
 * How values become small integers: q = round((v − middle) / scale), ties to even, scale = the largest magnitude / `largest`.
 *
 *   int16  weights    12 bits, a scale an output: |q| ≤ 2047
 *          x          a scale a row: |q| ≤ the range with which no output's sum can overflow 32 bits (`int16Range`)
 *   int8   weights    7 bits, a scale for each block of 32 inputs: |q| ≤ 63; stored 4-bit groups stay as they are
 *          x          8 bits, a scale and a middle for each block of 32: |q| ≤ 126, 127 where two roundings add up
 *
 * The middle is 0 in all but the last; there, unless the inputs are `uncentred`, it is near that of a block's least and greatest
 * value, and itself a multiple of the scale, so that one rounding does for both: q = round(v / scale) − round(middle / scale).
 * Layer norms give blocks in which one value stands out, and half the range is twice the precision. It costs a tenth of the
 * speed, so that what attention and activations give does without: MiniLM's least cosine with float32 is 0.99787 with a middle
 * everywhere, 0.99786 after layer norms alone, 0.99708 nowhere. 4-bit groups do without, too (e5-small: 0.99994, 0.99989, 0.99984).
 *
 * A linear layer in int16 or int8 is, by definition, the product of what the rounded integers stand for. Sums of products of
 * the integers are exact, so that kernels differ only in how they round the few scaled sums. Integers know no NaN: weights that
 * are not finite are refused, and x that is not gives numbers without meaning.
 */
import { SiskinError } from "../errors.ts";
import { type LinearWeights, type Matrix, type Quantized4Matrix, unpackRow } from "./matrix.ts";

/** What linear layers compute with. */
export type Dtype = "float32" | "int16" | "int8";

/** Inputs that share a scale in int8. */
export const BLOCK = 32;
export const LARGEST = { int16Weight: 2047, int8Weight: 63, int8: 126 } as const;
/** The least magnitude of a centred block's largest distance from its middle, as a part of its largest value. */
export const CENTRED_FLOOR: number = 2 ** -14; // values are then less than 2^22 scales, and have integers

/** Zeros have a scale too. */
export const SMALLEST: number = Math.fround(1e-30);
/** 1.5 · 2^23: a float32 of this size counts in ones, so that adding it rounds, and the integer is in its low bits. */
export const ROUNDER = 12582912;

/** Writes the integers of values[from … from + count) to out[at …], and gives their scale, a float32. */
export function quantize(
  out: Int16Array | Int8Array | Float32Array,
  at: number,
  values: Float32Array,
  from: number,
  count: number,
  largest: number,
): number {
  let most = SMALLEST;
  for (let i = from; i < from + count; i++) {
    const magnitude = Math.abs(values[i]!);
    if (magnitude > most) most = magnitude;
  }
  const factor = Math.fround(largest / most);
  for (let i = 0; i < count; i++) {
    out[at + i] = round(Math.fround(values[from + i]! * factor));
  }
  return Math.fround(most / largest);
}

/** The largest magnitude of int16 inputs whose products with integers of this sum of magnitudes add up to less than 2^31. */
export function int16Range(sum: number): number {
  return Math.min(32767, Math.floor(2147483647 / (1 + sum)));
}

/** Whether int8 takes the 4-bit groups of all these matrices as they are: no block of 32 inputs has two scales. */
export function keepsGroups(matrices: readonly Matrix[]): matrices is readonly Quantized4Matrix[] {
  return matrices.every((matrix) => matrix.format === "quantized4" && matrix.groupSize % BLOCK === 0);
}

/** Weights of bias −8 · scale, as Q4_0 rounds them. */
export function isSymmetric({ scales, biases }: Quantized4Matrix): boolean {
  for (let group = 0; group < scales.length; group++) if (biases[group] !== -8 * scales[group]!) return false;
  return true;
}

/** Weights as a dtype keeps them, in float32 again or as stored groups, and how x is rounded for them. */
export interface RoundedWeights extends LinearWeights {
  /** int16: the largest integer of x. */
  readonly range: number;
  /** int8: whether blocks of x have a middle. */
  readonly centred: boolean;
}

export function roundWeights(weights: LinearWeights, dtype: Dtype): RoundedWeights {
  const stored = { ...weights, range: 0, centred: false };
  if (dtype === "float32") return stored;
  requireFinite(weights, dtype);
  if (dtype === "int8" && keepsGroups(weights.matrices)) return stored;
  let range = 32767;
  const matrices = weights.matrices.map((matrix): Matrix => {
    const { rows, columns } = matrix;
    const data = new Float32Array(rows * columns);
    const integers = new Int16Array(columns);
    for (let row = 0; row < rows; row++) {
      unpackRow(data, row * columns, 1, matrix, row);
      if (dtype === "int16") {
        const scale = quantize(integers, 0, data, row * columns, columns, LARGEST.int16Weight);
        range = Math.min(range, int16Range(integers.reduce((sum, q) => sum + Math.abs(q), 0)));
        for (let k = 0; k < columns; k++) data[row * columns + k] = integers[k]! * scale;
      } else {
        roundBlocks(data, row * columns, columns, LARGEST.int8Weight);
      }
    }
    return { format: "float32", rows, columns, data };
  });
  return { ...weights, matrices, range, centred: !weights.uncentred };
}

/** @throws SiskinError BAD_FILE for weights that integers cannot stand for. */
export function requireFinite({ matrices }: LinearWeights, dtype: Dtype): void {
  for (const matrix of matrices) {
    const arrays = matrix.format === "float32" ? [matrix.data] : [matrix.scales, matrix.biases];
    for (const array of arrays) {
      const at = array.findIndex((value) => !Number.isFinite(value));
      if (at < 0) continue;
      const row = Math.floor((at * matrix.rows) / array.length);
      const name = `weights of ${matrix.rows} × ${matrix.columns}`;
      throw new SiskinError("BAD_FILE", `${name}: row ${row}: expected finite values for ${dtype}, got ${array[at]}`);
    }
  }
}

/** x [tokens, inputs] as a dtype's linear layers see it, in place. */
export function roundInputs(
  x: Float32Array,
  tokens: number,
  { inputs, range, centred }: RoundedWeights,
  dtype: Dtype,
): void {
  for (let row = 0; row < tokens * inputs; row += inputs) {
    if (dtype === "int16") roundRun(x, row, inputs, range);
    else if (dtype === "int8") roundInputBlocks(x, row, inputs, centred);
  }
}

function roundBlocks(values: Float32Array, from: number, count: number, largest: number): void {
  for (let k = 0; k < count; k += BLOCK) roundRun(values, from + k, Math.min(BLOCK, count - k), largest);
}

function roundInputBlocks(x: Float32Array, from: number, count: number, centred: boolean): void {
  for (let k = from; k < from + count; k += BLOCK) {
    const block = x.subarray(k, Math.min(k + BLOCK, from + count));
    const padded = block.length < BLOCK ? [0] : []; // as the kernels see a row's last block
    const [least, greatest] = [Math.min(...block, ...padded), Math.max(...block, ...padded)];
    const magnitude = Math.max(greatest, -least);
    const [centre, floor] = centred ? [0.5, CENTRED_FLOOR] : [0, 1];
    const most = Math.max(
      Math.fround(Math.fround(greatest - least) * centre),
      Math.fround(magnitude * floor),
      SMALLEST,
    );
    const [factor, scale] = [Math.fround(LARGEST.int8 / most), Math.fround(most / LARGEST.int8)];
    const middle = round(Math.fround(Math.fround(Math.fround(greatest + least) * centre) * factor));
    for (let i = 0; i < block.length; i++) {
      const q = Math.max(-128, Math.min(127, round(Math.fround(block[i]! * factor)) - middle));
      block[i] = (middle + q) * scale;
    }
  }
}

/** The nearest integer of |x| < 2^22, ties to even. */
function round(x: number): number {
  return Math.fround(x + ROUNDER) - ROUNDER;
}

/** Values that share a scale, as what their integers stand for. */
function roundRun(values: Float32Array, from: number, count: number, largest: number): void {
  const scale = quantize(values, from, values, from, count, largest);
  for (let i = from; i < from + count; i++) values[i] = values[i]! * scale;
}
