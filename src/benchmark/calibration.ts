import type { Backend } from "../kernels/backend.ts";

/** A run of multiplications and additions that never leave the registers: what a backend's arithmetic could reach. */
export interface Calibration {
  readonly flops: number;
  run(): void;
}

const STEPS = 100_000;

/** The ceiling of a backend: its own `peak` where it has one, scalar multiplications and additions elsewhere. */
export function calibrationOf(backend: Backend & { peak?(steps: number): number }): Calibration {
  const { peak } = backend;
  if (peak === undefined) return { flops: STEPS * 9 * 2, run: scalarPeak };
  return { flops: STEPS * 96, run: () => void peak(STEPS) };
}

/** Nine independent chains, as many as the scalar tile keeps. The values circle near 1, far from denormals. */
function scalarPeak(): void {
  let a = 1;
  let b = 1.01;
  let c = 1.02;
  let d = 1.03;
  let e = 1.04;
  let f = 1.05;
  let g = 1.06;
  let h = 1.07;
  let i = 1.08;
  for (let step = 0; step < STEPS; step++) {
    a = a * 0.9 + 0.1;
    b = b * 0.9 + 0.1;
    c = c * 0.9 + 0.1;
    d = d * 0.9 + 0.1;
    e = e * 0.9 + 0.1;
    f = f * 0.9 + 0.1;
    g = g * 0.9 + 0.1;
    h = h * 0.9 + 0.1;
    i = i * 0.9 + 0.1;
  }
  if (!(a + b + c + d + e + f + g + h + i < 10)) throw new Error("bench: the calibration left its range"); // keeps the loop
}
