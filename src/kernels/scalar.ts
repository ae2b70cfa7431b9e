import { activate } from "./activation.ts";
import { attention } from "./attention.ts";
import type { Backend } from "./backend.ts";
import { addLayerNorm, layerNorm } from "./layer-norm.ts";
import { linear } from "./linear.ts";
import type { LinearWeights } from "./matrix.ts";
import { pool } from "./pooling.ts";
import { createScratch } from "./scratch.ts";

/** The backend in plain TypeScript: the specification of every other, and what runs where WebAssembly may not. */
export function createScalarBackend(): Backend<LinearWeights> {
  const scratch = createScratch();
  return {
    name: "scalar",
    alloc: (length) => new Float32Array(length),
    mark: () => () => {}, // the garbage collector sees to it
    prepareLinear: (weights) => weights, // read as stored: 4-bit groups are unpacked a panel at a time
    linear: (out, x, weights, tokens) => linear(out, x, weights, tokens, scratch),
    attention: (out, qkv, starts, heads, headSize) => attention(out, qkv, starts, heads, headSize, scratch),
    layerNorm: (out, x, w, tokens) => layerNorm(out, x, w.weight, w.bias, tokens, w.weight.length, w.eps),
    addLayerNorm: (x, y, w, tokens) => addLayerNorm(x, y, w.weight, w.bias, tokens, w.weight.length, w.eps),
    activate,
    pool,
  };
}
