/**
 * Linear layers in 8-bit integers with a scale for each block of 32 inputs; `../quantize.ts` is their definition.
 *
 *   out[t, n] = bias[n] + Σ_block rowScale(t, block) · scale[n, block] · Σ_k q[t, k] · w[n, k]
 *
 *   q  8 bits, |q| ≤ 127; x, written by `quantizeBlocks`, has a record for each row and block
 *   w  4 bits as checkpoints store them, with a scale and a bias a block (value = scale · w + bias), or 7 bits
 *
 * The fast forms need relaxed SIMD: `relaxed_dot_i8x16_i7x16_s` multiplies sixteen pairs. Its second operand is 7 bits
 * without a sign, so stored weights are w + offset, and what the offset adds is taken off again for a block at once: the
 * record of x holds correction = −offset · rowScale · Σ q beside its scale. 4-bit products of a whole block fit into 16 bits
 * (16 · 15 · 127 = 30,480), those of 7 bits do for one step only (2 · 127 · 127 = 32,258) and are widened by each.
 *
 * The wide form multiplies 16-bit integers, which every engine with SIMD has: the same products, at half the speed.
 *
 * A step is a block, unrolled: all addresses in it are constants (4 × 8 tile, of the ceiling: 4-bit 2.1, 7-bit 1.6).
 */
import { BLOCK } from "../quantize.ts";
import type { Arithmetic } from "./arithmetic.ts";
import type { FunctionBuilder, Local } from "./function.ts";
import { f32x4, i8x16, i16x8, i32x4, type V128, v128 } from "./instructions.ts";
import type { LinearForm, Tile } from "./linear.ts";
import { recordBytes } from "./quantize.ts";
import { newSums, type Sums, WIDTH } from "./tile.ts";

const FLOATS = 4 * WIDTH; // bytes of a float for each of a panel's outputs

/** 4-bit weights. A block of a panel: 4 pairs of steps [8 outputs, 4 inputs], two nibbles a byte, scales [8], biases [8]. */
export function int4Form(arithmetic: Arithmetic, hasBiases: boolean): LinearForm {
  return blockForm(arithmetic, hasBiases ? "linearInt4Biased" : "linearInt4", {
    xBytes: 1,
    panelBytes: (BLOCK * WIDTH) / 2,
    hasBiases,
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

/** 7-bit weights, offset 64. A block of a panel: 8 steps [8 outputs, 4 inputs] of a byte each, scales [8]. */
export function int7Form(arithmetic: Arithmetic): LinearForm {
  return blockForm(arithmetic, "linearInt7", {
    xBytes: 1,
    panelBytes: BLOCK * WIDTH,
    hasBiases: false,
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

/** Weights of 4 or 7 bits as int16 without offset. A block of a panel: 16 steps [8 outputs, 2 inputs], scales and biases [8]. */
export function wideForm(arithmetic: Arithmetic): LinearForm {
  return blockForm(arithmetic, "linearWide", {
    xBytes: 2,
    panelBytes: BLOCK * WIDTH * 2,
    hasBiases: true,
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
  readonly hasBiases: boolean;
  /** Gives what writes a block's products to the sums, which gives how a sum becomes four 32-bit integers. */
  products(f: FunctionBuilder, tile: Tile, sums: Sums): () => (sum: V128) => V128;
}

function blockForm({ multiplyAdd }: Arithmetic, name: string, block: Block): LinearForm {
  const record = recordBytes(block.xBytes);
  const panelStep = block.panelBytes + FLOATS * (block.hasBiases ? 2 : 1);
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
      const [scale, extra] = [f.local(v128), f.local(v128)];
      f.times(tile.steps, () => {
        const widen = multiply();
        for (const [row, halves] of results.entries()) {
          f.set(scale, v128.load32_splat(x[row]!, record - 8));
          f.set(extra, v128.load32_splat(x[row]!, record - 4));
          for (const [half, result] of halves.entries()) {
            const sum = f32x4.convert_i32x4_s(widen(sums[row]![half]!));
            const scales = v128.load(panel, block.panelBytes + 16 * half);
            if (block.hasBiases) {
              const biases = v128.load(panel, block.panelBytes + FLOATS + 16 * half);
              f.set(result, multiplyAdd(extra, biases, multiplyAdd(f32x4.mul(sum, scale), scales, result)));
            } else {
              f.set(result, multiplyAdd(multiplyAdd(sum, scale, extra), scales, result));
            }
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
