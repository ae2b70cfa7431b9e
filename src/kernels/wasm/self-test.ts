import { activate } from "../activation.ts";
import type { Backend } from "../backend.ts";
import { layerNorm } from "../layer-norm.ts";
import type { Matrix } from "../matrix.ts";
import type { Dtype } from "../quantize.ts";
import { createScalarBackend } from "../scalar.ts";

/**
 * The name of the first kernel that does not compute what the scalar one does, undefined when all do.
 *
 * Some engines accept instructions that they compute wrongly (Node 20 with the flag for relaxed SIMD), so that what a module
 * is good for is found by running it. The shapes reach the tiles of most heights and the ends of rows.
 */
export function findFault(backend: Backend, dtype: Dtype): string | undefined {
  const scalar = createScalarBackend(dtype);
  const release = backend.mark();
  try {
    const checks = {
      linear: checkLinear,
      attention: checkAttention,
      "layer norm": checkLayerNorm,
      gelu: checkActivations,
    };
    return Object.entries(checks).find(([, check]) => !check(backend, scalar, dtype))?.[0];
  } finally {
    release();
  }
}

/** Rows 1 to 6 reach tiles of every height; the inputs are no whole number of blocks or pairs, but for the 4-bit weights. */
function checkLinear(backend: Backend, scalar: Backend): boolean {
  const outputs = 11;
  const data = (length: number) => Float32Array.from({ length }, (_, i) => ((7 * i) % 17) - 8);
  const packed = Uint32Array.from({ length: outputs * 8 }, (_, i) => Math.imul(i + 1, 0x9e3779b1));
  const scales = data(outputs * 2).map((v) => v / 8);
  const groups = { format: "quantized4" as const, rows: outputs, columns: 64, groupSize: 32, packed, scales };
  const floats = { format: "float32" as const, rows: outputs, columns: 69, data: data(outputs * 69) };
  const matrices: Matrix[] = [
    floats,
    floats,
    { ...groups, biases: scales.map((scale) => -8 * scale) },
    { ...groups, biases: data(outputs * 2) },
  ];
  return matrices.every((matrix, i) => {
    const inputs = matrix.columns;
    const weights = { inputs, outputs, matrices: [matrix], bias: data(outputs), uncentred: i > 0 }; // the floats with a middle, then without
    const most = 6;
    const x = backend.alloc(most * inputs);
    for (let i = 0; i < x.length; i++) x[i] = ((5 * i) % 255) - 127;
    const expected = new Float32Array(most * outputs); // of more rows: a row does not depend on the others
    scalar.linear(expected, x, scalar.prepareLinear(weights), most);
    const prepared = backend.prepareLinear(weights);
    for (let tokens = 1; tokens <= most; tokens++) {
      const out = backend.alloc(tokens * outputs);
      backend.linear(out, x, prepared, tokens);
      if (!close(out, expected.subarray(0, out.length), 1e-6 * 127 * 8 * inputs)) return false;
    }
    return true;
  });
}

function checkAttention(backend: Backend, scalar: Backend, dtype: Dtype): boolean {
  const [tokens, heads, headSize] = [78, 1, 6]; // texts of 1, 10 and 67: odd, and beyond where sums in int16 are flushed
  const qkv = waves(backend, tokens * 3 * heads * headSize);
  const out = backend.alloc(tokens * heads * headSize);
  const expected = new Float32Array(out.length);
  const starts = Int32Array.of(0, 1, 11, tokens);
  backend.attention(out, qkv, starts, heads, headSize);
  scalar.attention(expected, qkv, starts, heads, headSize);
  return close(out, expected, dtype === "float32" ? 1e-5 : 5e-3); // other dtypes keep values of 3 in 12 bits
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

function checkActivations(backend: Backend): boolean {
  return (["gelu", "gelu_tanh", "relu"] as const).every((activation) => {
    const x = waves(backend, 23);
    const expected = x.slice();
    activate(expected, activation, x.length);
    backend.activate(x, activation, x.length);
    return close(x, expected);
  });
}

type Floats = Float32Array;

/** Values between −3 and 3. */
function waves(backend: Backend, length: number): Float32Array {
  const values = backend.alloc(length);
  for (let i = 0; i < length; i++) values[i] = ((i * 37) % 61) / 10 - 3;
  return values;
}

function close(got: Float32Array, expected: Float32Array, tolerance: number = 1e-5): boolean {
  return expected.every((value, i) => Math.abs(got[i]! - value) <= tolerance);
}
