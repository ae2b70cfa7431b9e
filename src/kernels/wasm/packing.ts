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
  readonly kernel: "linear" | "linearInt16" | "linearInt4" | "linearInt4Biased" | "linearInt7" | "linearWide";
  /** [⌈outputs / 8⌉] panels of panelBytes, and beside each its columns of columnBytes: biases [8], for int16 scales [8]. */
  readonly panels: number;
  readonly panelBytes: number;
  readonly columns: number;
  readonly columnBytes: number;
  /** What a row of x is split into: numbers, pairs, blocks. */
  readonly steps: number;
  /** int16: the largest integer of x. */
  readonly range: number;
  /** int8: what `quantizeBlocks` is told. */
  readonly factor: number;
  readonly centre: number;
}

/** What stands for a block of 32 weights of an output, as 32-bit words that lie eight apart in a panel. */
export interface BlockForm {
  readonly kernel: PackedLinear["kernel"];
  readonly words: number;
  readonly factor: number;
}

const INT4: BlockForm = { kernel: "linearInt4", words: 4, factor: -8 };
const INT4_BIASED: BlockForm = { kernel: "linearInt4Biased", words: 4, factor: 0 };
const INT7: BlockForm = { kernel: "linearInt7", words: 8, factor: -64 };
const WIDE: BlockForm = { kernel: "linearWide", words: 16, factor: 0 };

/** How int8 takes these weights: whether 4-bit groups stay as they are, whether blocks of x have a middle, and in which form. */
export function int8Form(
  { matrices }: LinearWeights,
  kernels: Exports,
): { keep: boolean; centred: boolean; form: BlockForm } {
  const keep = keepsGroups(matrices);
  const centred = !keep || matrices.every(isSymmetric);
  const form = kernels.linearWide !== undefined ? WIDE : !keep ? INT7 : centred ? INT4 : INT4_BIASED;
  return { keep, centred, form };
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
  return { inputs, outputs, kernel, panels, panelBytes, columns, columnBytes, steps, range: 0, factor: 0, centre: 0 };
}
