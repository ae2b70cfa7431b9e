import { ROUNDER } from "../quantize.ts";
import { type Arithmetic, polynomial } from "./arithmetic.ts";
import type { FunctionBuilder } from "./function.ts";
import { f32x4, i32x4, type V128, v128 } from "./instructions.ts";

/** 2^r on |r| ≤ 1/2, exact at 0: relative error 9.2e-8 in the fit, which weighs Chebyshev points by Lawson's algorithm. */
const POWER = [1, 0.693146977592, 0.240222420799, 0.0555073375368, 0.00967151288898, 0.00132647240505];

/** The same with a relative error of 7.5e-5: enough for weights of 14 bits. */
export const ROUGH_POWER: readonly number[] = [0.99992807, 0.69326099, 0.24261112, 0.05517167];

/** scale · 2^x for |x| ≤ 126: x = n + r, n the nearest integer; n is added to the exponent of scale · 2^r. */
export function exp2(
  f: FunctionBuilder,
  arithmetic: Arithmetic,
  coefficients: readonly number[] = POWER,
  scale: number = 1,
): (x: V128) => V128 {
  const power = polynomial(
    f,
    arithmetic,
    coefficients.map((c) => c * scale),
  );
  const rounder = f.local(v128, f32x4.splat(ROUNDER));
  const [x, rounded, rest] = [f.local(v128), f.local(v128), f.local(v128)];
  return (value) => {
    f.set(x, value);
    f.set(rounded, f32x4.add(x, rounder));
    f.set(rest, f32x4.sub(x, f32x4.sub(rounded, rounder)));
    return i32x4.add(power(rest), i32x4.shl(rounded, 23));
  };
}
