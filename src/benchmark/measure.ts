import type { Calibration } from "./calibration.ts";
import type { BenchmarkCase } from "./cases.ts";

/** What a case took, in seconds a run, and beside it what the machine could do at that moment. */
export interface Measurement {
  readonly name: string;
  readonly flops: number;
  readonly minimum: number;
  readonly median: number;
  /** Median over the rounds of the case's flops a second, divided by the calibration's in the same round. */
  readonly ofCeiling: number;
}

/** Seconds of one run, as some timer finds them: `siskin bench` counts for itself, `npm run bench` asks tinybench. */
export type Timer = (run: () => void | Promise<void>) => Promise<number>;

/**
 * Verifies every case, then times them in rounds, a calibration before each case: machines are shared and change speed, so
 * what counts is the ratio of two neighbours in time.
 */
export async function measure(
  cases: readonly BenchmarkCase[],
  calibration: Calibration,
  rounds: number,
  time: Timer = shortestRun,
  onRound: (round: number) => void = () => {},
): Promise<{ measurements: Measurement[]; ceiling: number }> {
  for (const item of cases) await item.verify();
  const seconds: number[][] = cases.map(() => []);
  const ratios: number[][] = cases.map(() => []);
  const ceilings: number[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const [i, { run, flops }] of cases.entries()) {
      const ceiling = calibration.flops / (await time(calibration.run));
      const taken = await time(run);
      ceilings.push(ceiling);
      seconds[i]!.push(taken);
      ratios[i]!.push(flops / taken / ceiling);
    }
    onRound(round + 1);
  }
  const measurements = cases.map(({ name, flops }, i) => ({
    name,
    flops,
    minimum: Math.min(...seconds[i]!),
    median: median(seconds[i]!),
    ofCeiling: median(ratios[i]!),
  }));
  return { measurements, ceiling: median(ceilings) };
}

/** The shortest of the runs that fit into 20 ms, at least three. */
async function shortestRun(run: () => void | Promise<void>): Promise<number> {
  let shortest = Infinity;
  let total = 0;
  for (let runs = 0; runs < 3 || total < 0.02; runs++) {
    const start = performance.now();
    await run();
    const taken = (performance.now() - start) / 1000;
    shortest = Math.min(shortest, taken);
    total += taken;
  }
  return shortest;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}
