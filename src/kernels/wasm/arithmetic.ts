import type { FunctionBuilder, Local } from "./function.ts";
import { f32x4, i32x4, type V128, v128 } from "./instructions.ts";

/** How a · b + c is computed, and what suits the loops of it; for float32 the two modules differ in it. */
export interface Arithmetic {
  readonly multiplyAdd: (a: V128, b: V128, c: V128) => V128;
  /** Rows of the largest tile of the matrix products whose sums stay in 16 registers. */
  readonly tileRows: number;
  /** Steps of a turn of their loop: as many as made it the fastest. */
  readonly unroll: number;
}

/** Rounded twice: the same bits in every engine. */
export const separate: Arithmetic = { multiplyAdd: (a, b, c) => f32x4.add(f32x4.mul(a, b), c), tileRows: 4, unroll: 1 };

/** Rounded once by engines that fuse it, at half the instructions. */
export const fused: Arithmetic = { multiplyAdd: f32x4.relaxed_madd, tileRows: 6, unroll: 2 };

/** Pairs of 16-bit integers: exact, in 32 bits. Unrolled it gains 7 % on Node 24 and 9 % on Node 22. */
export const int16Pairs: Arithmetic = {
  multiplyAdd: (a, b, c) => i32x4.add(i32x4.dot_i16x8_s(a, b), c),
  tileRows: 4,
  unroll: 4,
};

/**
 * c[0] + c[1]·x + c[2]·x² + …, by Horner's rule. The coefficients are put into locals where this is called, outside of the
 * loop, since V8 would build a constant anew at each turn: the weights of attention took twice as long.
 */
export function polynomial(
  f: FunctionBuilder,
  { multiplyAdd }: Arithmetic,
  coefficients: readonly number[],
): (x: Local<"v128">) => V128 {
  const [highest, ...rest] = coefficients.map((c) => f.local(v128, f32x4.splat(c))).reverse();
  return (x) => rest.reduce<V128>((sum, c) => multiplyAdd(sum, x, c), highest!);
}
