/**
 * The error function in float64, from our own rational: JavaScript has none, and engines must agree.
 *
 *   erf(x) ≈ x · P(x²) / Q(x²) for |x| < 4.25, ±1 beyond
 *
 * Absolute error below 2e-9 everywhere (1.4e-9 in the fit, 1 − erf(4.25) = 1.9e-9). The coefficients are the weighted
 * least-squares fit that scripts/fit_erf.py makes with 60 digits.
 */
export function erf(x: number): number {
  if (x >= 4.25) return 1;
  if (x <= -4.25) return -1;
  const t = x * x;
  let p = -1.899151113987417e-8;
  p = p * t + 3.968703257736531e-6;
  p = p * t + 0.0003709872647385563;
  p = p * t + 0.003695002331697411;
  p = p * t + 0.05379074609583292;
  p = p * t + 0.18172880747576142;
  p = p * t + 1.1283791810072341;
  let q = -1.0289820231773768e-7;
  q = q * t + 6.046756813037827e-5;
  q = q * t + 0.0012666609530199344;
  q = q * t + 0.015135895887613248;
  q = q * t + 0.11246539223769762;
  q = q * t + 0.49438649295597664;
  q = q * t + 1;
  return (x * p) / q;
}
