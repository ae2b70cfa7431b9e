import { type Case, type Target, WrongResult } from "./targets.ts";
import { startAllocationMeter, startWatchdog } from "./watch.ts";

/** What an input may take: the time, and memory beside tables that every tokenizer builds, whatever its file. */
const LONGEST_MS = 1000;
const FIXED_BYTES = 8e6;
const BYTES_A_BYTE = 100;

export interface Outcome {
  accepted: number;
  refused: number;
}

/**
 * Runs a target's cases, one for each seed from `seed` on. Each must end, within a second and without allocating what its
 * input does not justify, with a right result or with an error that has a code and a place. The first that does not is
 * thrown, and its message has the seed that runs it alone.
 */
export async function fuzz(target: Target, seed: number, cases: number): Promise<Outcome> {
  const watchdog = startWatchdog();
  const meter = startAllocationMeter();
  const outcome: Outcome = { accepted: 0, refused: 0 };
  try {
    for (let i = seed; i < seed + cases; i++) {
      watchdog.begin(`${target.name}, seed ${i}`);
      const item = target.makeCase(i);
      try {
        meter.reset();
        outcome[await runCase(item)]++;
        const allowed = FIXED_BYTES + BYTES_A_BYTE * item.bytes;
        if (meter.bytes() > allowed) throw new Error(`${meter.bytes()} bytes allocated for an input of ${item.bytes}`);
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        throw new Error(`${target.name}, seed ${i}: ${problem}\n${item.describe().slice(0, 2000)}`, { cause: error });
      }
    }
  } finally {
    meter.stop();
    watchdog.stop();
  }
  return outcome;
}

async function runCase(item: Case): Promise<keyof Outcome> {
  const started = performance.now();
  const result = await attempt(item);
  if (performance.now() - started > LONGEST_MS) {
    const again = performance.now(); // the machine may have been busy with something else
    await attempt(item);
    const milliseconds = performance.now() - again;
    if (milliseconds > LONGEST_MS) throw new Error(`took ${milliseconds.toFixed(0)} ms`);
  }
  return result;
}

async function attempt(item: Case): Promise<keyof Outcome> {
  const properties = Object.getOwnPropertyNames(Object.prototype).length;
  let result: keyof Outcome = "accepted";
  try {
    await item.run();
  } catch (error) {
    if (error instanceof WrongResult) throw error;
    if (!item.expects(error)) {
      throw new Error(`expected an error with a code and a place, got ${String(error)}`, { cause: error });
    }
    result = "refused";
  }
  if (Object.getOwnPropertyNames(Object.prototype).length !== properties)
    throw new Error("Object.prototype was changed");
  return result;
}
