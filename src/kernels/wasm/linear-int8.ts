/**
 * Linear layers in 8-bit integers with a scale for each block of 32 inputs; `../quantize.ts` is their definition.
 *
 *   out[t, n] = bias[n] + Σ_block (x(t, block) · w(n, block)), and x · w over the 32 values of a block is, with w = scale · u,
 *
 *   rowScale · q · scale · (u − offset)            = scale · (rowScale · Σ q·u + correction)
 *   (middle + rowScale · q) · scale · (u − offset) = the same + middle · Σ w                             centred
 *   rowScale · q · (scale · u + bias)              = scale · rowScale · Σ q·u + (rowScale · Σ q) · bias  biased
 *
 *   q  8 bits, |q| ≤ 127: a row's record, written by `quantizeBlocks`, holds 32 of them, rowScale, the correction
 *      −offset · rowScale · Σ q, and the addend: middle or rowScale · Σ q, or 0
 *   u  4 bits as checkpoints store them, or 7 bits of w / scale + 64; a panel's block holds scales and, where there is an
 *      addend, what it is multiplied by: sums Σ w or biases
 *
 * The fast forms need relaxed SIMD: `relaxed_dot_i8x16_i7x16_s` multiplies sixteen pairs, the second of 7 bits without a
 * sign. 4-bit products of a whole block fit into 16 bits (16 · 15 · 127 = 30,480), those of 7 bits do for one step only
 * (2 · 127 · 127 = 32,258) and are widened by each. The wide form multiplies 16-bit integers, which every engine with SIMD
 * has: the same products, at 60 to 85 % of the speed.
 *
 * A step is a block, unrolled: all addresses in it are constants.
 */
import { BLOCK } from "../quantize.ts";
import type { Arithmetic } from "./arithmetic.ts";
import type { FunctionBuilder, Local } from "./function.ts";
import { f32x4, i8x16, i16x8, i32x4, type V128, v128 } from "./instructions.ts";
import { recordBytes, WIDTH } from "./layout.ts";
import type { LinearForm, Tile } from "./linear.ts";
import { apart, newSums } from "./tile.ts";

const FLOATS = 4 * WIDTH; // bytes of a float for each of a panel's outputs

/** 4-bit weights. A block of a panel: 4 pairs of steps [8 outputs, 4 inputs], two nibbles a byte; scales [8]; to add, biases [8]. */
export function int4Form(arithmetic: Arithmetic, adds: boolean): LinearForm {
  return blockForm(arithmetic, "linearInt4", {
    xBytes: 1,
    panelBytes: (BLOCK * WIDTH) / 2,
    corrects: !adds,
    adds,
    products(f, { panel }, multiply) {
      const nibble = f.local(v128, i8x16.splat(15));
      const ones = f.local(v128, i16x8.splat(1));
      const bytes = [f.local(v128), f.local(v128)];
      const pairs = i16x8.relaxed_dot_i8x16_i7x16_s;
      return () => {
        for (let step = 0; step < 8; step += 2) {
          apart(f, step > 0 && panel, () => {
            for (const [half, vector] of bytes.entries()) f.set(vector, v128.load(panel, 16 * (step + half)));
            multiply(step, (half) => v128.and(bytes[half]!, nibble), pairs, i16x8.add);
            multiply(step + 1, (half) => v128.and(i16x8.shr_u(bytes[half]!, 4), nibble), pairs, i16x8.add);
          });
        }
        return (sum) => i32x4.dot_i16x8_s(sum, ones);
      };
    },
  });
}

/** 7-bit weights, offset 64. A block of a panel: 8 steps [8 outputs, 4 inputs] of a byte each; scales [8]; to add, sums [8]. */
export function int7Form(arithmetic: Arithmetic, adds: boolean): LinearForm {
  return blockForm(arithmetic, "linearInt7", {
    xBytes: 1,
    panelBytes: BLOCK * WIDTH,
    corrects: true,
    adds,
    products(f, { panel }, multiply) {
      const ones = f.local(v128, i16x8.splat(1));
      const fours = (x: V128, w: V128): V128 => i32x4.dot_i16x8_s(i16x8.relaxed_dot_i8x16_i7x16_s(x, w), ones);
      return () => multiplySteps(f, panel, 8, multiply, fours);
    },
  });
}

/** 4 or 7 bits as int16 without offset. A block of a panel: 16 steps [8 outputs, 2 inputs]; scales [8]; sums or biases [8]. */
export function wideForm(arithmetic: Arithmetic): LinearForm {
  return blockForm(arithmetic, "linearWide", {
    xBytes: 2,
    panelBytes: BLOCK * WIDTH * 2,
    corrects: false,
    adds: true, // 0 where there is no addend
    products:
      (f, { panel }, multiply) =>
      () =>
        multiplySteps(f, panel, 16, multiply, i32x4.dot_i16x8_s),
  });
}

function multiplySteps(
  f: FunctionBuilder,
  panel: Local<"i32">,
  steps: number,
  multiply: MultiplyStep,
  product: Product,
): (sum: V128) => V128 {
  for (let step = 0; step < steps; step++) {
    const weights = (half: number): V128 => v128.load(panel, 32 * step + 16 * half);
    apart(f, step > 0 && panel, () => multiply(step, weights, product, i32x4.add));
  }
  return (sum) => sum;
}

type Product = (a: V128, b: V128) => V128;
/** Adds a step's products to the sums; those of the first step replace them. */
type MultiplyStep = (step: number, weights: (half: number) => V128, product: Product, add: Product) => void;

interface Block {
  readonly xBytes: 1 | 2;
  /** Bytes of the weights of a block of a panel. */
  readonly panelBytes: number;
  /** Whether u has an offset, which the correction takes off. */
  readonly corrects: boolean;
  /** Whether there is an addend. */
  readonly adds: boolean;
  /** Gives what writes a block's products to the sums, which gives how a sum becomes four 32-bit integers. */
  products(f: FunctionBuilder, tile: Tile, multiply: MultiplyStep): () => (sum: V128) => V128;
}

function blockForm({ multiplyAdd }: Arithmetic, name: string, block: Block): LinearForm {
  const record = recordBytes(block.xBytes);
  const panelStep = block.panelBytes + (block.adds ? 2 : 1) * FLOATS;
  return {
    name: block.adds ? `${name}Plus` : name,
    tileRows: 4,
    rowHeader: 0,
    rowStep: record,
    panelStep,
    columnBytes: FLOATS,
    multiply(f, tile) {
      const { x, panel } = tile;
      const results = newSums(f, x.length, tile.columns);
      const sums = newSums(f, x.length);
      const weights = [f.local(v128), f.local(v128)];
      const splat = f.local(v128);
      const products = block.products(f, tile, (step, weightsOf, product, add) => {
        for (const [half, vector] of weights.entries()) f.set(vector, weightsOf(half));
        for (const [row, halves] of sums.entries()) {
          f.set(splat, v128.load32_splat(x[row]!, 4 * step));
          for (const [half, sum] of halves.entries()) {
            const value = product(splat, weights[half]!);
            f.set(sum, step === 0 ? value : add(sum, value));
          }
        }
      });
      const [scale, correction, addend] = [f.local(v128), f.local(v128), f.local(v128)];
      f.times(tile.steps, () => {
        const widen = products();
        const floats = [0, 16, 32, 48].map((at) => v128.load(panel, block.panelBytes + at));
        // Where there is an addend registers are short, and scales are loaded anew for each row.
        const scales = block.adds ? floats : floats.slice(0, 2).map((load) => f.local(v128, load));
        for (const [row, halves] of results.entries())
          apart(f, block.adds && panel, () => {
            f.set(scale, v128.load32_splat(x[row]!, record - 12));
            if (block.corrects) f.set(correction, v128.load32_splat(x[row]!, record - 8));
            if (block.adds) f.set(addend, v128.load32_splat(x[row]!, record - 4));
            for (const [half, result] of halves.entries()) {
              const sum = f32x4.convert_i32x4_s(widen(sums[row]![half]!));
              const scaled = block.corrects ? multiplyAdd(sum, scale, correction) : f32x4.mul(sum, scale);
              const added = multiplyAdd(scaled, scales[half]!, result);
              f.set(result, block.adds ? multiplyAdd(addend, floats[2 + half]!, added) : added);
            }
            f.advance(x[row]!, record);
          });
        f.advance(panel, panelStep);
        tile.fetch();
      });
      return results;
    },
  };
}
