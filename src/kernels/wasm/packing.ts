/**
 * Weights as the linear kernels read them: packed once, at load, into panels of eight outputs. packing-scalar.ts says how;
 * packing-simd.ts does the same by kernels, in a tenth of the time, where their bytes do not matter: not in pages.
 */
import type { PreparedLinear } from "../backend.ts";
import type { LinearWeights } from "../matrix.ts";
import { isSymmetric, keepsGroups } from "../quantize.ts";
import type { Arena } from "./arena.ts";
import type { Exports } from "./exports.ts";
import { WIDTH } from "./layout.ts";

const FLOAT = 4;
const STEP = 1024; // more than a step of any form

/** Packed weights by address, the kernel that reads them, and what x becomes for it. */
export interface PackedLinear extends PreparedLinear {
  readonly kernel: "linear" | "linearInt16" | Int8Kernel;
  /** [⌈outputs / 8⌉] panels of panelBytes, and beside each its columns of columnBytes: biases [8], for int16 scales [8]. */
  readonly panels: number;
  readonly panelBytes: number;
  readonly columns: number;
  readonly columnBytes: number;
  /** What a row of x is split into: numbers, pairs, blocks. */
  readonly steps: number;
  /** What the kernel that makes integers of x is told: in int16 the range, in int8 factor, centre and biased. */
  readonly rounding: readonly number[];
}

/** What stands for a block of 32 weights of an output, as 32-bit words that lie eight apart in a panel. */
interface BlockForm {
  readonly kernel: Int8Kernel;
  readonly words: number;
  /** Words besides: the scale and, for kernels with an addend, the bias or sum. */
  readonly floats: 1 | 2;
}

/** The plus stands for an addend: of the biases of 4-bit groups, or of the middles of x. */
type Int8Kernel = "linearInt4" | "linearInt4Plus" | "linearInt7" | "linearInt7Plus" | "linearWidePlus";

/** How int8 takes weights: whether 4-bit groups stay as they are, in which form, and how x is rounded. */
export interface Int8Form extends Pick<PackedLinear, "rounding"> {
  readonly keep: boolean;
  readonly form: BlockForm;
}

export function int8Form(weights: LinearWeights, kernels: Exports): Int8Form {
  const { matrices } = weights;
  const keep = keepsGroups(matrices);
  const biased = keep && !matrices.every(isSymmetric);
  const centred = !(keep || weights.uncentred);
  const isWide = kernels.linearWidePlus !== undefined;
  const adds = biased || centred;
  const form: BlockForm = isWide
    ? { kernel: "linearWidePlus", words: 16, floats: 2 }
    : {
        kernel: `linearInt${keep ? 4 : 7}${adds ? "Plus" : ""}` as const,
        words: keep ? 4 : 8,
        floats: adds ? 2 : 1,
      };
  return { keep, form, rounding: [isWide || biased ? 0 : keep ? -8 : -64, centred ? 0.5 : 0, biased ? 1 : 0] };
}

/** Memory for panels and columns, with the biases in the columns. */
export function allocate(
  arena: Arena,
  { inputs, outputs, bias }: LinearWeights,
  kernel: PackedLinear["kernel"],
  steps: number,
  panelBytes: number,
  columnRows: number,
): PackedLinear {
  const count = Math.ceil(outputs / WIDTH);
  const columnBytes = columnRows * WIDTH * FLOAT;
  const panels = arena.alloc(count * panelBytes);
  const columns = arena.alloc(count * columnBytes);
  arena.scratch(panelBytes + STEP); // what a kernel fetches ahead after the last panel must exist
  if (outputs % WIDTH !== 0) {
    new Uint8Array(arena.memory.buffer, panels + (count - 1) * panelBytes, panelBytes).fill(0); // outputs that there are not
  }
  const values = arena.floats(columns, count * columnRows * WIDTH).fill(0);
  for (let panel = 0; panel < count; panel++) {
    values.set(bias.subarray(panel * WIDTH, (panel + 1) * WIDTH), panel * columnRows * WIDTH);
  }
  return { inputs, outputs, kernel, panels, panelBytes, columns, columnBytes, steps, rounding: [] };
}
