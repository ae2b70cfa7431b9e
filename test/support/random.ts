/** A seeded source of random numbers (mulberry32): a failing test prints its seed and can be run again. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** An integer from min to max, both included. */
  integer(min: number, max: number): number;
  pick<T>(items: readonly T[]): T;
  /** Values about as large as activations: normal, by the sum of four uniforms. */
  floats(length: number): Float32Array;
}

export function random(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const integer = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    integer,
    pick: (items) => items[integer(0, items.length - 1)]!,
    floats: (length) => Float32Array.from({ length }, () => (next() + next() + next() + next() - 2) * 1.7),
  };
}
