import {
  addLayerNorm,
  attention,
  createScratch,
  layerNorm,
  linear,
  type Matrix,
  type Quantized4Matrix,
  unpackRow,
} from "siskin/kernels";
import { describe, expect, test } from "vitest";
import { type Random, random } from "../support/random.ts";

/** The largest difference, and where it is. */
function largest(got: ArrayLike<number>, expected: ArrayLike<number>): { difference: number; at: number } {
  let difference = 0;
  let at = -1;
  for (let i = 0; i < expected.length; i++) {
    const d = Math.abs(got[i]! - expected[i]!);
    if (!(d <= difference)) [difference, at] = [d, i];
  }
  return { difference, at };
}

function randomMatrix(rng: Random, rows: number, columns: number): Matrix {
  if (columns % 32 !== 0 || rng.next() < 0.5) {
    return { format: "float32", rows, columns, data: rng.floats(rows * columns) };
  }
  return {
    format: "quantized4",
    rows,
    columns,
    groupSize: 32,
    packed: Uint32Array.from({ length: (rows * columns) / 8 }, () => rng.integer(0, 0xffffffff)),
    scales: rng.floats((rows * columns) / 32),
    biases: rng.floats((rows * columns) / 32),
  };
}

function values(matrix: Matrix): Float64Array {
  const out = new Float64Array(matrix.rows * matrix.columns);
  for (let row = 0; row < matrix.rows; row++) unpackRow(out, row * matrix.columns, 1, matrix, row);
  return out;
}

test("a quantized row is scale · q + bias, least significant four bits first", () => {
  const matrix: Quantized4Matrix = {
    format: "quantized4",
    rows: 2,
    columns: 8,
    groupSize: 8,
    packed: Uint32Array.of(0xffffffff, 0x76543210),
    scales: Float32Array.of(1, 0.5),
    biases: Float32Array.of(-1, -2),
  };
  const out = new Float64Array(16).fill(99);
  unpackRow(out, 0, 2, matrix, 1);
  expect([...out]).toEqual([-2, 99, -1.5, 99, -1, 99, -0.5, 99, 0, 99, 0.5, 99, 1, 99, 1.5, 99]);
});

describe("linear equals a triple loop in float64", () => {
  test.each(Array.from({ length: 40 }, (_, seed) => seed))("seed %d", (seed) => {
    const rng = random(seed);
    const tokens = rng.pick([1, 2, 3, 4, 5, 7, 31, 191, 192, 193, 400]);
    const inputs = rng.pick([1, 3, 31, 32, 64, 96, 384]);
    const matrices = Array.from({ length: rng.integer(1, 3) }, () => randomMatrix(rng, rng.integer(1, 40), inputs));
    const outputs = matrices.reduce((sum, { rows }) => sum + rows, 0);
    const bias = rng.floats(outputs);
    const x = rng.floats(tokens * inputs);
    const out = new Float32Array(tokens * outputs + 1).fill(7);
    linear(out, x, { inputs, outputs, matrices, bias }, tokens, createScratch());

    const weights = matrices.flatMap((matrix) => [...values(matrix)]);
    const expected = new Float32Array(tokens * outputs);
    for (let t = 0; t < tokens; t++) {
      for (let n = 0; n < outputs; n++) {
        let sum = 0;
        for (let k = 0; k < inputs; k++) sum += x[t * inputs + k]! * weights[n * inputs + k]!;
        expected[t * outputs + n] = sum + bias[n]!;
      }
    }
    expect(largest(out, expected)).toEqual({ difference: 0, at: -1 }); // the same sums in the same order
    expect(out.at(-1)).toBe(7);
  });
});

describe("attention equals softmax(q·k/√d)·v in float64", () => {
  test.each(Array.from({ length: 25 }, (_, seed) => seed))("seed %d", (seed) => {
    const rng = random(1000 + seed);
    const heads = rng.integer(1, 4);
    const headSize = rng.pick([1, 2, 3, 8, 12, 32]);
    const lengths = Array.from({ length: rng.integer(1, 4) }, () => rng.pick([1, 2, 3, 4, 5, 17, 64]));
    const starts = Int32Array.from([0, ...lengths]);
    for (let i = 1; i < starts.length; i++) starts[i]! += starts[i - 1]!;
    const tokens = starts.at(-1)!;
    const hidden = heads * headSize;
    const qkv = rng.floats(tokens * 3 * hidden);
    const out = new Float32Array(tokens * hidden);
    attention(out, qkv, starts, heads, headSize, createScratch());
    expect(largest(out, plainAttention(qkv, starts, heads, headSize)).difference).toBeLessThan(3e-7);
  });

  test("scores far apart neither overflow nor give NaN", () => {
    const qkv = Float32Array.of(1e4, 1e4, 1, 1e4, -1e4, 5); // [2 tokens, q k v]
    const out = new Float32Array(2);
    attention(out, qkv, Int32Array.of(0, 2), 1, 1, createScratch());
    expect([...out]).toEqual([1, 1]);
  });
});

function plainAttention(qkv: Float32Array, starts: Int32Array, heads: number, headSize: number): Float64Array {
  const hidden = heads * headSize;
  const out = new Float64Array((qkv.length / 3) | 0);
  for (let text = 0; text + 1 < starts.length; text++) {
    for (let head = 0; head < heads; head++) {
      for (let t = starts[text]!; t < starts[text + 1]!; t++) {
        const scores: number[] = [];
        for (let s = starts[text]!; s < starts[text + 1]!; s++) {
          let score = 0;
          for (let d = 0; d < headSize; d++) {
            score += qkv[t * 3 * hidden + head * headSize + d]! * qkv[s * 3 * hidden + hidden + head * headSize + d]!;
          }
          scores.push(score / Math.sqrt(headSize));
        }
        const max = Math.max(...scores);
        const weights = scores.map((score) => Math.exp(score - max));
        const total = weights.reduce((a, b) => a + b);
        weights.forEach((weight, i) => {
          const value = (starts[text]! + i) * 3 * hidden + 2 * hidden + head * headSize;
          for (let d = 0; d < headSize; d++)
            out[t * hidden + head * headSize + d]! += (weight / total) * qkv[value + d]!;
        });
      }
    }
  }
  return out;
}

test("layerNorm equals the formula, and may run in place", () => {
  const rng = random(5);
  const [tokens, hidden] = [7, 33];
  const x = rng.floats(tokens * hidden);
  const weight = rng.floats(hidden);
  const bias = rng.floats(hidden);
  const expected = new Float64Array(tokens * hidden);
  for (let t = 0; t < tokens; t++) {
    const row = [...x.subarray(t * hidden, (t + 1) * hidden)];
    const mean = row.reduce((a, b) => a + b) / hidden;
    const variance = row.reduce((sum, v) => sum + (v - mean) ** 2, 0) / hidden;
    row.forEach((v, h) => {
      expected[t * hidden + h] = ((v - mean) / Math.sqrt(variance + 1e-5)) * weight[h]! + bias[h]!;
    });
  }
  const out = new Float32Array(x.length);
  layerNorm(out, x, weight, bias, tokens, hidden, 1e-5);
  expect(largest(out, expected).difference).toBeLessThan(1e-6);
  layerNorm(x, x, weight, bias, tokens, hidden, 1e-5);
  expect(x).toEqual(out);
});

test("addLayerNorm is layerNorm(x + y)", () => {
  const rng = random(6);
  const [x, y, weight, bias] = [rng.floats(20), rng.floats(20), rng.floats(10), rng.floats(10)];
  const sum = x.map((v, i) => v + y[i]!);
  layerNorm(sum, sum, weight, bias, 2, 10, 1e-12);
  addLayerNorm(x, y, weight, bias, 2, 10, 1e-12);
  expect(x).toEqual(sum);
});
