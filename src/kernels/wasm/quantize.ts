/** Rows of float32 as small integers for the linear kernels; `../quantize.ts` is their definition, and they give its bits. */
import { BLOCK, LARGEST } from "../quantize.ts";
import { forElements } from "./elements.ts";
import { type Func, type FunctionBuilder, func, type Local } from "./function.ts";
import { type F32, f32, f32x4, i8x16, i16x8, i32, i32x4, type V128, v128 } from "./instructions.ts";
import { recordBytes } from "./packing.ts";

export const SMALLEST = 1e-30; // zeros have a scale too

/** 1.5 · 2^23: a float32 of this size counts in ones, so that adding it rounds, and the integer is in its low bits. */
const ROUNDER = 12582912;
const ROUNDER_BITS = 0x4b400000;

/**
 * Rows of int16 with a scale each, the row's largest magnitude / range.
 *
 *   x    [tokens, inputs]
 *   out  [tokens], each row its scale as float32, then inputs int16, and a zero where their count is odd
 */
export function quantizeRows(): Func {
  return func("quantizeRows", { out: i32, x: i32, tokens: i32, inputs: i32, range: f32 }, (f, p) => {
    const round = rounder(f);
    const [largest, factor, integers] = [f.local(v128), f.local(v128), f.local(v128)];
    const pairs = f.local(i32, i32.shr_u(i32.add(p.inputs, 1), 1));
    f.times(p.tokens, () => {
      f.set(largest, f32x4.splat(SMALLEST));
      forElements(f, p.inputs, (k, { load }) => {
        f.set(largest, f32x4.pmax(largest, f32x4.abs(load(i32.add(p.x, k)))));
      });
      foldLanes(f, largest, f32x4.pmax);
      f.do(f32.store(p.out, f32.div(f32x4.extract_lane(largest, 0), p.range)));
      f.set(factor, f32x4.div(f32x4.splat(p.range), largest));
      f.advance(p.out, 4);
      f.do(f32.store(i32.add(p.out, i32.mul(i32.sub(pairs, 1), 4)), 0)); // the zero after an odd row; else overwritten
      forElements(f, p.inputs, (k, { load, count }) => {
        f.set(integers, round(f32x4.mul(load(i32.add(p.x, k)), factor)));
        const narrow = i16x8.narrow_i32x4_s(integers, integers);
        const to = i32.add(p.out, i32.shr_u(k, 1));
        f.do(count === 4 ? v128.store64_lane(to, narrow, 0) : v128.store16_lane(to, narrow, 0));
      });
      f.advance(p.x, i32.mul(p.inputs, 4));
      f.advance(p.out, i32.mul(pairs, 4));
    });
  });
}

/**
 * Blocks of 32 values as records of integers of 1 or 2 bytes, |q| ≤ 127.
 *
 *   x    [blocks, 32]
 *   out  [blocks] records: q [32], scale, factor · scale · Σ q, addend
 *
 * centre is 1/2, and the addend the middle that was subtracted; or 0, with none subtracted and the addend scale · Σ q.
 */
export function quantizeBlocks(bytes: 1 | 2): Func {
  const name = bytes === 1 ? "quantizeBlocks" : "quantizeBlocksWide";
  return func(name, { out: i32, x: i32, blocks: i32, factor: f32, centre: f32 }, (f, p) => {
    const round = rounder(f);
    const values = Array.from({ length: BLOCK / 4 }, () => f.local(v128));
    const [least, greatest, middle, most] = [f.local(v128), f.local(v128), f.local(v128), f.local(v128)];
    const [factor, total] = [f.local(v128), f.local(v128)];
    const [scale, sum] = [f.local(f32), f.local(f32)];
    const first = (vector: V128): F32 => f32x4.extract_lane(vector, 0);
    const fold = (operation: (a: V128, b: V128) => V128): V128 =>
      values.slice(1).reduce<V128>((all, value) => operation(all, value), values[0]!);
    f.times(p.blocks, () => {
      for (const [i, value] of values.entries()) f.set(value, v128.load(p.x, 16 * i));
      f.set(least, fold(f32x4.pmin));
      f.set(greatest, fold(f32x4.pmax));
      foldLanes(f, least, f32x4.pmin);
      foldLanes(f, greatest, f32x4.pmax);
      f.set(middle, f32x4.mul(f32x4.add(least, greatest), f32x4.splat(p.centre)));
      const either = f32x4.pmax(f32x4.sub(greatest, middle), f32x4.sub(middle, least));
      f.set(most, f32x4.pmax(f32x4.splat(SMALLEST), either));
      f.set(scale, f32.div(first(most), LARGEST.int8));
      f.set(factor, f32x4.div(f32x4.splat(LARGEST.int8), most));
      for (const value of values) f.set(value, round(f32x4.mul(f32x4.sub(value, middle), factor)));
      f.set(total, fold(i32x4.add));
      foldLanes(f, total, i32x4.add);
      storeNarrow(f, p.out, values, bytes);
      f.do(f32.store(p.out, scale, BLOCK * bytes));
      f.set(sum, f32.mul(scale, first(f32x4.convert_i32x4_s(total))));
      f.do(f32.store(p.out, f32.mul(p.factor, sum), BLOCK * bytes + 4));
      const sumOrNone = f32.mul(sum, f32.sub(1, f32.mul(p.centre, 2)));
      f.do(f32.store(p.out, f32.add(first(middle), sumOrNone), BLOCK * bytes + 8));
      f.advance(p.x, 4 * BLOCK);
      f.advance(p.out, recordBytes(bytes));
    });
  });
}

function storeNarrow(f: FunctionBuilder, out: Local<"i32">, values: readonly V128[], bytes: 1 | 2): void {
  for (let i = 0; i < values.length; i += 4) {
    const low = i16x8.narrow_i32x4_s(values[i]!, values[i + 1]!);
    const high = i16x8.narrow_i32x4_s(values[i + 2]!, values[i + 3]!);
    if (bytes === 1) f.do(v128.store(out, i8x16.narrow_i16x8_s(low, high), 4 * i));
    else {
      f.do(v128.store(out, low, 8 * i));
      f.do(v128.store(out, high, 8 * i + 16));
    }
  }
}

/** The nearest integers of |x| < 2^22, ties to even. */
export function rounder(f: FunctionBuilder): (x: V128) => V128 {
  const round = f.local(v128, f32x4.splat(ROUNDER));
  const bits = f.local(v128, i32x4.splat(ROUNDER_BITS));
  return (x) => i32x4.sub(f32x4.add(x, round), bits);
}

/** Every lane becomes what the operation makes of all four. */
export function foldLanes(f: FunctionBuilder, vector: Local<"v128">, operation: (a: V128, b: V128) => V128): void {
  const turns = [
    [2, 3, 0, 1],
    [1, 0, 3, 2],
  ] as const;
  for (const lanes of turns) f.set(vector, operation(vector, i32x4.shuffle(vector, vector, lanes)));
}
