/** Random numbers from a seed: mulberry32. */
export interface RandomSource {
  /** An integer from 0 to below `end`. */
  below(end: number): number;
  /** True with the probability. */
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
}

export function randomSource(seed: number): RandomSource {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number) => Math.floor(next() * end);
  return { below, chance: (probability) => next() < probability, pick: (from) => from[below(from.length)]! };
}
