/**
 * Linear layers in 16-bit integers: no relaxed instruction, twice the speed of multiply and add in float32.
 *
 *   out[t, n] = bias[n] + rowScale(t) · scale[n] · Σ_k q[t, k] · w[n, k]
 *
 * A step is two inputs: `i32x4.dot_i16x8_s` multiplies them by eight outputs' weights and adds each pair. Sums are exact.
 *
 *   w  12 bits: weight / scale, |w| ≤ 2047, a scale an output
 *   q  x / rowScale, a scale a row, |q| ≤ range: the largest range with which no output's sum can overflow 32 bits
 */
import type { Arithmetic } from "./arithmetic.ts";
import { forElements } from "./elements.ts";
import { type Func, func } from "./function.ts";
import { f32, f32x4, i16x8, i32, i32x4, v128 } from "./instructions.ts";
import type { LinearForm } from "./linear.ts";
import { newSums, WIDTH } from "./tile.ts";

/** x and panels as int16, columns [biases 8, scales 8]; a row of x begins with its scale. */
export function int16Form({ multiplyAdd }: Arithmetic): LinearForm {
  return {
    name: "linearInt16",
    arithmetic: { multiplyAdd: (a, b, c) => i32x4.add(i32x4.dot_i16x8_s(a, b), c), tileRows: 4 },
    rowHeader: 4,
    columnBytes: 2 * 4 * WIDTH,
    begin: (f, rows) => newSums(f, rows),
    finish(f, sums, columns, row) {
      const [biases, scales] = [0, 4 * WIDTH].map((at) =>
        [0, 16].map((half) => f.local(v128, v128.load(columns, at + half))),
      );
      return sums.map((halves, i) => {
        const rowScale = f.local(v128, v128.load32_splat(row(i)));
        return halves.map((sum, half) =>
          f.local(v128, multiplyAdd(f32x4.convert_i32x4_s(sum), f32x4.mul(rowScale, scales![half]!), biases![half]!)),
        );
      });
    },
  };
}

/** 1.5 · 2^23: a float32 of this size counts in ones, so that adding it rounds, and the integer is in its low bits. */
const ROUNDER = 12582912;
const ROUNDER_BITS = 0x4b400000;

/**
 * Rows of float32 to int16 with a scale each: q = round(x / scale), scale = the row's largest magnitude / range.
 *
 *   x    [tokens, inputs]
 *   out  [tokens], each row its scale as float32, then inputs int16, and a zero where their count is odd
 */
export function quantizeRows(): Func {
  return func("quantizeRows", { out: i32, x: i32, tokens: i32, inputs: i32, range: f32 }, (f, p) => {
    const rounder = f.local(v128, f32x4.splat(ROUNDER));
    const rounderBits = f.local(v128, i32x4.splat(ROUNDER_BITS));
    const largest = f.local(v128);
    const factor = f.local(v128);
    const integers = f.local(v128);
    const pairs = f.local(i32, i32.shr_u(i32.add(p.inputs, 1), 1));
    f.times(p.tokens, () => {
      f.set(largest, f32x4.splat(1e-30)); // a row of zeros has a scale too
      forElements(f, p.inputs, (k, { load }) => {
        f.set(largest, f32x4.pmax(largest, f32x4.abs(load(i32.add(p.x, k)))));
      });
      for (const lanes of [
        [2, 3, 0, 1],
        [1, 0, 3, 2],
      ] as const) {
        f.set(largest, f32x4.pmax(largest, i32x4.shuffle(largest, largest, lanes)));
      }
      f.do(f32.store(p.out, f32.div(f32x4.extract_lane(largest, 0), p.range)));
      f.set(factor, f32x4.div(f32x4.splat(p.range), largest));
      f.advance(p.out, 4);
      f.do(f32.store(i32.add(p.out, i32.mul(i32.sub(pairs, 1), 4)), 0)); // the zero after an odd row; else overwritten
      forElements(f, p.inputs, (k, { load, count }) => {
        const scaled = f32x4.mul(load(i32.add(p.x, k)), factor);
        f.set(integers, i32x4.sub(f32x4.add(scaled, rounder), rounderBits));
        const narrow = i16x8.narrow_i32x4_s(integers, integers);
        const to = i32.add(p.out, i32.shr_u(k, 1));
        f.do(count === 4 ? v128.store64_lane(to, narrow, 0) : v128.store16_lane(to, narrow, 0));
      });
      f.advance(p.x, i32.mul(p.inputs, 4));
      f.advance(p.out, i32.mul(pairs, 4));
    });
  });
}
