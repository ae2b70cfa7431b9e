import { BLOCK } from "../quantize.ts";
import type { Exports } from "./exports.ts";
import { recordBytes, WIDTH } from "./layout.ts";

/** Values of a row of `Crew.calls`. */
export const ROW = 10;

/** Threads that take calls of kernels, the caller's among them; src/pool/ has them. */
export interface Crew {
  readonly threads: number;
  /** A call is a row, of ROW values: a kernel's place among the exports, eight arguments, and by how much the third grows a thread. */
  readonly calls: Float64Array;
  /** Whether it pays at present to split that kernel's work. */
  together(kernel: number): boolean;
  /** Runs the first `count` calls, the last of them first, and returns when all are done; no call is estimated at more. */
  run(count: number, nanoseconds: number): void;
  /** Learns what a kernel's work took that was estimated. */
  judge(kernel: number, milliseconds: number, nanoseconds: number): void;
}

type Kernel = (...args: number[]) => void;

/** A panel, a head, a row, a block or a value: what shares no sum with another. */
type Unit = readonly [
  /** What it takes, about. */
  nanoseconds: number,
  /** From its arguments to the next unit's; those after the last stay. */
  moves: readonly number[],
  /** By how much the third argument, scratch, grows a thread. */
  perThread?: number,
];

/** Which argument counts a kernel's units, and the unit. */
type Split<Arguments extends number[] = number[]> = readonly [countAt: number, unitOf: (...args: Arguments) => Unit];
type SplitOf<Name extends keyof Exports> = Split<Parameters<NonNullable<Exports[Name]>>>;

const FLOAT = 4;
const LEAST_WORK = 12_000; // nanoseconds; less is not worth another thread
const LEAST_CALL = 4_000; // nanoseconds, since taking a call costs some hundred

const byPanels: SplitOf<"linear"> = [
  7,
  (_out, _outStride, _x, _panels, _columns, tokens, _steps, _count, panelBytes, columnBytes) => [
    (tokens * panelBytes) / 64,
    [WIDTH * FLOAT, 0, 0, panelBytes, columnBytes],
  ],
];
const byHeads: SplitOf<"attention"> = [
  4,
  (_out, _qkv, _scratch, tokens, _heads, headSize, _scale, _row, perThread) => [
    tokens * headSize * (2 + tokens / 10),
    [headSize * FLOAT, headSize * FLOAT],
    perThread,
  ],
];
const byRows: SplitOf<"layerNorm"> = [
  4,
  (_out, _x, _weight, _bias, _tokens, hidden) => [hidden / 2, [hidden * FLOAT, hidden * FLOAT]],
];
const byValues: SplitOf<"gelu"> = [1, () => [1, [FLOAT]]];
const byBlocks = (bytes: 1 | 2): SplitOf<"quantizeBlocks"> => [2, () => [20, [recordBytes(bytes), BLOCK * FLOAT]]];

/** How kernels besides the linear ones are split; the others are not. */
const SPLITS: { readonly [Name in keyof Exports]?: SplitOf<Name> } = {
  attention: byHeads,
  attentionInt16: byHeads,
  layerNorm: byRows,
  addLayerNorm: byRows,
  gelu: byValues,
  geluTanh: byValues,
  relu: byValues,
  quantizeRows: [2, (_out, _x, _tokens, inputs) => [inputs / 2, [4 * Math.ceil(inputs / 2) + 4, inputs * FLOAT]]],
  quantizeBlocks: byBlocks(1),
  quantizeBlocksWide: byBlocks(2),
};

/** The kernels, which now split their work over a crew. No sum is split, so that the bits are the same. */
export function splitKernels(kernels: Exports, crew: Crew): Exports {
  const entries = Object.entries(kernels).map(([name, kernel], place) => {
    const split = (name.startsWith("linear") ? byPanels : SPLITS[name as keyof Exports]) as Split | undefined;
    return [name, split ? splitKernel(kernel, place, split, crew) : kernel];
  });
  return Object.fromEntries(entries);
}

/**
 * The first call to be taken, which is the last, has 1 / (2 · threads) of all units, the next one as much of the rest, and so on:
 * calls are few, and yet the threads end at about the same time.
 */
function splitKernel(kernel: Kernel, place: number, [countAt, unitOf]: Split, crew: Crew): Kernel {
  return (...args) => {
    const units = args[countAt]!;
    const [nanoseconds, moves, perThread = 0] = unitOf(...args);
    const estimate = units * nanoseconds;
    if (estimate < LEAST_WORK) return kernel(...args);
    const begin = performance.now();
    if (crew.together(place)) {
      const { calls, threads } = crew;
      let count = 0;
      for (let done = 0, size: number; done < units; done += size) {
        size = Math.ceil(Math.max(LEAST_CALL / nanoseconds, done / (2 * threads - 1)));
        if (size > 64) size &= -16; // values by whole vectors
        if (size > units - done || (count + 2) * ROW > calls.length) size = units - done;
        const at = count++ * ROW;
        calls[at] = place;
        for (let i = 0; i < 8; i++) calls[at + 1 + i] = (args[i] ?? 0) + (moves[i] ?? 0) * done;
        calls[at + 1 + countAt] = size;
        calls[at + ROW - 1] = perThread;
      }
      crew.run(count, estimate);
    } else kernel(...args);
    crew.judge(place, performance.now() - begin, estimate);
  };
}
