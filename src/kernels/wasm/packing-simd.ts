/**
 * Packs weights by kernels, pack-panels.ts and pack-integers.ts: rows are copied into scratch some at a time, so that they stay in
 * the caches. The bytes are those of packing-scalar.ts.
 */
import { type LinearWeights, type Matrix, type Quantized4Matrix, unpackRow } from "../matrix.ts";
import { BLOCK, type Dtype, int16Range, keepsGroups, requireFinite } from "../quantize.ts";
import type { Arena } from "./arena.ts";
import type { Exports, PackingExports } from "./exports.ts";
import { WIDTH } from "./layout.ts";
import { allocate, int8Form, type PackedLinear } from "./packing.ts";

const FLOAT = 4;
const CHUNK = 1 << 18; // bytes of rows in scratch, a part of a core's second-level cache

/** What weights are packed with: memory, and a module's kernels. */
interface Packer {
  readonly arena: Arena;
  readonly kernels: Exports & PackingExports;
  readonly weights: LinearWeights;
}

export function packLinear(arena: Arena, kernels: Exports, weights: LinearWeights, dtype: Dtype): PackedLinear {
  const packer = { arena, kernels: kernels as Exports & PackingExports, weights };
  if (dtype === "float32") return packFloat32(packer);
  return dtype === "int16" ? packInt16(packer) : packInt8(packer);
}

/** Panels [inputs, 8] of float32. */
function packFloat32(packer: Packer): PackedLinear {
  const { inputs } = packer.weights;
  const packed = allocate(packer.arena, packer.weights, "linear", inputs, inputs * WIDTH * FLOAT, 1);
  forChunks(packer, inputs * FLOAT, (first, count) => {
    writeFloats(packer, first, count, packed.panels + first * packed.panelBytes, inputs);
  });
  return packed;
}

/** Panels [pairs, 8, 2] of int16, columns [biases 8, scales 8]. */
function packInt16(packer: Packer): PackedLinear {
  const { kernels, weights } = packer;
  const pairs = Math.ceil(weights.inputs / 2);
  const packed = allocate(packer.arena, packer.weights, "linearInt16", pairs, pairs * WIDTH * 4, 2);
  let largestSum = 0;
  forChunks(packer, 2 * pairs * FLOAT, (first, count) => {
    const from = stageFloats(packer, first, count, 2 * pairs, "int16");
    const [out, columns] = [packed.panels + first * packed.panelBytes, packed.columns + first * packed.columnBytes];
    largestSum = Math.max(largestSum, kernels.packInt16(out, columns, from, pairs, count));
  });
  return { ...packed, rounding: [int16Range(largestSum)] };
}

/** Panels of blocks [words, 8], scales [8], and for kernels with an addend the biases of 4 bits or sums of the 32 weights [8]. */
function packInt8(packer: Packer): PackedLinear {
  const { kernels, weights } = packer;
  const { keep, form, rounding } = int8Form(weights, kernels);
  const blocks = Math.ceil(weights.inputs / BLOCK);
  const blockBytes = WIDTH * (form.words + form.floats) * 4;
  const panelBytes = blocks * blockBytes;
  const packed = allocate(packer.arena, packer.weights, form.kernel, blocks, panelBytes, 1);

  forChunks(packer, blocks * BLOCK * FLOAT, (first, count) => {
    const out = packed.panels + first * panelBytes;
    if (keep) {
      const { rows, scales, biases } = stageGroups(
        packer,
        weights.matrices as readonly Quantized4Matrix[],
        first,
        count,
      );
      if (!kernels.allFinite(scales, 2 * count * WIDTH * blocks)) requireFinite(weights, "int8");
      kernels.packInt4(out, panelBytes, rows, scales, biases, blocks, count, blockBytes);
    } else {
      kernels.packInt7(out, stageFloats(packer, first, count, blocks * BLOCK, "int8"), count * blocks, blockBytes);
    }
  });
  return { ...packed, rounding };
}

/** Panels [inputs, 8] of float32 in scratch, with zeros for inputs that there are not. */
function stageFloats(packer: Packer, first: number, count: number, inputs: number, dtype: Dtype): number {
  const { arena, kernels, weights } = packer;
  const length = count * WIDTH * inputs;
  // Above what writeFloats needs for the rows.
  const out = arena.scratch(2 * length * FLOAT) + length * FLOAT;
  if (inputs !== weights.inputs) arena.floats(out, length).fill(0);
  writeFloats(packer, first, count, out, inputs);
  if (!kernels.allFinite(out, length)) requireFinite(weights, dtype);
  return out;
}

/** Writes `count` panels from the panel `first` on, of `steps` inputs each, as float32. */
function writeFloats(packer: Packer, first: number, count: number, out: number, steps: number): void {
  const { arena, kernels, weights } = packer;
  const { inputs, matrices } = weights;
  const outStride = steps * WIDTH * FLOAT;
  if (keepsGroups(matrices)) {
    const { rows, scales, biases } = stageGroups(packer, matrices, first, count);
    if (kernels.unpackInt4(out, outStride, rows, scales, biases, inputs / BLOCK, count) === 0) return;
  }
  const address = arena.scratch(count * WIDTH * inputs * FLOAT);
  const rows = arena.floats(address, count * WIDTH * inputs);
  fillRows(weights, first, rows, inputs, (matrix, from, to, at) => {
    if (matrix.format === "float32") rows.set(matrix.data.subarray(from * inputs, to * inputs), at);
    else for (let row = from; row < to; row++, at += inputs) unpackRow(rows, at, 1, matrix, row);
  });
  kernels.packFloat32(out, outStride, address, inputs, count);
}

/** 4-bit groups in scratch, with a scale and then a bias for each block. */
function stageGroups(
  { arena, weights }: Packer,
  matrices: readonly Quantized4Matrix[],
  first: number,
  count: number,
): { rows: number; scales: number; biases: number } {
  const blocks = weights.inputs / BLOCK;
  const height = count * WIDTH;
  const rows = arena.scratch(6 * height * blocks * 4); // four words a block, a scale and a bias
  const [scales, biases] = [rows + 4 * height * blocks * 4, rows + 5 * height * blocks * 4];
  const words = new Uint32Array(arena.memory.buffer, rows, 4 * height * blocks);
  fillRows({ matrices }, first, words, 4 * blocks, ({ packed }, from, to, at) => {
    words.set(packed.subarray(4 * blocks * from, 4 * blocks * to), at);
  });
  for (const [address, part] of [
    [scales, "scales"],
    [biases, "biases"],
  ] as const) {
    const values = arena.floats(address, height * blocks);
    fillRows({ matrices }, first, values, blocks, (matrix, from, to, at) => {
      const blocksOf = matrix.groupSize / BLOCK;
      const given = matrix[part].subarray((from * blocks) / blocksOf, (to * blocks) / blocksOf);
      if (blocksOf === 1) values.set(given, at);
      else for (const [i, value] of given.entries()) values.fill(value, at + i * blocksOf, at + (i + 1) * blocksOf);
    });
  }
  return { rows, scales, biases };
}

/** Visits the matrices' rows that panels from `first` on have, and zeroes the rows that there are not. */
function fillRows<M extends Matrix>(
  { matrices }: { readonly matrices: readonly M[] },
  first: number,
  target: Float32Array | Uint32Array,
  width: number,
  write: (matrix: M, from: number, to: number, at: number) => void,
): void {
  const begin = first * WIDTH;
  const end = begin + target.length / width;
  let start = 0; // the output that the matrix's first row gives
  for (const matrix of matrices) {
    const [from, to] = [Math.max(begin, start), Math.min(end, start + matrix.rows)];
    if (from < to) write(matrix, from - start, to - start, (from - begin) * width);
    start += matrix.rows;
  }
  if (start < end) target.fill(0, Math.max(0, start - begin) * width);
}

/** Visits the panels in chunks of about CHUNK bytes of rows. */
function forChunks({ weights }: Packer, rowBytes: number, visit: (first: number, count: number) => void): void {
  const panels = Math.ceil(weights.outputs / WIDTH);
  const most = Math.max(1, Math.floor(CHUNK / (rowBytes * WIDTH)));
  for (let first = 0; first < panels; first += most) visit(first, Math.min(most, panels - first));
}
