import type { Activation } from "../kernels/activation.ts";
import type { Backend, PreparedLinear } from "../kernels/backend.ts";
import { normalize } from "../kernels/normalize.ts";
import type { PoolingConfig } from "./modules.ts";

/** The modules after the transformer: pooling, then Dense and Normalize in the model's order. */
export interface SentenceHead {
  readonly pooling: PoolingConfig;
  readonly steps: readonly HeadStep[];
  /** Components of a vector at the end. */
  readonly dimensions: number;
}

export type HeadStep =
  | { readonly kind: "dense"; readonly linear: PreparedLinear; readonly activation: Activation }
  | { readonly kind: "normalize" };

/**
 * Hidden states to vectors [texts, dimensions]: pools each text, then runs the other modules over all texts at once.
 *
 *   hidden  [tokens, hiddenSize]
 *   starts  [texts + 1]   text i is the tokens from starts[i] to starts[i + 1]
 *   begins  [texts]       where its pool begins
 */
export function applyHead(
  backend: Backend,
  head: SentenceHead,
  hidden: Float32Array,
  hiddenSize: number,
  begins: Int32Array,
  starts: Int32Array,
): Float32Array {
  const texts = begins.length;
  const release = backend.mark();
  let size = hiddenSize * head.pooling.modes.length;
  let vectors = backend.alloc(texts * size);
  const pooled = backend.alloc(texts * hiddenSize);
  for (const [i, mode] of head.pooling.modes.entries()) {
    backend.pool(pooled, hidden, begins, starts, hiddenSize, mode);
    for (let text = 0; text < texts; text++) {
      vectors.set(pooled.subarray(text * hiddenSize, (text + 1) * hiddenSize), text * size + i * hiddenSize);
    }
  }
  for (const step of head.steps) {
    if (step.kind === "normalize") normalize(vectors, texts, size);
    else {
      const out = backend.alloc(texts * step.linear.outputs);
      backend.linear(out, vectors, step.linear, texts);
      backend.activate(out, step.activation, out.length);
      vectors = out;
      size = step.linear.outputs;
    }
  }
  const result = vectors.slice();
  release();
  return result;
}
