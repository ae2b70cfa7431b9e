import { packLinear } from "#packing";
import { activate } from "../activation.ts";
import type { Backend, LayerNormWeights } from "../backend.ts";
import { pool } from "../pooling.ts";
import { BLOCK, type Dtype } from "../quantize.ts";
import { type Arena, createArena } from "./arena.ts";
import type { Exports } from "./exports.ts";
import { recordBytes, WIDTH } from "./layout.ts";
import type { PackedLinear } from "./packing.ts";

const FLOAT = 4;
/** Texts from which attention in int16 is the faster one; packing takes longer there (Node 24: 0.95 at 32, 1.2 at 128). */
const INT16_TOKENS = 48;

export interface WasmBackend extends Backend<PackedLinear> {
  /** What other threads need to run the same kernels. */
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** From now on the operations run these kernels made of its own, which may use as many threads. */
  replaceKernels(threads: number, replace: (kernels: Exports) => Exports): void;
  /** Multiplications and additions in registers alone, 96 a step: what the machine can do. */
  peak(steps: number): number;
  /** Whether multiply-add rounds once. */
  fuses(): boolean;
}

/**
 * The backend of a module of kernels in a memory of its own. Arrays of activations must come from its `alloc`.
 *
 * @throws RangeError, CompileError or LinkError where WebAssembly refuses the memory or the module.
 */
export function createWasmBackend(
  module: WebAssembly.Module,
  dtype: Dtype = "float32",
  arena: Arena = createArena(),
): WasmBackend {
  const { memory } = arena;
  const own = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports;
  let kernels = own;
  let threads = 1;
  const attend = (tokens: number) =>
    dtype === "float32" || tokens < INT16_TOKENS ? kernels.attention : kernels.attentionInt16;
  return {
    name: "wasm",
    copiesWeights: true,
    module,
    memory,
    replaceKernels(count, replace) {
      kernels = replace(own);
      threads = count;
    },
    alloc(length) {
      const array = arena.floats(arena.alloc(length * FLOAT), length);
      return array.fill(0); // given back memory and scratch are not zero
    },
    mark: arena.mark,
    prepareLinear: (weights) => packLinear(arena, own, weights, dtype),
    linear: (out, x, weights, tokens) => linear(arena, kernels, out, x, weights, tokens),
    attention: (out, qkv, starts, heads, headSize) =>
      attention(arena, attend, threads, out, qkv, starts, heads, headSize),
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
    peak: own.peak,
    fuses: () => own.fusion(1 + 2 ** -12, -1 - 2 ** -11) !== 0,
  };
}

function address(arena: Arena, array: Float32Array): number {
  const found = arena.addressOf(array);
  if (found === undefined)
    throw new TypeError("wasm kernels: expected an array that this backend allocated, got another");
  return found;
}

/** Whole panels are written in place; the last, where it is not whole, goes through scratch. */
function linear(
  arena: Arena,
  kernels: Exports,
  out: Float32Array,
  x: Float32Array,
  weights: PackedLinear,
  tokens: number,
): void {
  const { outputs, panels, panelBytes, columns, columnBytes, steps } = weights;
  const kernel = kernels[weights.kernel]!;
  const to = address(arena, out);
  const rest = outputs % WIDTH;
  const restBytes = rest === 0 ? 0 : tokens * WIDTH * FLOAT;
  const scratch = arena.scratch(restBytes + inputBytes(weights, tokens));
  const from = placeInput(arena, kernels, x, weights, tokens, scratch + restBytes);

  const whole = Math.floor(outputs / WIDTH);
  kernel(to, outputs * FLOAT, from, panels, columns, tokens, steps, whole, panelBytes, columnBytes);
  if (rest === 0) return;
  const [panel, column] = [panels + whole * panelBytes, columns + whole * columnBytes];
  kernel(scratch, WIDTH * FLOAT, from, panel, column, tokens, steps, 1, panelBytes, columnBytes);
  const results = arena.floats(scratch, tokens * WIDTH);
  for (let t = 0; t < tokens; t++) {
    for (let j = 0; j < rest; j++) out[t * outputs + whole * WIDTH + j] = results[t * WIDTH + j]!;
  }
}

/** Bytes that `placeInput` needs. */
function inputBytes({ kernel, inputs, steps }: PackedLinear, tokens: number): number {
  if (kernel === "linear") return 0;
  if (kernel === "linearInt16") return tokens * (steps + 1) * 4;
  const record = recordBytes(kernel === "linearWidePlus" ? 2 : 1);
  const padded = inputs % BLOCK === 0 ? 0 : BLOCK * FLOAT;
  return tokens * steps * (record + padded);
}

/** The address of x as the kernel reads it: as it is, or as integers in scratch. */
function placeInput(
  arena: Arena,
  kernels: Exports,
  x: Float32Array,
  { kernel, inputs, steps, rounding }: PackedLinear,
  tokens: number,
  scratch: number,
): number {
  let from = address(arena, x);
  if (kernel === "linear") return from;
  if (kernel === "linearInt16") {
    kernels.quantizeRows(scratch, from, tokens, inputs, ...rounding);
    return scratch;
  }
  let to = scratch;
  if (inputs % BLOCK !== 0) {
    const padded = arena.floats(scratch, tokens * steps * BLOCK).fill(0);
    for (let t = 0; t < tokens; t++) padded.set(x.subarray(t * inputs, (t + 1) * inputs), t * steps * BLOCK);
    from = scratch;
    to += padded.byteLength;
  }
  const quantize = kernels.quantizeBlocksWide ?? kernels.quantizeBlocks!; // a module has one of them
  quantize(to, from, tokens * steps, ...rounding);
  return to;
}

function attention(
  arena: Arena,
  kernelFor: (tokens: number) => Exports["attention"],
  threads: number,
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
    const [at, qkvAt] = [to + start * row, from + 3 * start * row];
    const perThread = ((2 * headSize + tokens + 3) * WIDTH + 2 * tokens * headSize) * FLOAT;
    const scratch = arena.scratch(threads * perThread);
    kernelFor(tokens)(at, qkvAt, scratch, tokens, heads, headSize, scale, row, perThread);
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
