import type { Arithmetic } from "./arithmetic.ts";
import { GATHER, type HeadForm, scoreTiles, type ValueTiles } from "./attention.ts";
import { forElements } from "./elements.ts";
import { exp2 } from "./exp2.ts";
import { helper } from "./function.ts";
import { f32x4, i32, type V128, v128 } from "./instructions.ts";
import { multiplyTile, newSums, STEP_BYTES, tileFunctions } from "./tile.ts";

/** Exponents are held at or above this: a weight of 2^-60 counts for nothing, and a denormal would cost many times an addition. */
const LEAST_EXPONENT = -60;

/** Everything float32: keys and values [tokens, headSize], queries and weights [·, 8]. */
export function float32Heads(arithmetic: Arithmetic): HeadForm {
  const { tileRows } = arithmetic;
  const packRows = packHeadRows();
  const weigh = weighKeys(arithmetic);
  return {
    name: "attention",
    tileRows,
    scoreSteps: (headSize) => headSize,
    lowest: f32x4.splat(-Infinity),
    pack(f, { keys, values, keysFrom, valuesFrom, stride, tokens, headSize }) {
      f.call(packRows, { out: keys, from: keysFrom, stride, rows: tokens, columns: headSize });
      f.call(packRows, { out: values, from: valuesFrom, stride, rows: tokens, columns: headSize });
    },
    gather: (f, { queries, stride, headSize, scale }, { from, left }) =>
      f.call(GATHER, { queries, from, stride, left, headSize, scale }),
    scoreTiles: tileFunctions(tileRows, (rows) => scoreTiles(arithmetic, f32x4.pmax, rows)),
    weigh: (f, { weights, totals }) => f.call(weigh, { scores: weights, totals }),
    valueTiles: tileFunctions(tileRows, (rows) => valueTiles(arithmetic, rows)),
    unit: () => 1,
    internal: [packRows, GATHER, weigh],
  };
}

/** out [rows, columns] = from [rows, columns], whose rows are `stride` bytes apart. */
function packHeadRows() {
  return helper({ out: i32, from: i32, stride: i32, rows: i32, columns: i32 }, (f, p) => {
    f.times(p.rows, () => {
      forElements(f, p.columns, (k, { load, store }) => f.do(store(i32.add(p.out, k), load(i32.add(p.from, k)))));
      f.advance(p.from, p.stride);
      f.advance(p.out, i32.mul(p.columns, 4));
    });
  });
}

/** Tiles of out [rows, 8] = Σ over the text's tokens of values[token, row] · weights[token, 8]; neighbouring dimensions. */
function valueTiles(arithmetic: Arithmetic, rows: number): ValueTiles {
  const signature = { out: i32, values: i32, headSize: i32, weights: i32, tokens: i32, tiles: i32 };
  return helper(signature, (f, p) => {
    const size = f.local(i32, i32.mul(p.headSize, 4));
    const [values, weights] = [f.local(i32), f.local(i32)];
    f.times(p.tiles, () => {
      f.set(values, p.values);
      f.set(weights, p.weights);
      const sums = newSums(f, rows);
      const number = (row: number): V128 => v128.load32_splat(values, 4 * row);
      multiplyTile(f, arithmetic, sums, weights, p.tokens, number, () => f.advance(values, size));
      for (const [row, [low, high]] of sums.entries()) {
        f.do(v128.store(p.out, low, STEP_BYTES * row));
        f.do(v128.store(p.out, high, STEP_BYTES * row + 16));
      }
      f.advance(p.out, STEP_BYTES * rows);
      f.advance(p.values, 4 * rows);
    });
  });
}

/** scores [tokens, 8] become 2^(score − largest), and totals [8], after them, the sums of these instead of the largest. */
function weighKeys(arithmetic: Arithmetic) {
  return helper({ scores: i32, totals: i32 }, (f, p) => {
    const halves = [0, 16].map((half) => ({
      half,
      largest: f.local(v128, v128.load(p.totals, half)),
      sum: f.local(v128),
    }));
    const least = f.local(v128, f32x4.splat(LEAST_EXPONENT));
    const weight = f.local(v128);
    const power = exp2(f, arithmetic);
    f.repeat(
      () => {
        for (const { half, largest, sum } of halves) {
          f.set(weight, power(f32x4.pmax(f32x4.sub(v128.load(p.scores, half), largest), least)));
          f.do(v128.store(p.scores, weight, half));
          f.set(sum, f32x4.add(sum, weight));
        }
        f.advance(p.scores, STEP_BYTES);
      },
      () => i32.lt_u(p.scores, p.totals),
    );
    for (const { half, sum } of halves) f.do(v128.store(p.totals, sum, half));
  });
}
