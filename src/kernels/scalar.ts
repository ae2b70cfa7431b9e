import { activate } from "./activation.ts";
import { attention } from "./attention.ts";
import type { Backend } from "./backend.ts";
import { addLayerNorm, layerNorm } from "./layer-norm.ts";
import { linear } from "./linear.ts";
import { pool } from "./pooling.ts";
import { type Dtype, type RoundedWeights, roundInputs, roundWeights } from "./quantize.ts";
import { createScratch } from "./scratch.ts";

/**
 * The backend in plain TypeScript: the specification of every other, and what runs where WebAssembly may not. In int16 and
 * int8 the operands of linear layers are rounded as those dtypes keep them; all arithmetic is float64.
 */
export function createScalarBackend(dtype: Dtype = "float32"): Backend<RoundedWeights> {
  const scratch = createScratch();
  return {
    name: "scalar",
    copiesWeights: false,
    alloc: (length) => new Float32Array(length),
    mark: () => () => {}, // the garbage collector sees to it
    prepareLinear: (weights) => roundWeights(weights, dtype), // 4-bit groups are unpacked a panel at a time, when used
    linear(out, x, weights, tokens) {
      if (dtype === "float32") return linear(out, x, weights, tokens, scratch);
      const rounded = x.slice(0, tokens * weights.inputs);
      roundInputs(rounded, tokens, weights, dtype);
      linear(out, rounded, weights, tokens, scratch);
    },
    attention: (out, qkv, starts, heads, headSize) => attention(out, qkv, starts, heads, headSize, scratch),
    layerNorm: (out, x, w, tokens) => layerNorm(out, x, w.weight, w.bias, tokens, w.weight.length, w.eps),
    addLayerNorm: (x, y, w, tokens) => addLayerNorm(x, y, w.weight, w.bias, tokens, w.weight.length, w.eps),
    activate,
    pool,
  };
}
