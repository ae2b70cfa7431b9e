/** Rows of float32 as small integers for the linear kernels; `../quantize.ts` is their definition, and they give its bits. */
import { BLOCK, CENTRED_FLOOR, LARGEST, ROUNDER, SMALLEST } from "../quantize.ts";
import { forElements } from "./elements.ts";
import { type Func, type FunctionBuilder, func, type Local } from "./function.ts";
import { f32, f32x4, type I32, i8x16, i16x8, i32, i32x4, type V128, v128 } from "./instructions.ts";
import { recordBytes } from "./layout.ts";

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
    const [largest, factor] = [f.local(v128), f.local(v128)];
    const bytes = f.local(i32, pairBytes(p.inputs));
    f.times(p.tokens, () => {
      f.set(largest, f32x4.splat(SMALLEST));
      raiseToLargest(f, largest, p.x, p.inputs);
      foldLanes(f, largest, f32x4.pmax);
      f.do(f32.store(p.out, f32.div(f32x4.extract_lane(largest, 0), p.range)));
      f.set(factor, f32x4.div(f32x4.splat(p.range), largest));
      f.advance(p.out, 4);
      roundRow(f, p.out, p.x, p.inputs, (x) => round(f32x4.mul(x, factor)));
      f.advance(p.x, i32.mul(p.inputs, 4));
      f.advance(p.out, bytes);
    });
  });
}

/** Bytes of a row of int16, in pairs. */
export function pairBytes(count: I32): I32 {
  return i32.and(i32.add(i32.mul(count, 2), 2), -4);
}

/** Raises the lanes of `largest` to the magnitudes of a row. */
export function raiseToLargest(f: FunctionBuilder, largest: Local<"v128">, row: I32, count: I32): void {
  forElements(f, count, (k, { load }) => f.set(largest, f32x4.pmax(largest, f32x4.abs(load(i32.add(row, k))))));
}

/** Writes the integers of a row as int16, and a zero where their count is odd. */
export function roundRow(f: FunctionBuilder, out: I32, row: I32, count: I32, round: (x: V128) => V128): void {
  const integers = f.local(v128);
  f.do(f32.store(i32.add(out, i32.sub(pairBytes(count), 4)), 0)); // for the last pair; else overwritten
  forElements(f, count, (k, lanes) => {
    f.set(integers, round(lanes.load(i32.add(row, k))));
    const narrow = i16x8.narrow_i32x4_s(integers, integers);
    const to = i32.add(out, i32.shr_u(k, 1));
    f.do(lanes.count === 4 ? v128.store64_lane(to, narrow, 0) : v128.store16_lane(to, narrow, 0));
  });
}

/**
 * Blocks of 32 values as records of integers of 1 or 2 bytes.
 *
 *   x    [blocks, 32]
 *   out  [blocks] records: q [32], scale, factor · scale · Σ q, addend
 *
 * centre is 1/2, and the addend the middle that was subtracted; or 0, with none subtracted. Where biased is 1 the addend is
 * scale · Σ q.
 */
export function quantizeBlocks(bytes: 1 | 2): Func {
  const name = bytes === 1 ? "quantizeBlocks" : "quantizeBlocksWide";
  return func(name, { out: i32, x: i32, blocks: i32, factor: f32, centre: f32, biased: f32 }, (f, p) => {
    const values = Array.from({ length: BLOCK / 4 }, () => f.local(v128));
    const [least, greatest, most, factor] = [f.local(v128), f.local(v128), f.local(v128), f.local(v128)];
    const [middle, total] = [f.local(v128), f.local(v128)];
    const [scale, sum] = [f.local(f32), f.local(f32)];
    // Constants in locals: V8 would build them anew in each turn.
    const half = f.local(v128, f32x4.splat(p.centre));
    const floor = f.local(v128, f32x4.splat(f32.sub(1, f32.mul(p.centre, 2 - 2 * CENTRED_FLOOR)))); // 1, or that of centred blocks
    const smallest = f.local(v128, f32x4.splat(SMALLEST));
    const largest = f.local(v128, f32x4.splat(LARGEST.int8));
    const round = f.local(v128, f32x4.splat(ROUNDER));
    const ones = f.local(v128, i16x8.splat(1));
    const zero = f.local(v128);

    const fold = (operation: (a: V128, b: V128) => V128, vectors: readonly V128[]): V128 =>
      vectors.reduce((all, vector) => operation(all, vector));
    f.times(p.blocks, () => {
      for (const [i, value] of values.entries()) f.set(value, v128.load(p.x, 16 * i));
      f.set(least, fold(f32x4.pmin, values));
      f.set(greatest, fold(f32x4.pmax, values));
      foldLanes(f, least, f32x4.pmin);
      foldLanes(f, greatest, f32x4.pmax);
      const magnitude = f32x4.pmax(f32x4.sub(zero, least), greatest);
      const span = f32x4.mul(f32x4.sub(greatest, least), half);
      f.set(most, f32x4.pmax(smallest, f32x4.pmax(span, f32x4.mul(magnitude, floor))));
      f.set(factor, f32x4.div(largest, most));
      f.set(scale, f32.div(f32x4.extract_lane(most, 0), LARGEST.int8));

      f.set(middle, f32x4.add(f32x4.mul(f32x4.mul(f32x4.add(greatest, least), half), factor), round));
      for (const value of values) f.set(value, i32x4.sub(f32x4.add(f32x4.mul(value, factor), round), middle)); // the bits of two integers above the rounder
      const shorts = [0, 2, 4, 6].map((i) => f.local(v128, i16x8.narrow_i32x4_s(values[i]!, values[i + 1]!)));
      for (const [i, short] of shorts.entries()) {
        if (bytes === 2) f.do(v128.store(p.out, short, 16 * i));
        else if (i % 2 === 0) f.do(v128.store(p.out, i8x16.narrow_i16x8_s(short, shorts[i + 1]!), 8 * i));
      }
      f.set(total, i32x4.dot_i16x8_s(fold(i16x8.add, shorts), ones));
      foldLanes(f, total, i32x4.add);
      f.set(sum, f32.mul(scale, f32x4.extract_lane(f32x4.convert_i32x4_s(total), 0)));
      const addend = f32.mul(scale, f32x4.extract_lane(f32x4.sub(middle, round), 0));
      f.do(f32.store(p.out, scale, BLOCK * bytes));
      f.do(f32.store(p.out, f32.mul(p.factor, sum), BLOCK * bytes + 4));
      f.do(f32.store(p.out, f32.add(addend, f32.mul(sum, p.biased)), BLOCK * bytes + 8));
      f.advance(p.x, 4 * BLOCK);
      f.advance(p.out, recordBytes(bytes));
    });
  });
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
