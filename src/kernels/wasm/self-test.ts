import { activate } from "../activation.ts";
import { attention } from "../attention.ts";
import type { Backend } from "../backend.ts";
import { layerNorm } from "../layer-norm.ts";
import { createScratch } from "../scratch.ts";

/**
 * The name of the first kernel that does not compute what it should, undefined when all do.
 *
 * Some engines accept instructions that they compute wrongly (Node 20 with the flag for relaxed SIMD), so that what a module
 * is good for is found by running it. The shapes reach every tile and the ends of rows.
 */
export function findFault(backend: Backend): string | undefined {
  const release = backend.mark();
  try {
    const checks = { linear: checkLinear, attention: checkAttention, "layer norm": checkLayerNorm, gelu: checkGelu };
    return Object.entries(checks).find(([, check]) => !check(backend))?.[0];
  } finally {
    release();
  }
}

/** Small integers, whose sums are exact however they are rounded; rows 1 to 13 reach tiles of every height. */
function checkLinear(backend: Backend): boolean {
  const [inputs, outputs] = [5, 11];
  const data = Float32Array.from({ length: inputs * outputs }, (_, i) => ((7 * i) % 17) - 8);
  const bias = Float32Array.from({ length: outputs }, (_, n) => n - 4);
  const matrices = [{ format: "float32" as const, rows: outputs, columns: inputs, data }];
  const weights = backend.prepareLinear({ inputs, outputs, matrices, bias });
  for (let tokens = 1; tokens <= 13; tokens++) {
    const x = backend.alloc(tokens * inputs);
    const out = backend.alloc(tokens * outputs);
    for (let i = 0; i < x.length; i++) x[i] = ((5 * i) % 13) - 6;
    backend.linear(out, x, weights, tokens);
    for (let i = 0; i < out.length; i++) {
      const [t, n] = [Math.floor(i / outputs), i % outputs];
      let sum = bias[n]!;
      for (let k = 0; k < inputs; k++) sum += x[t * inputs + k]! * data[n * inputs + k]!;
      if (out[i] !== sum) return false;
    }
  }
  return true;
}

function checkAttention(backend: Backend): boolean {
  const [tokens, heads, headSize] = [11, 2, 6];
  const qkv = waves(backend, tokens * 3 * heads * headSize);
  const out = backend.alloc(tokens * heads * headSize);
  const expected = new Float32Array(out.length);
  const starts = Int32Array.of(0, 1, tokens);
  backend.attention(out, qkv, starts, heads, headSize);
  attention(expected, qkv, starts, heads, headSize, createScratch());
  return close(out, expected);
}

function checkLayerNorm(backend: Backend): boolean {
  const [tokens, hidden, eps] = [2, 7, 1e-5];
  const [x, y, weight, bias] = [14, 14, 7, 7].map((length) => waves(backend, length)) as [
    Floats,
    Floats,
    Floats,
    Floats,
  ];
  const out = backend.alloc(x.length);
  const expected = new Float32Array(x.length);
  layerNorm(expected, x, weight, bias, tokens, hidden, eps);
  backend.layerNorm(out, x, { weight, bias, eps }, tokens);
  if (!close(out, expected)) return false;
  layerNorm(
    expected,
    x.map((v, i) => v + y[i]!),
    weight,
    bias,
    tokens,
    hidden,
    eps,
  );
  backend.addLayerNorm(x, y, { weight, bias, eps }, tokens);
  return close(x, expected);
}

function checkGelu(backend: Backend): boolean {
  const x = waves(backend, 23);
  const expected = x.slice();
  activate(expected, "gelu", x.length);
  backend.activate(x, "gelu", x.length);
  return close(x, expected);
}

type Floats = Float32Array;

/** Values between −3 and 3. */
function waves(backend: Backend, length: number): Float32Array {
  const values = backend.alloc(length);
  for (let i = 0; i < length; i++) values[i] = ((i * 37) % 61) / 10 - 3;
  return values;
}

function close(got: Float32Array, expected: Float32Array): boolean {
  return expected.every((value, i) => Math.abs(got[i]! - value) <= 1e-5);
}
