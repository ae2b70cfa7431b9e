const LOG2E = 1 / Math.LN2;
const LN2_HIGH = 0.6931471803691238; // ln 2 to 32 bits, so that n · LN2_HIGH is exact
const LN2_LOW = 1.9082149292705877e-10;
const SMALLEST = -708; // below this exp(x) is subnormal in float64
const LARGEST = 709;

/** 2^n for n from −1023 (as 0) to 1023, at n + 1023. */
const POWERS: Float64Array = Float64Array.from({ length: 2047 }, (_, i) => (i === 0 ? 0 : 2 ** (i - 1023)));

/**
 * e^x in float64, from our own polynomial: `Math.exp` differs between engines, and a vector must not.
 *
 *   x = n·ln 2 + r, |r| ≤ ln 2 / 2;  e^x = 2^n · Σ r^k / k!, k ≤ 11
 *
 * Relative error below 1e-14: Taylor's remainder is at most 6.4e-15, the rest is rounding. 0 below −708 and e^709 above
 * 709, since softmax and GELU need neither subnormals nor infinities.
 */
export function exp(x: number): number {
  if (x < SMALLEST) return 0;
  if (x > LARGEST) x = LARGEST;
  const n = Math.floor(x * LOG2E + 0.5);
  const r = x - n * LN2_HIGH - n * LN2_LOW;
  let sum = 1 / 39916800;
  sum = sum * r + 1 / 3628800;
  sum = sum * r + 1 / 362880;
  sum = sum * r + 1 / 40320;
  sum = sum * r + 1 / 5040;
  sum = sum * r + 1 / 720;
  sum = sum * r + 1 / 120;
  sum = sum * r + 1 / 24;
  sum = sum * r + 1 / 6;
  sum = sum * r + 0.5;
  sum = sum * r + 1;
  sum = sum * r + 1;
  return sum * POWERS[n + 1023]!;
}
