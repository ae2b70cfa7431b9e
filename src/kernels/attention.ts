import { exp } from "./exp.ts";
import type { Scratch } from "./scratch.ts";
import { multiplyTile, packRows, roundUp, TILE } from "./tile.ts";

/**
 * Multi-head self-attention, each text by itself: no padding, no mask.
 *
 *   out[t, head] = Σ_s softmax_s(q[t, head] · k[s, head] / √headSize) · v[s, head], s over the text's tokens
 *
 *   qkv     [tokens, 3, heads, headSize]   queries, keys, values side by side in a row
 *   out     [tokens, heads, headSize]      must not overlap qkv
 *   starts  [texts + 1]                    text i is the tokens from starts[i] to starts[i + 1]
 *
 * Scores, their exponentials and sums are float64; three queries at a time, so the scores are `[tokens, 3]` and never a
 * square. Vaswani et al. 2017, arXiv:1706.03762.
 */
export function attention(
  out: Float32Array,
  qkv: Float32Array,
  starts: Int32Array,
  heads: number,
  headSize: number,
  scratch: Scratch,
): void {
  for (let text = 0; text + 1 < starts.length; text++) {
    const start = starts[text]!;
    const length = starts[text + 1]! - start;
    for (let head = 0; head < heads; head++) attendHead(out, qkv, start, length, head, heads, headSize, scratch);
  }
}

function attendHead(
  out: Float32Array,
  qkv: Float32Array,
  start: number,
  length: number,
  head: number,
  heads: number,
  headSize: number,
  scratch: Scratch,
): void {
  const hidden = heads * headSize;
  const stride = 3 * hidden;
  const query = start * stride + head * headSize;
  const padded = roundUp(length);
  const queries = scratch.take("x", padded * headSize);
  const keys = scratch.take("keys", padded * headSize);
  const values = scratch.take("values", length * roundUp(headSize));
  const scores = scratch.take("scores", padded * TILE);
  const { sums } = scratch;
  packRows(queries, qkv, query, stride, length, headSize, 1 / Math.sqrt(headSize));
  packRows(keys, qkv, query + hidden, stride, length, headSize, 1);
  packColumns(values, qkv, query + 2 * hidden, stride, length, headSize);

  for (let t = 0; t < length; t += TILE) {
    for (let s = 0; s < length; s += TILE) {
      // [3 keys, 3 queries]: keys are the steps of the next product
      multiplyTile(scores, s * TILE, keys, s * headSize, queries, t * headSize, headSize);
    }
    softmaxColumns(scores, length);
    const height = Math.min(TILE, length - t);
    for (let d = 0; d < headSize; d += TILE) {
      multiplyTile(sums, 0, scores, 0, values, d * length, length);
      const width = Math.min(TILE, headSize - d);
      for (let i = 0; i < height; i++) {
        const to = (start + t + i) * hidden + head * headSize + d;
        for (let j = 0; j < width; j++) out[to + j] = sums[i * TILE + j]!;
      }
    }
  }
}

/** The transpose of `packRows`: three columns a panel, `[ceil(columns / 3)][rows][3]`; missing columns are zeros. */
function packColumns(
  panels: Float64Array,
  x: Float32Array,
  offset: number,
  stride: number,
  rows: number,
  columns: number,
): void {
  for (let column = 0; column < roundUp(columns); column += TILE) {
    let to = column * rows;
    for (let row = 0; row < rows; row++)
      for (let j = column; j < column + TILE; j++) panels[to++] = j < columns ? x[offset + row * stride + j]! : 0;
  }
}

/** Softmax down each of the three columns of scores [length, 3], in place. */
function softmaxColumns(scores: Float64Array, length: number): void {
  const end = length * TILE;
  for (let column = 0; column < TILE; column++) {
    let largest = -Infinity;
    for (let i = column; i < end; i += TILE) if (scores[i]! > largest) largest = scores[i]!;
    let sum = 0;
    for (let i = column; i < end; i += TILE) sum += scores[i] = exp(scores[i]! - largest);
    for (let i = column; i < end; i += TILE) scores[i] = scores[i]! / sum;
  }
}
