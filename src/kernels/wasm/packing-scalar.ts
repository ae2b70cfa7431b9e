/** Packs weights in plain TypeScript: what the panels of each dtype are. */
import { type LinearWeights, type Matrix, type Quantized4Matrix, unpackRow } from "../matrix.ts";
import { BLOCK, type Dtype, int16Range, LARGEST, quantize, requireFinite } from "../quantize.ts";
import type { Arena } from "./arena.ts";
import type { Exports } from "./exports.ts";
import { WIDTH } from "./layout.ts";
import { allocate, int8Form, type PackedLinear } from "./packing.ts";

const FLOAT = 4;

export function packLinear(arena: Arena, kernels: Exports, weights: LinearWeights, dtype: Dtype): PackedLinear {
  if (dtype === "float32") return packFloat32(arena, weights);
  requireFinite(weights, dtype);
  if (dtype === "int16") return packInt16(arena, weights);
  return packInt8(arena, kernels, weights);
}

/** Panels [inputs, 8] of float32. */
function packFloat32(arena: Arena, weights: LinearWeights): PackedLinear {
  const { inputs } = weights;
  const packed = allocate(arena, weights, "linear", inputs, inputs * WIDTH * FLOAT, 1);
  const values = new Float32Array(arena.memory.buffer, packed.panels);
  forRows(weights, (matrix, row, output) => {
    const lane = output % WIDTH;
    unpackRow(values, (output - lane) * inputs + lane, WIDTH, matrix, row);
  });
  return packed;
}

/** Panels [pairs, 8, 2] of int16, columns [biases 8, scales 8]. */
function packInt16(arena: Arena, weights: LinearWeights): PackedLinear {
  const { inputs } = weights;
  const pairs = Math.ceil(inputs / 2);
  const packed = allocate(arena, weights, "linearInt16", pairs, pairs * WIDTH * 4, 2);
  const values = new Int16Array(arena.memory.buffer, packed.panels);
  const columns = new Float32Array(arena.memory.buffer, packed.columns);
  const row = new Float32Array(inputs);
  const integers = new Int16Array(inputs);
  let largestSum = 0;
  forRows(weights, (matrix, index, output) => {
    unpackRow(row, 0, 1, matrix, index);
    const lane = output % WIDTH;
    columns[2 * (output - lane) + WIDTH + lane] = quantize(integers, 0, row, 0, inputs, LARGEST.int16Weight);
    largestSum = Math.max(
      largestSum,
      integers.reduce((sum, q) => sum + Math.abs(q), 0),
    );
    let at = (output - lane) * pairs * 2 + 2 * lane;
    for (let k = 0; k < inputs; k += 2, at += 2 * WIDTH) {
      values[at] = integers[k]!;
      values[at + 1] = k + 1 < inputs ? integers[k + 1]! : 0;
    }
  });
  return { ...packed, rounding: [int16Range(largestSum)] };
}

/** Panels of blocks [words, 8], scales [8], and for kernels with an addend the biases of 4 bits or sums of the 32 weights [8]. */
function packInt8(arena: Arena, kernels: Exports, weights: LinearWeights): PackedLinear {
  const { inputs } = weights;
  const { keep, form, rounding } = int8Form(weights, kernels);
  const wide = form.kernel === "linearWidePlus";
  const blocks = Math.ceil(inputs / BLOCK);
  const stride = WIDTH * (form.words + form.floats); // words of a panel's block
  const packed = allocate(arena, weights, form.kernel, blocks, blocks * stride * 4, 1);
  const words = new Uint32Array(arena.memory.buffer, packed.panels);
  const floats = new Float32Array(arena.memory.buffer, packed.panels);
  const row = new Float32Array(blocks * BLOCK);
  const integers = new Int8Array(BLOCK);

  forRows(weights, (matrix, index, output) => {
    if (!keep) unpackRow(row, 0, 1, matrix, index);
    const lane = output % WIDTH;
    let at = ((output - lane) / WIDTH) * blocks * stride + lane;
    for (let block = 0; block < blocks; block++, at += stride) {
      let scale: number;
      let sumOrBias: number;
      if (keep) {
        const { packed, scales, biases, groupSize } = matrix as Quantized4Matrix;
        const first = index * inputs + block * BLOCK;
        const group = Math.floor(first / groupSize);
        scale = scales[group]!;
        sumOrBias = wide ? biases[group]! + 8 * scale : biases[group]!;
        for (let i = 0; i < 4; i++) {
          const nibbles = packed[first / 8 + i]!;
          if (wide) widenNibbles(words, at + 4 * i * WIDTH, nibbles);
          else words[at + i * WIDTH] = pairNibbles(nibbles);
        }
      } else {
        scale = quantize(integers, 0, row, block * BLOCK, BLOCK, LARGEST.int8Weight);
        sumOrBias = scale * integers.reduce((total, integer) => total + integer);
        if (wide) widenBytes(words, at, integers);
        else offsetBytes(words, at, integers);
      }
      floats[at + form.words * WIDTH] = scale;
      if (form.floats === 2) floats[at + (form.words + 1) * WIDTH] = sumOrBias;
    }
  });
  return { ...packed, rounding };
}

/** Eight nibbles, least significant first, as four bytes: nibbles 0 to 3 in their low halves, 4 to 7 in their high ones. */
function pairNibbles(nibbles: number): number {
  return spread(nibbles & 0xffff) | (spread(nibbles >>> 16) << 4);
}

/** Four nibbles as four bytes. */
function spread(nibbles: number): number {
  const two = (nibbles | (nibbles << 8)) & 0x00ff00ff;
  return (two | (two << 4)) & 0x0f0f0f0f;
}

/** Eight nibbles less eight as int16, two a word. */
function widenNibbles(words: Uint32Array, at: number, nibbles: number): void {
  for (let pair = 0; pair < 4; pair++, nibbles >>>= 8) {
    words[at + pair * WIDTH] = twoInt16((nibbles & 15) - 8, ((nibbles >>> 4) & 15) - 8);
  }
}

function widenBytes(words: Uint32Array, at: number, integers: Int8Array): void {
  for (let k = 0; k < BLOCK; k += 2) words[at + (k / 2) * WIDTH] = twoInt16(integers[k]!, integers[k + 1]!);
}

function twoInt16(low: number, high: number): number {
  return (low & 0xffff) | (high << 16);
}

/** Integers from −63 to 63 plus 64, four a word. */
function offsetBytes(words: Uint32Array, at: number, integers: Int8Array): void {
  for (let k = 0; k < BLOCK; k += 4) {
    const [a, b, c, d] = [integers[k]! + 64, integers[k + 1]! + 64, integers[k + 2]! + 64, integers[k + 3]! + 64];
    words[at + (k / 4) * WIDTH] = a | (b << 8) | (c << 16) | (d << 24);
  }
}

/** Every row of the matrices, and the output that it gives. */
function forRows({ matrices }: LinearWeights, visit: (matrix: Matrix, row: number, output: number) => void): void {
  let output = 0;
  for (const matrix of matrices) for (let row = 0; row < matrix.rows; row++, output++) visit(matrix, row, output);
}
