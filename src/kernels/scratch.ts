/** Float64 buffers that kernels pack into: they grow to the largest size asked for and are kept. */
export interface Scratch {
  /** The buffer of that name, at least `length` long. Its content is whatever the last user left. */
  take(name: "x" | "weights" | "keys" | "values" | "scores", length: number): Float64Array;
  readonly sums: Float64Array;
}

export function createScratch(): Scratch {
  const buffers = new Map<string, Float64Array>();
  return {
    sums: new Float64Array(9),
    take(name, length) {
      let buffer = buffers.get(name);
      if (buffer === undefined || buffer.length < length) {
        buffer = new Float64Array(length);
        buffers.set(name, buffer);
      }
      return buffer;
    },
  };
}
