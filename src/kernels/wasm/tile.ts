/**
 * The one inner loop of the matrix products: a tile of `rows` by eight dot products, kept in registers.
 *
 *   sums[row][0..7] += Σ_k x(row, k) · panel[k][0..7]
 *
 * A step loads two vectors of the panel, then a number of each row, splat. Six rows take 12 sums, two vectors of the panel
 * and the number: 15 of the 16 registers of x86-64; larger tiles spill. Each sum is accumulated in float32 in the order of
 * k by itself, so a row's result does not depend on the height of its tile nor on its neighbours.
 */
import type { Arithmetic } from "./arithmetic.ts";
import type { FunctionBuilder, Local } from "./function.ts";

import { f32x4, type I32, i32, type V128, v128 } from "./instructions.ts";
import { WIDTH } from "./layout.ts";

export const STEP_BYTES: number = 4 * WIDTH;

export type Sums = readonly (readonly [Local<"v128">, Local<"v128">])[];

/** New sums, [rows][2 vectors]: zero, or the eight numbers at an address for each row. */
export function newSums(f: FunctionBuilder, rows: number, initial?: I32): Sums {
  const sum = (offset: number): Local<"v128"> =>
    f.local(v128, initial === undefined ? f32x4.splat(0) : v128.load(initial, offset));
  return Array.from({ length: rows }, () => [sum(0), sum(16)] as const);
}

/**
 * Adds the products of all steps; the panel's pointer goes to its end, `next` moves the pointers that `number` reads by as many
 * steps. A turn of the loop has `unroll` steps, more than one only where `number` heeds `step`.
 */
export function multiplyTile(
  f: FunctionBuilder,
  { multiplyAdd }: Arithmetic,
  sums: Sums,
  panel: Local<"i32">,
  steps: I32,
  number: (row: number, step: number) => V128,
  next: (steps: number) => void,
  unroll = 1,
): void {
  const end = f.local(i32, i32.add(panel, i32.mul(steps, STEP_BYTES)));
  const low = f.local(v128);
  const high = f.local(v128);
  const splat = f.local(v128);
  const multiply = (step: number): void => {
    f.set(low, v128.load(panel, STEP_BYTES * step));
    f.set(high, v128.load(panel, STEP_BYTES * step + 16));
    for (const [row, [sumLow, sumHigh]] of sums.entries()) {
      apart(f, sums.length > LOW_TILE && end, () => {
        f.set(splat, number(row, step));
        f.set(sumLow, multiplyAdd(splat, low, sumLow));
        f.set(sumHigh, multiplyAdd(splat, high, sumHigh));
      });
    }
  };
  const turns = (count: number): void => {
    f.repeat(
      () => {
        for (let step = 0; step < count; step++) apart(f, step > 0 && end, () => multiply(step));
        f.advance(panel, STEP_BYTES * count);
        next(count);
      },
      () => i32.lt_u(panel, end),
    );
  };
  if (unroll > 1) {
    const rest = STEP_BYTES * (unroll - 1);
    f.advance(end, -rest);
    f.if(i32.lt_u(panel, end), () => turns(unroll));
    f.advance(end, rest);
    f.if(i32.lt_u(panel, end), () => turns(1));
  } else turns(1);
}

const LOW_TILE = 4; // rows whose sums, numbers and vectors of the panel are in the registers at the same time

/**
 * The body, given an address in a basic block of its own. V8 up to 12 (Node 20 and 22) moves all loads of a block to its beginning,
 * and those that find no register are spilled: linear layers were half as fast there. `address` is not 0, which no compiler knows;
 * a branch that never changes costs next to nothing.
 */
export function apart(f: FunctionBuilder, address: I32 | false, body: () => void): void {
  if (address) f.if(address, body);
  else body();
}

/** Tiles that `count` rows take. */
export function tileCount(tileRows: number, count: I32): I32 {
  return i32.div_u(i32.add(count, tileRows - 1), tileRows);
}

/**
 * Splits `count` rows evenly over tiles, eight as 4 + 4 and not 6 + 2: the first ones may be a row higher than the others.
 * `run` is given each height that there may be, and how many tiles in a row have it.
 */
export function forTiles(
  f: FunctionBuilder,
  tileRows: number,
  count: I32,
  run: (rows: number, tiles: Local<"i32">) => void,
): void {
  const tiles = f.local(i32, tileCount(tileRows, count));
  const [height, high, number] = [f.local(i32), f.local(i32), f.local(i32)];
  f.if(tiles, () => {
    f.set(height, i32.div_u(i32.add(count, i32.sub(tiles, 1)), tiles));
    f.set(high, i32.sub(count, i32.mul(tiles, i32.sub(height, 1))));
    for (let rows = tileRows; rows > 0; rows--) {
      const lower = i32.mul(i32.sub(tiles, high), i32.eq(height, rows + 1));
      f.set(number, i32.add(i32.mul(high, i32.eq(height, rows)), lower));
      f.if(number, () => run(rows, number));
    }
  });
}

/** One function a height, from 1 to that of the largest tile. */
export function tileFunctions<T>(tileRows: number, make: (rows: number) => T): readonly T[] {
  return Array.from({ length: tileRows }, (_, i) => make(i + 1));
}
