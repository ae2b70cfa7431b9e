/** Something to time: it is verified once, then run again and again. */
export interface BenchmarkCase {
  readonly name: string;
  /** Floating-point operations of one run, multiplications and additions both counted. */
  readonly flops: number;
  /** Throws where the result is wrong: a kernel that computes something else must not be timed. */
  verify(): void | Promise<void>;
  run(): void | Promise<void>;
}

/** Seeded values in [−1, 1): the same numbers on every machine, and none so small that denormals slow the run. */
export function seededFloats(length: number, seed: number): Float32Array {
  let state = seed >>> 0 || 1;
  return Float32Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2147483648 - 1;
  });
}

/** Throws, naming the case and the place, where two arrays differ by more than a tolerance, relative above 1. */
export function requireClose(
  name: string,
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
): void {
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(got[i]! - expected[i]!);
    if (difference <= tolerance * Math.max(1, Math.abs(expected[i]!))) continue;
    throw new Error(`bench: ${name}: value ${i}: expected ${expected[i]} within ${tolerance}, got ${got[i]}`);
  }
}
