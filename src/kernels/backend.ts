/**
 * What a model needs from an arithmetic. The scalar backend is the specification; every other one must agree with it
 * within the tolerance its kernels state. A model never learns which one runs.
 *
 * Conventions of every operation: `out` first; row-major arrays, shapes in brackets; shapes are checked once, when a
 * model is loaded, and not here; nothing is allocated but scratch that grows and is kept (scalar int16 and int8 copy x).
 */
import type { Activation } from "./activation.ts";
import type { LinearWeights } from "./matrix.ts";
import type { PoolingMode } from "./pooling.ts";

/** A layer normalization's parameters: weight, bias [hidden]. */
export interface LayerNormWeights {
  readonly weight: Float32Array;
  readonly bias: Float32Array;
  readonly eps: number;
}

/** Linear weights as a backend keeps them. Opaque to the model but for the two sizes. */
export interface PreparedLinear {
  readonly inputs: number;
  readonly outputs: number;
}

export interface Backend<Linear extends PreparedLinear = PreparedLinear> {
  readonly name: "scalar" | "wasm";
  /** A zeroed array in the backend's memory, where all operations' arrays of activations must be. */
  alloc(length: number): Float32Array;
  /** Gives back, when called, all that was allocated and prepared after this; arrays of that time must not be used again. */
  mark(): () => void;
  /** Whether `prepareLinear` packs the weights, so that their memory can be used for others. */
  readonly copiesWeights: boolean;
  /** Takes stored weights into the form that `linear` reads; they may be kept as they are or packed. */
  prepareLinear(weights: LinearWeights): Linear;
  /** out[t] = weights · x[t] + bias; x [tokens, inputs], out [tokens, outputs]. */
  linear(out: Float32Array, x: Float32Array, weights: Linear, tokens: number): void;
  /** Multi-head self-attention of each text by itself; qkv [tokens, 3·hidden], out [tokens, hidden], starts [texts + 1]. */
  attention(out: Float32Array, qkv: Float32Array, starts: Int32Array, heads: number, headSize: number): void;
  /** out = layerNorm(x); x, out [tokens, hidden], may be the same. */
  layerNorm(out: Float32Array, x: Float32Array, weights: LayerNormWeights, tokens: number): void;
  /** x = layerNorm(x + y); x, y [tokens, hidden]. */
  addLayerNorm(x: Float32Array, y: Float32Array, weights: LayerNormWeights, tokens: number): void;
  /** x = activation(x), the first `length` values. */
  activate(x: Float32Array, activation: Activation, length: number): void;
  /** One vector a text; hidden [tokens, size], begins [texts], starts [texts + 1], out [texts, size]. */
  pool(
    out: Float32Array,
    hidden: Float32Array,
    begins: Int32Array,
    starts: Int32Array,
    size: number,
    mode: PoolingMode,
  ): void;
}
