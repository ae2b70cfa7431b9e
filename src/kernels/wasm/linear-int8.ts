/**
 * Linear layers in 8-bit integers with a scale for each block of 32 inputs; `../quantize.ts` is their definition.
 *
 *   out[t, n] = bias[n] + Σ_block (x(t, block) · w(n, block)), and x · w over the 32 values of a block is, with w = scale · u,
 *
 *   (middle + rowScale · q) · scale · (u − offset) = scale · (rowScale · Σ q·u + correction) + middle · Σ w
 *   rowScale · q · (scale · u + bias)              = scale · rowScale · Σ q·u + (rowScale · Σ q) · bias
 *
 *   q  8 bits, |q| ≤ 127: a row's record, written by `quantizeBlocks`, holds 32 of them, rowScale, the correction
 *      −offset · rowScale · Σ q, and the addend: middle or rowScale · Σ q
 *   u  4 bits as checkpoints store them, or 7 bits of w / scale + 64; a panel's block holds scales, and what the addend is
 *      multiplied by: sums Σ w or biases
 *
 * The fast forms need relaxed SIMD: `relaxed_dot_i8x16_i7x16_s` multiplies sixteen pairs, the second of 7 bits without a
 * sign. 4-bit products of a whole block fit into 16 bits (16 · 15 · 127 = 30,480), those of 7 bits do for one step only
 * (2 · 127 · 127 = 32,258) and are widened by each. The wide form multiplies 16-bit integers, which every engine with SIMD
 * has: the same products, at two thirds of the speed.
 *
 * A step is a block, unrolled: all addresses in it are constants.
 */
import { BLOCK } from "../quantize.ts";
import type { Arithmetic } from "./arithmetic.ts";
import type { FunctionBuilder, Local } from "./function.ts";
import { f32x4, i8x16, i16x8, i32x4, type V128, v128 } from "./instructions.ts";
import { recordBytes, WIDTH } from "./layout.ts";
import type { LinearForm, Tile } from "./linear.ts";
import { newSums, type Sums } from "./tile.ts";

const FLOATS = 4 * WIDTH; // bytes of a float for each of a panel's outputs

/** 4-bit weights. A block of a panel: 4 pairs of steps [8 outputs, 4 inputs], two nibbles a byte; scales, sums or biases [8]. */
export function int4Form(arithmetic: Arithmetic, hasBiases: boolean): LinearForm {
  return blockForm(arithmetic, hasBiases ? "linearInt4Biased" : "linearInt4", {
    xBytes: 1,
    panelBytes: (BLOCK * WIDTH) / 2,
    corrects: !hasBiases,
    products(f, { x, panel }, sums) {
      const nibble = f.local(v128, i8x16.splat(15));
      const ones = f.local(v128, i16x8.splat(1));
      const bytes = [f.local(v128), f.local(v128)];
      const weights = [f.local(v128), f.local(v128)] as const;
      return () => {
        for (let pair = 0; pair < 4; pair++) {
          for (const [half, vector] of bytes.entries()) f.set(vector, v128.load(panel, 32 * pair + 16 * half));
          for (const [half, vector] of bytes.entries()) f.set(weights[half]!, v128.and(vector, nibble));
          multiplyBytes(f, sums, x, 8 * pair, weights, { first: pair === 0 });
          for (const [half, vector] of bytes.entries()) {
            f.set(weights[half]!, v128.and(i16x8.shr_u(vector, 4), nibble));
          }
          multiplyBytes(f, sums, x, 8 * pair + 4, weights, { first: false });
        }
        return (sum) => i32x4.dot_i16x8_s(sum, ones);
      };
    },
  });
}

/** 7-bit weights, offset 64. A block of a panel: 8 steps [8 outputs, 4 inputs] of a byte each; scales, sums [8]. */
export function int7Form(arithmetic: Arithmetic): LinearForm {
  return blockForm(arithmetic, "linearInt7", {
    xBytes: 1,
    panelBytes: BLOCK * WIDTH,
    corrects: true,
    products(f, { x, panel }, sums) {
      const ones = f.local(v128, i16x8.splat(1));
      const weights = [f.local(v128), f.local(v128)] as const;
      return () => {
        for (let step = 0; step < 8; step++) {
          for (const [half, vector] of weights.entries()) f.set(vector, v128.load(panel, 32 * step + 16 * half));
          multiplyBytes(f, sums, x, 4 * step, weights, { first: step === 0, ones });
        }
        return (sum) => sum;
      };
    },
  });
}

/** Weights of 4 or 7 bits as int16 without offset. A block of a panel: 16 steps [8 outputs, 2 inputs]; scales, sums or biases [8]. */
export function wideForm(arithmetic: Arithmetic): LinearForm {
  return blockForm(arithmetic, "linearWide", {
    xBytes: 2,
    panelBytes: BLOCK * WIDTH * 2,
    corrects: false,
    products(f, { x, panel }, sums) {
      const weights = [f.local(v128), f.local(v128)] as const;
      const splat = f.local(v128);
      return () => {
        for (let step = 0; step < 16; step++) {
          for (const [half, vector] of weights.entries()) f.set(vector, v128.load(panel, 32 * step + 16 * half));
          for (const [row, halves] of sums.entries()) {
            f.set(splat, v128.load32_splat(x[row]!, 4 * step));
            for (const [half, sum] of halves.entries()) {
              const products = i32x4.dot_i16x8_s(splat, weights[half]!);
              f.set(sum, step === 0 ? products : i32x4.add(sum, products));
            }
          }
        }
        return (sum) => sum;
      };
    },
  });
}

/** One step of four inputs: sums of 16 bits, or, given ones, of 32. */
function multiplyBytes(
  f: FunctionBuilder,
  sums: Sums,
  x: Tile["x"],
  at: number,
  weights: readonly [Local<"v128">, Local<"v128">],
  { first, ones }: { first: boolean; ones?: V128 },
): void {
  const splat = f.local(v128);
  for (const [row, halves] of sums.entries()) {
    f.set(splat, v128.load32_splat(x[row]!, at));
    for (const [half, sum] of halves.entries()) {
      const pairs = i16x8.relaxed_dot_i8x16_i7x16_s(splat, weights[half]!);
      const products = ones === undefined ? pairs : i32x4.dot_i16x8_s(pairs, ones);
      const add = ones === undefined ? i16x8.add : i32x4.add;
      f.set(sum, first ? products : add(sum, products));
    }
  }
}

interface Block {
  readonly xBytes: 1 | 2;
  /** Bytes of the weights of a block of a panel. */
  readonly panelBytes: number;
  /** Whether u has an offset, which the correction takes off. */
  readonly corrects: boolean;
  /** Gives what writes a block's products to the sums, which gives how a sum becomes four 32-bit integers. */
  products(f: FunctionBuilder, tile: Tile, sums: Sums): () => (sum: V128) => V128;
}

function blockForm({ multiplyAdd }: Arithmetic, name: string, block: Block): LinearForm {
  const record = recordBytes(block.xBytes);
  const panelStep = block.panelBytes + 2 * FLOATS;
  return {
    name,
    tileRows: 4,
    rowHeader: 0,
    rowStep: record,
    panelStep,
    columnBytes: FLOATS,
    multiply(f, tile) {
      const { x, panel } = tile;
      const results = newSums(f, x.length, tile.columns);
      const sums = newSums(f, x.length);
      const multiply = block.products(f, tile, sums);
      const [scale, correction, addend] = [f.local(v128), f.local(v128), f.local(v128)];
      f.times(tile.steps, () => {
        const widen = multiply();
        for (const [row, halves] of results.entries()) {
          f.set(scale, v128.load32_splat(x[row]!, record - 12));
          if (block.corrects) f.set(correction, v128.load32_splat(x[row]!, record - 8));
          f.set(addend, v128.load32_splat(x[row]!, record - 4));
          for (const [half, result] of halves.entries()) {
            const sum = f32x4.convert_i32x4_s(widen(sums[row]![half]!));
            const scaled = block.corrects ? multiplyAdd(sum, scale, correction) : f32x4.mul(sum, scale);
            const [scales, others] = [0, FLOATS].map((at) => v128.load(panel, block.panelBytes + at + 16 * half));
            f.set(result, multiplyAdd(addend, others!, multiplyAdd(scaled, scales!, result)));
          }
          f.advance(x[row]!, record);
        }
        f.advance(panel, panelStep);
        tile.fetch();
      });
      return results;
    },
  };
}
