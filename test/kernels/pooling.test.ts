import { type PoolingMode, pool } from "siskin/kernels";
import { expect, test } from "vitest";

const HIDDEN = Float32Array.of(1, -1, 3, -5, 8, 6, 10, 20); // [4 tokens, 2]: a text of three tokens, and one of one
const STARTS = Int32Array.of(0, 3, 4);

/** The two texts' vectors, where the first `prompt` tokens of each are left out of the pool. */
function pooled(mode: PoolingMode, prompt: number): number[] {
  const out = new Float32Array(4).fill(99);
  pool(
    out,
    HIDDEN,
    STARTS.slice(0, -1).map((start) => start + prompt),
    STARTS,
    2,
    mode,
  );
  return [...out];
}

// By hand from sentence-transformers' Pooling; fixtures/tiny holds what it gives itself.
test.each<[PoolingMode, number, number[]]>([
  ["cls", 0, [1, -1, 10, 20]],
  ["cls", 1, [3, -5, 10, 20]], // an empty pool falls back to the first token
  ["lasttoken", 0, [8, 6, 10, 20]],
  ["lasttoken", 1, [8, 6, 0, 0]],
  ["mean", 0, [4, 0, 10, 20]],
  ["mean", 1, [5.5, 0.5, 0, 0]],
  ["mean_sqrt_len_tokens", 0, [Math.fround(12 / Math.sqrt(3)), 0, 10, 20]],
  ["mean_sqrt_len_tokens", 1, [Math.fround(11 / Math.sqrt(2)), Math.fround(1 / Math.sqrt(2)), 0, 0]],
  ["weightedmean", 0, [Math.fround(31 / 6), Math.fround(7 / 6), 10, 20]],
  ["weightedmean", 1, [6, Math.fround(8 / 5), 0, 0]], // the weights stay 2 and 3
  ["max", 0, [8, 6, 10, 20]],
  ["max", 1, [8, 6, 0, 0]],
])("%s with a prompt of %d left out", (mode, prompt, expected) => {
  expect(pooled(mode, prompt)).toEqual(expected);
});
