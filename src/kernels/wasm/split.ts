import { BLOCK } from "../quantize.ts";
import type { Exports } from "./exports.ts";
import { recordBytes, WIDTH } from "./layout.ts";

/** Threads that take calls of kernels, the caller's among them; src/pool/ has them. */
export interface Crew {
  readonly threads: number;
  /** Rows of ten: a kernel's place among the exports, eight arguments, and by how much the third grows a thread. */
  readonly calls: Float64Array;
  /** Whether it pays at present to split that kernel's work. */
  together(kernel: number): boolean;
  /** Runs the first `count` calls, the last of them first, and returns when all are done. */
  run(count: number): void;
  /** Learns what a kernel's work took that was estimated. */
  judge(kernel: number, milliseconds: number, nanoseconds: number): void;
}

type Kernel = (...args: number[]) => void;

/** What a unit of a kernel's work takes in nanoseconds, about, and by how much it moves each argument, then scratch a thread. */
type Unit = readonly [nanoseconds: number, ...moves: number[]];

const ROW = 10;
const WORTH = 12_000; // nanoseconds; what takes less is not worth another thread
const CALL = 4_000; // what a call should take at least, since taking it costs some hundred

/** Kernels by name, which argument counts units, and the unit: a panel, a head, a row, a block or a value. */
const SPLITS: readonly (readonly [RegExp, number, (args: readonly number[]) => Unit])[] = [
  [
    /^linear/,
    7,
    ([, , , , , tokens, , , panelBytes, columnBytes]) => [
      (tokens! * panelBytes!) / 64,
      ...[4 * WIDTH, 0, 0, panelBytes!, columnBytes!],
    ],
  ],
  [
    /^attention/,
    4,
    ([, , , tokens, , headSize, , , perThread]) => [
      tokens! * headSize! * (2 + tokens! / 10),
      ...[4 * headSize!, 4 * headSize!, 0, 0, 0, 0, 0, 0, perThread!],
    ],
  ],
  [/^(addL|l)ayerNorm$/, 4, ([, , , , , hidden]) => [hidden! / 2, 4 * hidden!, 4 * hidden!]],
  [/^(gelu|relu)/, 1, () => [1, 4]],
  [/^quantizeRows$/, 2, ([, , , inputs]) => [inputs! / 2, 4 + 4 * Math.ceil(inputs! / 2), 4 * inputs!]],
  [/^quantizeBlocks$/, 2, () => [20, recordBytes(1), 4 * BLOCK]],
  [/^quantizeBlocksWide$/, 2, () => [20, recordBytes(2), 4 * BLOCK]],
];

/** The kernels, which now split their work over a crew. No sum is split, so that the bits are the same. */
export function splitKernels(kernels: Exports, crew: Crew): Exports {
  const entries = Object.entries(kernels).map(([name, kernel], place): [string, Kernel] => {
    const split = SPLITS.find(([pattern]) => pattern.test(name));
    return [name, split === undefined ? kernel : splitKernel(kernel, place, split[1], split[2], crew)];
  });
  return Object.fromEntries(entries) as unknown as Exports;
}

/**
 * The first call to be taken, which is the last, has 1 / (2 · threads) of all units, the next one as much of the rest, and so on:
 * calls are few, and yet the threads end at about the same time.
 */
function splitKernel(
  kernel: Kernel,
  place: number,
  countAt: number,
  unitOf: (args: number[]) => Unit,
  crew: Crew,
): Kernel {
  return (...args) => {
    const count = args[countAt]!;
    const [nanoseconds, ...moves] = unitOf(args);
    if (count * nanoseconds < WORTH) {
      kernel(...args);
      return;
    }
    const begin = performance.now();
    if (crew.together(place)) {
      const { calls, threads } = crew;
      const least = Math.ceil(CALL / nanoseconds);
      let rows = 0;
      for (let done = 0, size: number; done < count; done += size) {
        size = Math.max(least, Math.floor(done / (2 * threads - 1)));
        if (size > 64) size &= -16; // values by whole vectors
        if (size > count - done || (rows + 2) * ROW > calls.length) size = count - done;
        const at = rows++ * ROW;
        calls[at] = place;
        for (let i = 0; i < 8; i++) calls[at + 1 + i] = (args[i] ?? 0) + (moves[i] ?? 0) * done;
        calls[at + 1 + countAt] = size;
        calls[at + 9] = moves[8] ?? 0;
      }
      crew.run(rows);
    } else kernel(...args);
    crew.judge(place, performance.now() - begin, count * nanoseconds);
  };
}
