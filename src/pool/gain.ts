/**
 * Whether other threads help. On a busy processor they do not: a thread that has its core taken away keeps its call, and all
 * wait for it. So this thread works alone for some milliseconds, then with the others, and compares what both took with the
 * estimates, each kernel with its own: a gain buys longer times together, none longer times alone, both up to 640 ms.
 */
export interface Gain {
  /** Whether that kernel's work should be split at present. */
  together(kernel: number): boolean;
  /** Learns what a kernel's work took that was estimated. */
  judge(kernel: number, milliseconds: number, nanoseconds: number): void;
}

const SAMPLE = 3; // milliseconds of work alone, at least, between two times together
const TRIAL = 10; // milliseconds of a first time together
const LONGEST = 640;
const LOSS = 5; // the most that a time together may lose before it is cut short
const LEAST_GAIN = 1.05;
const MEMORY = 0.9; // of what a kernel took alone, at each further time

export function createGain(): Gain {
  let together = false;
  let phase = SAMPLE;
  let trust = TRIAL;
  let rest = TRIAL;
  let taken = 0; // milliseconds in this phase
  let alone = 0; // what they would have been alone
  const milliseconds: number[] = []; // of each kernel, alone
  const nanoseconds: number[] = []; // as these were estimated
  return {
    together: (kernel) => together && kernel in nanoseconds,
    judge(kernel, took, estimate) {
      taken += took;
      if (together && kernel in nanoseconds) {
        alone += (estimate * milliseconds[kernel]!) / nanoseconds[kernel]!;
      } else {
        alone += took;
        milliseconds[kernel] = MEMORY * (milliseconds[kernel] ?? 0) + took;
        nanoseconds[kernel] = MEMORY * (nanoseconds[kernel] ?? 0) + estimate;
      }
      if (taken < phase && taken < alone + LOSS) return;
      if (!together) phase = trust;
      else if (taken * LEAST_GAIN < alone) {
        trust = Math.min(2 * trust, LONGEST);
        rest = TRIAL;
        phase = SAMPLE;
      } else {
        trust = TRIAL;
        rest = Math.min(2 * rest, LONGEST);
        phase = rest;
      }
      together = !together;
      taken = alone = 0;
    },
  };
}
