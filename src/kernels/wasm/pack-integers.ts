/** Panels of float32 as small integers, a scale for each run of inputs of an output; `../quantize.ts` is their definition. */
import { BLOCK, LARGEST, SMALLEST } from "../quantize.ts";
import { type Func, type FunctionBuilder, func, funcOf, type Local } from "./function.ts";
import { f32x4, type I32, i32, i32x4, type V128, v128 } from "./instructions.ts";
import { WIDTH } from "./layout.ts";
import { foldLanes, rounder } from "./quantize.ts";

const STEP = 4 * WIDTH; // bytes of an input of a panel of float32
const HALVES = [0, 1] as const;

/**
 * int16: a scale an output. Gives the largest sum of the magnitudes of an output's integers.
 *
 *   from     [panels, 2 · pairs, 8]
 *   out      [panels, pairs, 8, 2]
 *   columns  [panels, 2, 8]   the second eight become the scales
 */
export function packInt16(): Func {
  return funcOf("packInt16", i32, { out: i32, columns: i32, from: i32, pairs: i32, panels: i32 }, (f, p) => {
    const round = rounder(f);
    const [most, factor, sum, largest] = [f.local(v128), f.local(v128), f.local(v128), f.local(v128)];
    const [at, to] = [f.local(i32), f.local(i32)];
    const inputs = f.local(i32, i32.mul(p.pairs, 2));
    f.times(p.panels, () => {
      for (const half of HALVES) {
        f.set(at, i32.add(p.from, 16 * half));
        f.set(to, i32.add(p.out, 16 * half));
        findMost(f, most, at, inputs);
        f.do(v128.store(p.columns, f32x4.div(most, f32x4.splat(LARGEST.int16Weight)), STEP + 16 * half));
        f.set(factor, f32x4.div(f32x4.splat(LARGEST.int16Weight), most));
        f.set(sum, i32x4.splat(0));
        f.times(p.pairs, () => {
          const [a, b] = [0, STEP].map((k) => f.local(v128, round(f32x4.mul(v128.load(at, k), factor))));
          f.do(v128.store(to, twoInt16(a!, b!)));
          f.set(sum, i32x4.add(sum, i32x4.add(i32x4.abs(a!), i32x4.abs(b!))));
          f.advance(at, 2 * STEP);
          f.advance(to, STEP);
        });
        f.set(largest, i32x4.max_s(largest, sum));
      }
      f.advance(p.from, i32.mul(inputs, STEP));
      f.advance(p.out, i32.mul(p.pairs, STEP));
      f.advance(p.columns, 2 * STEP);
    });
    foldLanes(f, largest, i32x4.max_s);
    return i32x4.extract_lane(largest, 0);
  });
}

/**
 * int8: 7 bits, a scale for each block of 32 inputs of an output.
 *
 *   from  [blocks, 32, 8]
 *   out   [blocks]   blockBytes each: the integers plus 64, four a word, or as they are, two a word; scales [8]; where there
 *                    is room, sums of the 32 weights [8]
 */
export function packInt7(form: "bytes" | "wide"): Func {
  const count = form === "bytes" ? 4 : 2; // inputs a word
  return func("packInt7", { out: i32, from: i32, blocks: i32, blockBytes: i32 }, (f, p) => {
    const round = rounder(f);
    const [most, factor, scale, sum, at] = [f.local(v128), f.local(v128), f.local(v128), f.local(v128), f.local(i32)];
    f.times(p.blocks, () => {
      for (const half of HALVES) {
        f.set(at, i32.add(p.from, 16 * half));
        findMost(f, most, at, BLOCK);
        f.set(factor, f32x4.div(f32x4.splat(LARGEST.int8Weight), most));
        f.set(scale, f32x4.div(most, f32x4.splat(LARGEST.int8Weight)));
        f.set(sum, i32x4.splat(0));
        for (let word = 0; word < BLOCK / count; word++) {
          const integers = Array.from({ length: count }, (_, i) =>
            f.local(v128, round(f32x4.mul(v128.load(at, STEP * (count * word + i)), factor))),
          );
          for (const q of integers) f.set(sum, i32x4.add(sum, q));
          const stored = form === "bytes" ? fourBytes(integers) : twoInt16(integers[0]!, integers[1]!);
          f.do(v128.store(p.out, stored, STEP * word + 16 * half));
        }
        const end = STEP * (BLOCK / count);
        f.do(v128.store(p.out, scale, end + 16 * half));
        f.if(i32.gt_s(p.blockBytes, end + STEP), () => {
          f.do(v128.store(p.out, f32x4.mul(scale, f32x4.convert_i32x4_s(sum)), end + STEP + 16 * half));
        });
      }
      f.advance(p.from, BLOCK * STEP);
      f.advance(p.out, p.blockBytes);
    });
  });
}

/** Whether all of `count` floats, a multiple of four, are finite. */
export function allFinite(): Func {
  return funcOf("allFinite", i32, { values: i32, count: i32 }, (f, p) => {
    const exponent = f.local(v128, i32x4.splat(0x7f800000));
    const found = f.local(v128);
    f.times(i32.shr_u(p.count, 2), () => {
      f.set(found, v128.or(found, i32x4.eq(v128.and(v128.load(p.values), exponent), exponent)));
      f.advance(p.values, 16);
    });
    return i32.eq(v128.any_true(found), 0);
  });
}

/** The largest magnitudes of four outputs over `count` inputs. */
function findMost(f: FunctionBuilder, most: Local<"v128">, from: Local<"i32">, count: I32): void {
  const at = f.local(i32, from);
  f.set(most, f32x4.splat(SMALLEST));
  f.times(count, () => {
    f.set(most, f32x4.pmax(most, f32x4.abs(v128.load(at))));
    f.advance(at, STEP);
  });
}

function twoInt16(low: V128, high: V128): V128 {
  return v128.or(v128.and(low, i32x4.splat(0xffff)), i32x4.shl(high, 16));
}

/** Integers from −63 to 63 plus 64. */
function fourBytes(integers: readonly V128[]): V128 {
  return integers
    .map((q, i) => i32x4.shl(i32x4.add(q, i32x4.splat(64)), 8 * i))
    .reduce((word, byte) => v128.or(word, byte));
}
