import type { Backend } from "../kernels/backend.ts";
import type { BertConfig } from "./bert-config.ts";

/** The buffers of a forward pass, in the backend's memory: they grow to the largest batch and are kept. */
export interface Workspace {
  /** Buffers for at least that many tokens; what earlier calls gave may be gone. */
  reserve(tokens: number): Buffers;
}

interface Buffers {
  readonly x: Float32Array; // [tokens, hidden] the hidden states
  readonly y: Float32Array; // [tokens, hidden] what is added to them
  readonly qkv: Float32Array; // [tokens, 3·hidden]
  readonly context: Float32Array; // [tokens, hidden]
  readonly inner: Float32Array; // [tokens, inner]
}

export function createWorkspace(backend: Backend, config: BertConfig): Workspace {
  const { hiddenSize: hidden, innerSize: inner } = config;
  const release = backend.mark();
  let capacity = -1; // so that a batch of no tokens has buffers too, empty ones
  let buffers: Buffers;
  return {
    reserve(tokens) {
      if (tokens > capacity) {
        release();
        capacity = -1; // until all are there: one that cannot be had is an error, and the next call asks again
        buffers = {
          x: backend.alloc(tokens * hidden),
          y: backend.alloc(tokens * hidden),
          qkv: backend.alloc(tokens * 3 * hidden),
          context: backend.alloc(tokens * hidden),
          inner: backend.alloc(tokens * inner),
        };
        capacity = tokens;
      }
      return buffers;
    },
  };
}
