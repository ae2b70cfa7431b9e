import { type LinearWeights, type Matrix, unpackRow } from "./matrix.ts";
import type { Scratch } from "./scratch.ts";
import { multiplyTile, packRows, roundUp, TILE } from "./tile.ts";

/** Rows packed at a time: 192 × 1536 inputs in float64 are 2.4 MB, about a core's second-level cache. */
const BLOCK_ROWS = 192;

/**
 * A linear layer.
 *
 *   out[t, n] = Σ_k x[t, k] · weight[n, k] + bias[n]
 *
 *   x       [tokens, inputs]
 *   weight  [outputs, inputs]   as stored: float32, or 4-bit groups that are unpacked three rows at a time
 *   out     [tokens, outputs]   must not overlap x
 *
 * Sums are in float64, in the order of k. Panels of weights are the outer loop, so each is unpacked once a block of rows.
 */
export function linear(
  out: Float32Array,
  x: Float32Array,
  weights: LinearWeights,
  tokens: number,
  scratch: Scratch,
): void {
  const { inputs } = weights;
  const panels = scratch.take("x", roundUp(Math.min(tokens, BLOCK_ROWS)) * inputs);
  for (let first = 0; first < tokens; first += BLOCK_ROWS) {
    const rows = Math.min(BLOCK_ROWS, tokens - first);
    packRows(panels, x, first * inputs, inputs, rows, inputs, 1);
    let column = 0;
    for (const matrix of weights.matrices) {
      linearBlock(out, panels, matrix, weights, first, rows, column, scratch);
      column += matrix.rows;
    }
  }
}

/** The columns of `out` from `column` on that one matrix gives, for the packed rows from `first` on. */
function linearBlock(
  out: Float32Array,
  panels: Float64Array,
  matrix: Matrix,
  { outputs, inputs, bias }: LinearWeights,
  first: number,
  rows: number,
  column: number,
  scratch: Scratch,
): void {
  const { sums } = scratch;
  const weightPanel = scratch.take("weights", TILE * inputs);
  for (let n = 0; n < matrix.rows; n += TILE) {
    const width = Math.min(TILE, matrix.rows - n);
    for (let j = 0; j < width; j++) unpackRow(weightPanel, j, TILE, matrix, n + j);
    for (let t = 0; t < rows; t += TILE) {
      multiplyTile(sums, 0, panels, t * inputs, weightPanel, 0, inputs);
      const at = (first + t) * outputs + column + n;
      storeTile(out, at, outputs, sums, bias, column + n, Math.min(TILE, rows - t), width);
    }
  }
}

/** out[at + i·stride + j] = sums[3i + j] + bias[biasAt + j]: the part of a tile that lies inside the matrix. */
function storeTile(
  out: Float32Array,
  at: number,
  stride: number,
  sums: Float64Array,
  bias: Float32Array,
  biasAt: number,
  height: number,
  width: number,
): void {
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) out[at + i * stride + j] = sums[i * TILE + j]! + bias[biasAt + j]!;
  }
}
