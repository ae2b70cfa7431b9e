import { activate } from "../activation.ts";
import type { Backend, LayerNormWeights, PreparedLinear } from "../backend.ts";
import { type LinearWeights, unpackRow } from "../matrix.ts";
import { pool } from "../pooling.ts";
import { type Arena, createArena } from "./arena.ts";
import type { Exports } from "./exports.ts";

const FLOAT = 4;
const WIDTH = 8; // outputs a panel

/** Weights as `linear` reads them: panels [⌈outputs / 8⌉, inputs, 8] and biases [⌈outputs / 8⌉, 8], by address. */
export interface PackedLinear extends PreparedLinear {
  readonly panels: number;
  readonly biases: number;
}

export interface WasmBackend extends Backend<PackedLinear> {
  /** Multiplications and additions in registers alone, 96 a step: what the machine can do. */
  peak(steps: number): number;
}

/**
 * The backend of a module of kernels in a memory of its own. Arrays of activations must come from its `alloc`.
 *
 * @throws RangeError, CompileError or LinkError where WebAssembly refuses the memory or the module.
 */
export function createWasmBackend(module: WebAssembly.Module, arena: Arena = createArena()): WasmBackend {
  const { memory } = arena;
  const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports;
  return {
    name: "wasm",
    alloc(length) {
      const array = arena.floats(arena.alloc(length * FLOAT), length);
      return array.fill(0); // given back memory and scratch are not zero
    },
    mark: arena.mark,
    prepareLinear: (weights) => packLinear(arena, weights),
    linear: (out, x, weights, tokens) => linear(arena, kernels, out, x, weights, tokens),
    attention: (out, qkv, starts, heads, headSize) => attention(arena, kernels, out, qkv, starts, heads, headSize),
    layerNorm(out, x, w, tokens) {
      const { weight, bias } = placeLayerNorm(arena, w);
      kernels.layerNorm(address(arena, out), address(arena, x), weight, bias, tokens, w.weight.length, w.eps);
    },
    addLayerNorm(x, y, w, tokens) {
      const { weight, bias } = placeLayerNorm(arena, w);
      kernels.addLayerNorm(address(arena, x), address(arena, y), weight, bias, tokens, w.weight.length, w.eps);
    },
    activate(x, activation, length) {
      const at = address(arena, x);
      if (activation === "gelu") kernels.gelu(at, length);
      else if (activation === "gelu_tanh") kernels.geluTanh(at, length);
      else if (activation === "relu") kernels.relu(at, length);
      else activate(x, activation, length); // once a text at most: not worth a kernel
    },
    pool, // once a text, and in float64
    peak: kernels.peak,
  };
}

function address(arena: Arena, array: Float32Array): number {
  const found = arena.addressOf(array);
  if (found === undefined)
    throw new TypeError("wasm kernels: expected an array that this backend allocated, got another");
  return found;
}

function packLinear(arena: Arena, { inputs, outputs, matrices, bias }: LinearWeights): PackedLinear {
  const count = Math.ceil(outputs / WIDTH);
  const panels = arena.alloc(count * inputs * WIDTH * FLOAT);
  const biases = arena.alloc(count * WIDTH * FLOAT);
  const packed = arena.floats(panels, count * inputs * WIDTH);
  if (outputs % WIDTH !== 0) packed.fill(0, (count - 1) * inputs * WIDTH); // outputs that there are not
  arena
    .floats(biases, count * WIDTH)
    .fill(0)
    .set(bias);
  let output = 0;
  for (const matrix of matrices) {
    for (let row = 0; row < matrix.rows; row++, output++) {
      const lane = output % WIDTH;
      unpackRow(packed, (output - lane) * inputs + lane, WIDTH, matrix, row);
    }
  }
  return { inputs, outputs, panels, biases };
}

/** Whole panels are written in place; the last, where it is not whole, goes through scratch. */
function linear(
  arena: Arena,
  kernels: Exports,
  out: Float32Array,
  x: Float32Array,
  { inputs, outputs, panels, biases }: PackedLinear,
  tokens: number,
): void {
  const [to, from] = [address(arena, out), address(arena, x)];
  const whole = Math.floor(outputs / WIDTH);
  kernels.linear(to, outputs * FLOAT, from, panels, biases, tokens, inputs, whole);
  const rest = outputs % WIDTH;
  if (rest === 0) return;
  const scratch = arena.scratch(tokens * WIDTH * FLOAT);
  const lastPanel = panels + whole * inputs * WIDTH * FLOAT;
  kernels.linear(scratch, WIDTH * FLOAT, from, lastPanel, biases + whole * WIDTH * FLOAT, tokens, inputs, 1);
  const columns = arena.floats(scratch, tokens * WIDTH);
  for (let t = 0; t < tokens; t++) {
    for (let j = 0; j < rest; j++) out[t * outputs + whole * WIDTH + j] = columns[t * WIDTH + j]!;
  }
}

function attention(
  arena: Arena,
  kernels: Exports,
  out: Float32Array,
  qkv: Float32Array,
  starts: Int32Array,
  heads: number,
  headSize: number,
): void {
  const [to, from] = [address(arena, out), address(arena, qkv)];
  const row = heads * headSize * FLOAT;
  const scale = Math.LOG2E / Math.sqrt(headSize);
  for (let text = 0; text + 1 < starts.length; text++) {
    const start = starts[text]!;
    const tokens = starts[text + 1]! - start;
    if (tokens === 0) continue;
    const scratch = arena.scratch(((2 * headSize + tokens + 1) * WIDTH + 2 * tokens * headSize) * FLOAT);
    kernels.attention(to + start * row, from + 3 * start * row, scratch, tokens, heads, headSize, scale);
  }
}

/** The addresses of the parameters: their own, or in scratch, where they are copied. A copy of 384 takes 0.1 µs. */
function placeLayerNorm(arena: Arena, { weight, bias }: LayerNormWeights): { weight: number; bias: number } {
  const scratch = arena.scratch(2 * weight.length * FLOAT);
  const place = (array: Float32Array, at: number): number => {
    const found = arena.addressOf(array);
    if (found === undefined) arena.floats(at, array.length).set(array);
    return found ?? at;
  };
  return { weight: place(weight, scratch), bias: place(bias, scratch + weight.length * FLOAT) };
}
