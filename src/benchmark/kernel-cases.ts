import { type Activation, activate } from "../kernels/activation.ts";
import type { Backend } from "../kernels/backend.ts";
import { addLayerNorm } from "../kernels/layer-norm.ts";
import { type LinearWeights, type Matrix, unpackRow } from "../kernels/matrix.ts";
import { type Dtype, roundInputs, roundWeights } from "../kernels/quantize.ts";
import { type BenchmarkCase, requireClose, seededFloats } from "./cases.ts";
import type { Variant } from "./variants.ts";

/** How weights are stored; what a dtype's kernel makes of it is another kernel or none. */
const STORED = {
  "float32 weights": (rows: number, columns: number): Matrix => ({
    format: "float32",
    rows,
    columns,
    data: seededFloats(rows * columns, 1),
  }),
  "4-bit weights": (rows: number, columns: number) => seededGroups(rows, columns, false),
  "4-bit weights, any bias": (rows: number, columns: number) => seededGroups(rows, columns, true),
};
type Stored = keyof typeof STORED;
const KERNELS: Readonly<Record<Dtype, readonly Stored[]>> = {
  float32: ["float32 weights"],
  int16: ["float32 weights"],
  int8: ["4-bit weights", "4-bit weights, any bias", "float32 weights"],
};

/** The kernels at the shapes of a small BERT: hidden 384, inner 1536, 12 heads of 32. */
export function kernelCases({ label, dtype, backend }: Variant): BenchmarkCase[] {
  const cases: BenchmarkCase[] = [];
  for (const stored of KERNELS[dtype]) {
    for (const rows of [1, 8, 32, 128]) {
      cases.push(
        linearCase(backend, dtype, stored, rows, 384, 1536),
        linearCase(backend, dtype, stored, rows, 1536, 384),
      );
    }
  }
  for (const tokens of [8, 32, 128, 512]) cases.push(attentionCase(backend, dtype, tokens, 12, 32));
  if (dtype === "float32") {
    for (const activation of ["gelu", "gelu_tanh", "relu"] as const) {
      cases.push(activationCase(backend, activation, 128 * 1536));
    }
    cases.push(layerNormCase(backend, 128, 384));
  }
  return cases.map((item) => ({ ...item, name: `${label}: ${item.name}` }));
}

function linearCase(
  backend: Backend,
  dtype: Dtype,
  stored: Stored,
  tokens: number,
  inputs: number,
  outputs: number,
): BenchmarkCase {
  const weights: LinearWeights = {
    inputs,
    outputs,
    matrices: [STORED[stored](outputs, inputs)],
    bias: seededFloats(outputs, 2),
    uncentred: outputs < inputs, // as a layer norm feeds the one that widens, and an activation the other
  };
  const prepared = backend.prepareLinear(weights);
  const x = backend.alloc(tokens * inputs);
  const out = backend.alloc(tokens * outputs);
  x.set(seededFloats(x.length, 3));
  const name = `linear, ${stored}, ${tokens} × ${inputs} → ${outputs}`;
  const run = (): void => backend.linear(out, x, prepared, tokens);
  return {
    name,
    flops: 2 * tokens * inputs * outputs,
    run,
    verify() {
      run();
      requireClose(name, out, plainLinear(x, weights, tokens, dtype), 1e-4);
    },
  };
}

/** 4-bit groups of 32; the bias of symmetric ones is −8 · scale. */
function seededGroups(rows: number, columns: number, anyBias: boolean): Matrix {
  const groups = (rows * columns) / 32;
  const packed = new Uint32Array(seededFloats((rows * columns) / 8, 1).buffer); // any bits are four-bit values
  const scales = seededFloats(groups, 4).map((v) => v / 8);
  const biases = anyBias ? seededFloats(groups, 5) : scales.map((scale) => -8 * scale);
  return { format: "quantized4", rows, columns, groupSize: 32, packed, scales, biases };
}

/** The triple loop that the definition is, over operands as the dtype keeps them. */
function plainLinear(values: Float32Array, weights: LinearWeights, tokens: number, dtype: Dtype): Float64Array {
  const rounded = roundWeights(weights, dtype);
  const { inputs, outputs, matrices, bias } = rounded;
  const x = values.slice();
  roundInputs(x, tokens, rounded, dtype);
  const out = new Float64Array(tokens * outputs);
  const row = new Float64Array(inputs);
  for (let n = 0; n < outputs; n++) {
    unpackRow(row, 0, 1, matrices[0]!, n);
    for (let t = 0; t < tokens; t++) {
      let sum = bias[n]!;
      for (let k = 0; k < inputs; k++) sum += x[t * inputs + k]! * row[k]!;
      out[t * outputs + n] = sum;
    }
  }
  return out;
}

function attentionCase(backend: Backend, dtype: Dtype, tokens: number, heads: number, headSize: number): BenchmarkCase {
  const hidden = heads * headSize;
  const qkv = backend.alloc(tokens * 3 * hidden);
  const out = backend.alloc(tokens * hidden);
  qkv.set(seededFloats(qkv.length, 6));
  const starts = Int32Array.of(0, tokens);
  const name = `attention, ${tokens} tokens, ${heads} × ${headSize}`;
  const run = (): void => backend.attention(out, qkv, starts, heads, headSize);
  return {
    name,
    flops: 4 * tokens * tokens * hidden,
    run,
    verify() {
      run();
      requireClose(name, out, plainAttention(qkv, tokens, heads, headSize), dtype === "float32" ? 1e-5 : 2e-3);
    },
  };
}

function plainAttention(qkv: Float32Array, tokens: number, heads: number, headSize: number): Float64Array {
  const hidden = heads * headSize;
  const out = new Float64Array(tokens * hidden);
  const weights = new Float64Array(tokens);
  for (let head = 0; head < heads; head++) {
    for (let t = 0; t < tokens; t++) {
      const query = t * 3 * hidden + head * headSize;
      let total = 0;
      for (let s = 0; s < tokens; s++) {
        const key = s * 3 * hidden + hidden + head * headSize;
        let score = 0;
        for (let d = 0; d < headSize; d++) score += qkv[query + d]! * qkv[key + d]!;
        total += weights[s] = Math.exp(score / Math.sqrt(headSize));
      }
      for (let s = 0; s < tokens; s++) {
        const value = s * 3 * hidden + 2 * hidden + head * headSize;
        const at = t * hidden + head * headSize;
        for (let d = 0; d < headSize; d++) out[at + d] = out[at + d]! + (weights[s]! / total) * qkv[value + d]!;
      }
    }
  }
  return out;
}

function activationCase(backend: Backend, activation: Activation, length: number): BenchmarkCase {
  const x = backend.alloc(length);
  const source = seededFloats(length, 7).map((v) => v * 3);
  const run = (): void => {
    x.set(source); // activations work in place; the copy is a small part of the time
    backend.activate(x, activation, length);
  };
  const name = `${activation}, ${length} values`;
  return {
    name,
    flops: length,
    run,
    verify() {
      run();
      const expected = source.slice();
      activate(expected, activation, length);
      requireClose(name, x, expected, 1e-6);
    },
  };
}

function layerNormCase(backend: Backend, tokens: number, hidden: number): BenchmarkCase {
  const source = seededFloats(tokens * hidden, 8);
  const [x, y] = [backend.alloc(source.length), backend.alloc(source.length)];
  y.set(seededFloats(y.length, 9));
  const weights = { weight: seededFloats(hidden, 10), bias: seededFloats(hidden, 11), eps: 1e-12 };
  const name = `add, layer norm, ${tokens} × ${hidden}`;
  const run = (): void => {
    x.set(source); // it works in place
    backend.addLayerNorm(x, y, weights, tokens);
  };
  return {
    name,
    flops: tokens * hidden,
    run,
    verify() {
      run();
      const expected = source.slice();
      addLayerNorm(expected, y, weights.weight, weights.bias, tokens, hidden, weights.eps);
      requireClose(name, x, expected, 1e-5);
    },
  };
}
