/**
 * How values become small integers: q = round(v / scale), ties to even, scale = the largest magnitude / `largest`.
 *
 *   int16  weights    12 bits, a scale an output: |q| ≤ 2047
 *          x          a scale a row: |q| ≤ the range with which no output's sum can overflow 32 bits (`int16Range`)
 *   int8   weights    7 bits, a scale for each block of 32 inputs: |q| ≤ 63; stored 4-bit groups stay as they are
 *          x          8 bits, a scale for each block of 32: |q| ≤ 127
 *
 * A linear layer in int16 or int8 is, by definition, the product of what the rounded integers stand for. Sums of products of
 * the integers are exact, so that kernels differ only in how they round the few scaled sums.
 */
import { type LinearWeights, type Matrix, type Quantized4Matrix, unpackRow } from "./matrix.ts";

/** What linear layers compute with. */
export type Dtype = "float32" | "int16" | "int8";

/** Inputs that share a scale in int8. */
export const BLOCK = 32;
export const LARGEST = { int16Weight: 2047, int8Weight: 63, int8: 127 } as const;

/** A row of zeros has a scale too. */
const SMALLEST = Math.fround(1e-30);
/** 1.5 · 2^23: a float32 of this size counts in ones, so that adding it rounds to an integer. */
const ROUNDER = 12582912;

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
    out[at + i] = Math.fround(Math.fround(values[from + i]! * factor) + ROUNDER) - ROUNDER;
  }
  return Math.fround(most / largest);
}

/** The largest magnitude of int16 inputs whose products with a row of integers add up to less than 2^31. */
export function int16Range(row: Int16Array): number {
  let sum = 1;
  for (let k = 0; k < row.length; k++) sum += Math.abs(row[k]!);
  return Math.min(32767, Math.floor(2147483647 / sum));
}

/** Whether int8 takes the 4-bit groups of all these matrices as they are: no block of 32 inputs has two scales. */
export function keepsGroups(matrices: readonly Matrix[]): matrices is readonly Quantized4Matrix[] {
  return matrices.every((matrix) => matrix.format === "quantized4" && matrix.groupSize % BLOCK === 0);
}

/** Weights as a dtype keeps them, and for int16 the range of its inputs: the specification's, in float32 again. */
export function roundWeights(weights: LinearWeights, dtype: Dtype): LinearWeights & { range: number } {
  if (dtype === "float32" || (dtype === "int8" && keepsGroups(weights.matrices))) return { ...weights, range: 0 };
  let range = 32767;
  const matrices = weights.matrices.map((matrix): Matrix => {
    const { rows, columns } = matrix;
    const data = new Float32Array(rows * columns);
    const integers = new Int16Array(columns);
    for (let row = 0; row < rows; row++) {
      unpackRow(data, row * columns, 1, matrix, row);
      if (dtype === "int16") {
        const scale = quantize(integers, 0, data, row * columns, columns, LARGEST.int16Weight);
        range = Math.min(range, int16Range(integers));
        for (let k = 0; k < columns; k++) data[row * columns + k] = integers[k]! * scale;
      } else {
        roundBlocks(data, row * columns, columns, LARGEST.int8Weight);
      }
    }
    return { format: "float32", rows, columns, data };
  });
  return { ...weights, matrices, range };
}

/** x [tokens, inputs] as a dtype's linear layers see it, in place. */
export function roundInputs(x: Float32Array, inputs: number, tokens: number, dtype: Dtype, range: number): void {
  for (let row = 0; row < tokens * inputs; row += inputs) {
    if (dtype === "int16") roundRun(x, row, inputs, range);
    else if (dtype === "int8") roundBlocks(x, row, inputs, LARGEST.int8);
  }
}

function roundBlocks(values: Float32Array, from: number, count: number, largest: number): void {
  for (let k = 0; k < count; k += BLOCK) roundRun(values, from + k, Math.min(BLOCK, count - k), largest);
}

/** Values that share a scale, as what their integers stand for. */
function roundRun(values: Float32Array, from: number, count: number, largest: number): void {
  const scale = quantize(values, from, values, from, count, largest);
  for (let i = from; i < from + count; i++) values[i] = values[i]! * scale;
}
