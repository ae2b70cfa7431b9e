import type { Arithmetic } from "./arithmetic.ts";
import { type Func, type FunctionBuilder, func, helper, type Local } from "./function.ts";
import { type F32, f32, f32x4, type I32, i32, type V128, v128 } from "./instructions.ts";
import { WIDTH } from "./layout.ts";
import { forTiles, multiplyTile, newSums, STEP_BYTES } from "./tile.ts";
import { transpose } from "./transpose.ts";

/** What a head's queries, keys and values are between packing and result, and how they are multiplied. */
export interface HeadForm {
  readonly name: string;
  /** Rows of the largest tile. */
  readonly tileRows: number;
  /** The steps of a score, 32 bytes of queries each, and the bytes of a key. */
  scoreSteps(headSize: I32): I32;
  /** What the largest of scores begins with. */
  readonly lowest: V128;
  /** Packs a head's keys and values. */
  pack(f: FunctionBuilder, head: Head): void;
  /** Makes the queries [steps, 8] of eight rows. */
  gather(f: FunctionBuilder, head: Head, rows: QueryRows): void;
  readonly scoreTiles: readonly ScoreTiles[];
  /** Turns scores [tokens, 8] into weights, and the largest ones into their sums. */
  weigh(f: FunctionBuilder, head: Head): void;
  readonly valueTiles: readonly ValueTiles[];
  /** What results are multiplied by, but for 1 / sum. */
  unit(f: FunctionBuilder, head: Head): F32;
  readonly internal: readonly Func[];
}

/** Where a head's things lie: addresses, and sizes in elements or, for strides, bytes. */
interface Head {
  readonly keysFrom: I32;
  readonly valuesFrom: I32;
  readonly stride: Local<"i32">;
  readonly tokens: Local<"i32">;
  readonly headSize: Local<"i32">;
  readonly scale: Local<"f32">;
  readonly queries: Local<"i32">;
  readonly results: Local<"i32">;
  readonly weights: Local<"i32">;
  readonly totals: Local<"i32">;
  /** [8] and two more, for what a form keeps beside. */
  readonly scales: Local<"i32">;
  readonly keys: Local<"i32">;
  readonly keyBytes: Local<"i32">;
  readonly values: Local<"i32">;
}

/** Eight rows of queries from `from` on, of which the last is repeated past the `left` that there are. */
interface QueryRows {
  readonly from: Local<"i32">;
  readonly left: Local<"i32">;
}

type Pointers<Names extends string> = Func<Readonly<Record<Names, typeof i32>>>;
export type ScoreTiles = Pointers<"out" | "keys" | "keyBytes" | "queries" | "steps" | "largest" | "tiles">;
export type ValueTiles = Pointers<"out" | "values" | "headSize" | "weights" | "tokens" | "tiles">;

/**
 * Multi-head self-attention of one text; `../attention.ts` is its definition, attention-float32.ts and attention-int16.ts are
 * its two forms.
 *
 *   qkv      [tokens, 3, heads, headSize]
 *   out      [tokens, heads, headSize]     must not overlap qkv
 *   scratch  [2·headSize + tokens + 3, 8]  queries, results, weights, a row of largest scores, then of sums, two of scales;
 *            then [2, tokens, headSize]    a head's keys and values, without the other heads' between them
 *   scale    log2(e) / √headSize, so that the weights are powers of two
 *   row      the bytes of a row of out, from which `heads` may be some only: out and qkv begin at the first of them
 *
 * Eight queries at a time, one a SIMD lane: scores and weights are `[tokens, 8]` and never a square, and both products are
 * the tile of `linear`. Its panel is the queries, transposed, for the scores (its rows are keys), then the weights for the
 * results (its rows are dimensions). The last eight repeat the last query where there are fewer.
 */
export function attention(form: HeadForm): { attention: Func; internal: readonly Func[] } {
  const signature = { out: i32, qkv: i32, scratch: i32, tokens: i32, heads: i32, headSize: i32, scale: f32, row: i32 };
  const kernel = func(form.name, signature, (f, p) => {
    const { tokens, headSize, scale } = p;
    const size = f.local(i32, i32.mul(headSize, 4));
    const hidden = p.row;
    const stride = f.local(i32, i32.mul(hidden, 3));
    const queries = p.scratch;
    const results = f.local(i32, i32.add(queries, i32.mul(headSize, STEP_BYTES)));
    const weights = f.local(i32, i32.add(results, i32.mul(headSize, STEP_BYTES)));
    const totals = f.local(i32, i32.add(weights, i32.mul(tokens, STEP_BYTES)));
    const scales = f.local(i32, i32.add(totals, STEP_BYTES));
    const keys = f.local(i32, i32.add(scales, 2 * STEP_BYTES));
    const steps = f.local(i32, form.scoreSteps(headSize));
    const keyBytes = f.local(i32, i32.mul(steps, 4));
    const values = f.local(i32, i32.add(keys, i32.mul(tokens, size)));
    const [from, to, left] = [f.local(i32), f.local(i32), f.local(i32)];
    const [row, column] = [f.local(i32), f.local(i32)];
    const [keysFrom, valuesFrom] = [i32.add(p.qkv, hidden), i32.add(p.qkv, i32.mul(hidden, 2))];
    const places = { queries, results, weights, totals, scales, keys, keyBytes, values };
    const head: Head = { keysFrom, valuesFrom, stride, tokens, headSize, scale, ...places };

    f.times(p.heads, () => {
      form.pack(f, head);
      f.set(from, p.qkv);
      f.set(to, p.out);
      f.set(left, tokens);
      f.repeat(
        () => {
          form.gather(f, head, { from, left });
          for (const half of [0, 16]) f.do(v128.store(totals, form.lowest, half));
          f.set(row, weights);
          f.set(column, keys);
          forTiles(f, form.tileRows, tokens, (rows, tiles) => {
            const run = { out: row, keys: column, keyBytes, queries, steps, largest: totals, tiles };
            f.call(form.scoreTiles[rows - 1]!, run);
            f.advance(row, i32.mul(tiles, STEP_BYTES * rows));
            f.advance(column, i32.mul(keyBytes, i32.mul(tiles, rows)));
          });
          form.weigh(f, head);
          f.set(row, results);
          f.set(column, values);
          forTiles(f, form.tileRows, headSize, (rows, tiles) => {
            f.call(form.valueTiles[rows - 1]!, { out: row, values: column, headSize, weights, tokens, tiles });
            f.advance(row, i32.mul(tiles, STEP_BYTES * rows));
            f.advance(column, i32.mul(tiles, 4 * rows));
          });
          f.call(SCATTER, { results, totals, unit: form.unit(f, head), to, hidden, left, headSize });
          f.advance(from, i32.mul(stride, WIDTH));
          f.advance(to, i32.mul(hidden, WIDTH));
          f.advance(left, -WIDTH);
        },
        () => i32.gt_s(left, 0),
      );
      f.advance(p.qkv, size);
      f.advance(p.out, size);
    });
  });
  return { attention: kernel, internal: [...form.scoreTiles, ...form.valueTiles, ...form.internal, SCATTER] };
}

/** Tiles of out [rows, 8] = keys [rows, steps] · queries [steps, 8]; raises largest [8] to the largest of them. */
export function scoreTiles(arithmetic: Arithmetic, max: (a: V128, b: V128) => V128, rows: number): ScoreTiles {
  const signature = { out: i32, keys: i32, keyBytes: i32, queries: i32, steps: i32, largest: i32, tiles: i32 };
  return helper(signature, (f, p) => {
    const keys = Array.from({ length: rows }, () => f.local(i32));
    const queries = f.local(i32);
    f.times(p.tiles, () => {
      f.set(queries, p.queries);
      f.set(keys[0]!, p.keys);
      for (let row = 1; row < rows; row++) f.set(keys[row]!, i32.add(keys[row - 1]!, p.keyBytes));
      const sums = newSums(f, rows);
      const number = (row: number, step: number): V128 => v128.load32_splat(keys[row]!, 4 * step);
      const next = (steps: number): void => {
        for (const key of keys) f.advance(key, 4 * steps);
      };
      multiplyTile(f, arithmetic, sums, queries, p.steps, number, next, arithmetic.unroll);
      for (const [row, [low, high]] of sums.entries()) {
        f.do(v128.store(p.out, low, STEP_BYTES * row));
        f.do(v128.store(p.out, high, STEP_BYTES * row + 16));
      }
      for (const i of [0, 1]) {
        const largest = sums.reduce<V128>((most, sum) => max(most, sum[i]!), v128.load(p.largest, 16 * i));
        f.do(v128.store(p.largest, largest, 16 * i));
      }
      f.advance(p.out, STEP_BYTES * rows);
      f.set(p.keys, keys.at(-1)!); // the last row's end is the next tile
    });
  });
}

type Gather = Func<{
  queries: typeof i32;
  from: typeof i32;
  stride: typeof i32;
  left: typeof i32;
  headSize: typeof i32;
  scale: typeof f32;
}>;

/** queries [headSize, 8] = scale · from [8, headSize], rows `stride` bytes apart; past the `left` rows, the last again. */
function gatherQueries(): Gather {
  const signature = { queries: i32, from: i32, stride: i32, left: i32, headSize: i32, scale: f32 };
  return helper(signature, (f, p) => {
    const scale = f.local(v128, f32x4.splat(p.scale));
    const rows = eightRows(f, p.from, p.stride, p.left);
    forDimensions(f, p.headSize, rows, {
      four() {
        for (const half of [0, 4]) {
          const columns = transpose(
            f,
            rows.slice(half, half + 4).map((row) => v128.load(row)),
          );
          for (const [i, column] of columns.entries()) {
            f.do(v128.store(p.queries, f32x4.mul(column, scale), STEP_BYTES * i + 4 * half));
          }
        }
        f.advance(p.queries, 4 * STEP_BYTES);
      },
      one() {
        for (const half of [0, 4]) {
          const four = rows.slice(half, half + 4);
          const column = four.reduce<V128>((vector, row, lane) => v128.load32_lane(row, vector, lane), f32x4.splat(0));
          f.do(v128.store(p.queries, f32x4.mul(column, scale), 4 * half));
        }
        f.advance(p.queries, STEP_BYTES);
      },
    });
  });
}

/** to [8, headSize] = results [headSize, 8] · unit / totals [8], rows `hidden` bytes apart, where there are `left` rows. */
function scatterResults() {
  const signature = { results: i32, totals: i32, unit: f32, to: i32, hidden: i32, left: i32, headSize: i32 };
  return helper(signature, (f, p) => {
    const inverse = [0, 16].map((half) => f.local(v128, f32x4.div(f32x4.splat(p.unit), v128.load(p.totals, half))));
    const rows = eightRows(f, p.to, p.hidden, p.left);
    const result = (i: number, half: number) =>
      f32x4.mul(v128.load(p.results, STEP_BYTES * i + 4 * half), inverse[half / 4]!);
    forDimensions(f, p.headSize, rows, {
      four() {
        for (const half of [0, 4]) {
          const columns = transpose(
            f,
            [0, 1, 2, 3].map((i) => result(i, half)),
          );
          for (const [i, column] of columns.entries()) f.do(v128.store(rows[half + i]!, column));
        }
        f.advance(p.results, 4 * STEP_BYTES);
      },
      one() {
        for (const half of [0, 4]) {
          const column = f.local(v128, result(0, half));
          for (let i = 0; i < 4; i++) f.do(v128.store32_lane(rows[half + i]!, column, i));
        }
        f.advance(p.results, STEP_BYTES);
      },
    });
  });
}

/** Pointers to eight rows; those past the `left` that there are point to the last, and what they write is the same bits. */
function eightRows(f: FunctionBuilder, first: I32Local, stride: I32Local, left: I32Local): I32Local[] {
  const rows = [first];
  for (let i = 1; i < WIDTH; i++) {
    rows.push(f.local(i32, i32.add(rows[i - 1]!, i32.mul(stride, i32.gt_s(left, i)))));
  }
  return rows;
}

type I32Local = Local<"i32">;

/** Runs over the dimensions of a head by four, then by one, moving the rows' pointers along. */
function forDimensions(
  f: FunctionBuilder,
  headSize: I32Local,
  rows: readonly I32Local[],
  body: { four(): void; one(): void },
): void {
  const left = f.local(i32, headSize);
  f.while(i32.gt_s(left, 3), () => {
    body.four();
    for (const row of rows) f.advance(row, 16);
    f.advance(left, -4);
  });
  f.while(left, () => {
    body.one();
    for (const row of rows) f.advance(row, 4);
    f.advance(left, -1);
  });
}

/** Of every form of heads. */
export const GATHER: Gather = gatherQueries();
const SCATTER = scatterResults();
