/**
 * Multi-head self-attention in 16-bit integers; both products are `i32x4.dot_i16x8_s`.
 *
 *   queries  |q| ≤ range, a scale a query                 keys    |k| ≤ range, a scale a head and text
 *   weights  2^(score − largest) · 2^14, rounded          values  |v| ≤ 2047, a scale a head and text
 *
 * range = √(2^30 / headSize) − 1/2, so that the difference of two scores fits into 32 bits. So do 64 products of a weight and a
 * value, after which the sums go to float32. A result is divided by the sum of its rounded weights, and so is a mean still.
 *
 * The definition is that of float32, `../attention.ts`, to which it is an approximation: of values around 1 it is within 3e-3,
 * and where one value of a head is hundreds of times the others', these lose what a scale a head cannot keep.
 *
 * A step is two numbers side by side: dimensions of keys and queries, tokens of values and weights.
 */
import { SMALLEST } from "../quantize.ts";
import { type Arithmetic, int16Pairs } from "./arithmetic.ts";
import { GATHER, type HeadForm, scoreTiles, type ValueTiles } from "./attention.ts";
import { forElements } from "./elements.ts";
import { exp2, ROUGH_POWER } from "./exp2.ts";
import { type FunctionBuilder, helper, type Local } from "./function.ts";
import { type F32, f32, f32x4, type I32, i32, i32x4, type V128, v128 } from "./instructions.ts";
import { foldLanes, pairBytes, raiseToLargest, rounder, roundRow } from "./quantize.ts";
import { multiplyTile, newSums, STEP_BYTES, tileFunctions } from "./tile.ts";

const RANGE_SQUARED = 2 ** 30 - 2 ** 16; // 32767² for a head of one dimension
const LARGEST_WEIGHT = 2 ** 14;
const LARGEST_VALUE = 2047;
const FLUSH = 32; // pairs of tokens: 64 · 2^14 · 2047 < 2^31
const LEAST_EXPONENT = -20; // a weight that rounds to 0

/** What packing leaves for a head: the scales of the eight queries, of the keys and of the values. */
const KEY_SCALE = STEP_BYTES;
const VALUE_SCALE = STEP_BYTES + 4;

export function int16Heads(arithmetic: Arithmetic): HeadForm {
  const { tileRows } = int16Pairs;
  const packKeys = packInt16Keys();
  const packValues = packInt16Values();
  const quantize = quantizeQueries();
  const weigh = weighInt16Keys(arithmetic);
  return {
    name: "attentionInt16",
    tileRows,
    scoreSteps: (headSize) => half(headSize),
    lowest: i32x4.splat(-(2 ** 31)),
    pack(f, { keys, values, scales, keysFrom, valuesFrom, stride, tokens, headSize }) {
      const range = f.local(f32, rangeOf(headSize));
      const shape = { stride, rows: tokens, columns: headSize };
      f.call(packKeys, { out: keys, scale: i32.add(scales, KEY_SCALE), from: keysFrom, range, ...shape });
      f.call(packValues, { out: values, scale: i32.add(scales, VALUE_SCALE), from: valuesFrom, ...shape });
    },
    gather(f, { queries, results, scales, stride, headSize, scale }, { from, left }) {
      f.call(GATHER, { queries: results, from, stride, left, headSize, scale });
      f.call(quantize, { queries, from: results, scales, headSize });
    },
    scoreTiles: tileFunctions(tileRows, (rows) => scoreTiles(int16Pairs, i32x4.max_s, rows)),
    weigh: (f, { weights, totals, scales, tokens }) => f.call(weigh, { scores: weights, totals, scales, tokens }),
    valueTiles: tileFunctions(tileRows, valueInt16Tiles),
    unit: (_, { scales }) => f32.load(scales, VALUE_SCALE),
    internal: [packKeys, packValues, GATHER, quantize, weigh],
  };
}

/** The largest magnitude of queries and keys, less what rounding may add. */
function rangeOf(headSize: I32): F32 {
  return f32.sub(f32.sqrt(f32.div(RANGE_SQUARED, f32.convert_i32_u(headSize))), 0.5);
}

function half(count: I32): I32 {
  return i32.shr_u(i32.add(count, 1), 1);
}

/** The largest magnitude of [rows, columns] in every lane; rows are `stride` bytes apart. */
function largestOf(f: FunctionBuilder, start: I32, stride: I32, rows: I32, columns: I32): Local<"v128"> {
  const largest = f.local(v128, f32x4.splat(SMALLEST));
  const from = f.local(i32, start);
  f.times(rows, () => {
    raiseToLargest(f, largest, from, columns);
    f.advance(from, stride);
  });
  foldLanes(f, largest, f32x4.pmax);
  return largest;
}

/** Writes the scale, and gives what values are multiplied by to become integers. */
function scaleBy(f: FunctionBuilder, scale: I32, largest: V128, range: F32): V128 {
  f.do(f32.store(scale, f32.div(f32x4.extract_lane(largest, 0), range)));
  return f.local(v128, f32x4.div(f32x4.splat(range), largest));
}

/** out [rows, ⌈columns / 2⌉] pairs, a zero after an odd row. */
function packInt16Keys() {
  const signature = { out: i32, scale: i32, from: i32, stride: i32, rows: i32, columns: i32, range: f32 };
  return helper(signature, (f, p) => {
    const factor = scaleBy(f, p.scale, largestOf(f, p.from, p.stride, p.rows, p.columns), p.range);
    const round = rounder(f);
    const bytes = f.local(i32, pairBytes(p.columns));
    f.times(p.rows, () => {
      roundRow(f, p.out, p.from, p.columns, (x) => round(f32x4.mul(x, factor)));
      f.advance(p.from, p.stride);
      f.advance(p.out, bytes);
    });
  });
}

/** out [⌈rows / 2⌉, columns] pairs of two rows' values; the row that an odd count lacks is zeros. */
function packInt16Values() {
  const signature = { out: i32, scale: i32, from: i32, stride: i32, rows: i32, columns: i32 };
  return helper(signature, (f, p) => {
    const factor = scaleBy(f, p.scale, largestOf(f, p.from, p.stride, p.rows, p.columns), LARGEST_VALUE);
    const round = rounder(f);
    const pairRow = (second: (integersOf: (row: I32) => V128) => V128): void => {
      forElements(f, p.columns, (k, { load, store }) => {
        const integersOf = (row: I32): V128 => round(f32x4.mul(load(i32.add(row, k)), factor));
        f.do(store(i32.add(p.out, k), pairOf(integersOf(p.from), second(integersOf))));
      });
    };
    f.times(i32.shr_u(p.rows, 1), () => {
      pairRow((integersOf) => integersOf(i32.add(p.from, p.stride)));
      f.advance(p.from, i32.mul(p.stride, 2));
      f.advance(p.out, i32.mul(p.columns, 4));
    });
    f.if(i32.and(p.rows, 1), () => pairRow(() => i32x4.splat(0)));
  });
}

/** Two integers of 16 bits in each lane, from the low bits of two of 32. */
function pairOf(low: V128, high: V128): V128 {
  return v128.or(v128.and(low, i32x4.splat(0xffff)), i32x4.shl(high, 16));
}

/** queries [⌈headSize / 2⌉, 8] pairs from [headSize, 8] float32; scales [8] are the queries' times that of the keys. */
function quantizeQueries() {
  return helper({ queries: i32, from: i32, scales: i32, headSize: i32 }, (f, p) => {
    const range = f.local(v128, f32x4.splat(rangeOf(p.headSize)));
    const keyScale = f.local(v128, v128.load32_splat(p.scales, KEY_SCALE));
    const round = rounder(f);
    const [from, largest, factor] = [f.local(i32), f.local(v128), f.local(v128)];
    const to = f.local(i32);
    for (const lanes of [0, 16]) {
      f.set(largest, f32x4.splat(SMALLEST));
      f.set(from, p.from);
      f.times(p.headSize, () => {
        f.set(largest, f32x4.pmax(largest, f32x4.abs(v128.load(from, lanes))));
        f.advance(from, STEP_BYTES);
      });
      f.do(v128.store(p.scales, f32x4.mul(f32x4.div(largest, range), keyScale), lanes));
      f.set(factor, f32x4.div(range, largest));
      f.set(from, p.from);
      f.set(to, p.queries);
      const integers = (row: number): V128 => round(f32x4.mul(v128.load(from, STEP_BYTES * row + lanes), factor));
      f.times(i32.shr_u(p.headSize, 1), () => {
        f.do(v128.store(to, pairOf(integers(0), integers(1)), lanes));
        f.advance(from, 2 * STEP_BYTES);
        f.advance(to, STEP_BYTES);
      });
      f.if(i32.and(p.headSize, 1), () => f.do(v128.store(to, pairOf(integers(0), i32x4.splat(0)), lanes)));
    }
  });
}

/** scores [tokens, 8] become weights [⌈tokens / 2⌉, 8] pairs in the same place, and totals [8] their sums. */
function weighInt16Keys(arithmetic: Arithmetic) {
  return helper({ scores: i32, totals: i32, scales: i32, tokens: i32 }, (f, p) => {
    const halves = [0, 16].map((lanes) => ({
      lanes,
      largest: f.local(v128, v128.load(p.totals, lanes)),
      scale: f.local(v128, v128.load(p.scales, lanes)),
      sum: f.local(v128, i32x4.splat(0)),
    }));
    const least = f.local(v128, f32x4.splat(LEAST_EXPONENT));
    const power = exp2(f, arithmetic, ROUGH_POWER, LARGEST_WEIGHT);
    const round = rounder(f);
    const [first, second, weights] = [f.local(v128), f.local(v128), f.local(i32, p.scores)];
    const weight = ({ lanes, largest, scale }: (typeof halves)[number], row: number): V128 => {
      const below = i32x4.sub(v128.load(p.scores, STEP_BYTES * row + lanes), largest);
      return round(power(f32x4.pmax(f32x4.mul(f32x4.convert_i32x4_s(below), scale), least)));
    };
    f.times(i32.shr_u(p.tokens, 1), () => {
      for (const part of halves) {
        f.set(first, weight(part, 0));
        f.set(second, weight(part, 1));
        f.set(part.sum, i32x4.add(part.sum, i32x4.add(first, second)));
        f.do(v128.store(weights, v128.or(first, i32x4.shl(second, 16)), part.lanes));
      }
      f.advance(p.scores, 2 * STEP_BYTES);
      f.advance(weights, STEP_BYTES);
    });
    f.if(i32.and(p.tokens, 1), () => {
      for (const part of halves) {
        f.set(first, weight(part, 0));
        f.set(part.sum, i32x4.add(part.sum, first));
        f.do(v128.store(weights, first, part.lanes));
      }
    });
    for (const { lanes, sum } of halves) f.do(v128.store(p.totals, f32x4.convert_i32x4_s(sum), lanes));
  });
}

/** Tiles of out [rows, 8] = Σ over the text's tokens of values[token, row] · weights[token, 8]; neighbouring dimensions. */
function valueInt16Tiles(rows: number): ValueTiles {
  const signature = { out: i32, values: i32, headSize: i32, weights: i32, tokens: i32, tiles: i32 };
  return helper(signature, (f, p) => {
    const size = f.local(i32, i32.mul(p.headSize, 4));
    const [values, weights, left, steps] = [f.local(i32), f.local(i32), f.local(i32), f.local(i32)];
    const number = (row: number): V128 => v128.load32_splat(values, 4 * row);
    f.times(p.tiles, () => {
      f.set(values, p.values);
      f.set(weights, p.weights);
      f.set(left, half(p.tokens));
      for (let i = 0; i < 2 * rows; i++) f.do(v128.store(p.out, f32x4.splat(0), 16 * i));
      f.repeat(
        () => {
          f.set(steps, i32.select(i32.gt_s(left, FLUSH), FLUSH, left));
          const sums = newSums(f, rows);
          multiplyTile(f, int16Pairs, sums, weights, steps, number, () => f.advance(values, size));
          for (const [i, sum] of sums.flat().entries()) {
            f.do(v128.store(p.out, f32x4.add(v128.load(p.out, 16 * i), f32x4.convert_i32x4_s(sum)), 16 * i));
          }
          f.advance(left, -FLUSH);
        },
        () => i32.gt_s(left, 0),
      );
      f.advance(p.out, STEP_BYTES * rows);
      f.advance(p.values, 4 * rows);
    });
  });
}
