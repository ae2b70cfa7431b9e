import type { Arithmetic } from "./arithmetic.ts";
import { type Func, type FunctionBuilder, func, helper, type Local } from "./function.ts";
import { i32, type V128, v128 } from "./instructions.ts";
import { WIDTH } from "./layout.ts";
import { forTiles, multiplyTile, newSums, STEP_BYTES, type Sums, tileCount, tileFunctions } from "./tile.ts";

const CACHE_LINE = 64;

/** What a linear kernel computes with: how x and the weights lie in memory, and how a tile of them is multiplied. */
export interface LinearForm {
  readonly name: string;
  /** Rows of the largest tile whose sums stay in the registers. */
  readonly tileRows: number;
  /** Bytes of a row of x before its first step, and in each step. */
  readonly rowHeader: number;
  readonly rowStep: number;
  /** Bytes of a panel in each step, and those that its eight outputs have beside it. */
  readonly panelStep: number;
  readonly columnBytes: number;
  /** The results [rows][2 vectors] of some rows and a panel. */
  multiply(f: FunctionBuilder, tile: Tile): Sums;
}

/** What a tile works on. Its pointers are its own to move. */
export interface Tile {
  /** Each row's pointer, at its first step. */
  readonly x: readonly Local<"i32">[];
  readonly panel: Local<"i32">;
  readonly columns: Local<"i32">;
  readonly steps: Local<"i32">;
  /** To be done once a step: fetches a bit of the next panel into the caches. */
  fetch(): void;
}

/** float32: sums from the bias on, in the order of k. x [tokens, inputs], panels [count, inputs, 8], columns the biases. */
export function float32Form(arithmetic: Arithmetic): LinearForm {
  return {
    name: "linear",
    tileRows: arithmetic.tileRows,
    rowHeader: 0,
    rowStep: 4,
    panelStep: STEP_BYTES,
    columnBytes: 4 * WIDTH,
    multiply(f, tile) {
      const sums = newSums(f, tile.x.length, tile.columns);
      multiplyRows(f, arithmetic, sums, tile);
      return sums;
    },
  };
}

/** Adds the products of all steps, of four bytes of each row and 32 of the panel. */
export function multiplyRows(f: FunctionBuilder, arithmetic: Arithmetic, sums: Sums, tile: Tile): void {
  const number = (row: number, step: number): V128 => v128.load32_splat(tile.x[row]!, 4 * step);
  const next = (steps: number): void => {
    for (const pointer of tile.x) f.advance(pointer, 4 * steps);
    for (let step = 0; step < steps; step++) tile.fetch();
  };
  multiplyTile(f, arithmetic, sums, tile.panel, tile.steps, number, next, arithmetic.unroll);
}

/**
 * A linear layer over panels of eight outputs.
 *
 *   out[t, 8p + j] = biases[p, j] + Σ_k x[t, k] · panels[p, k, j]
 *
 *   x        [tokens, steps]        each row with the form's header
 *   panels   [count, steps, 8]      the weights, packed at load; up to a panel and a step after them are read, and ignored
 *   columns  [count]                biases [8], and what else the form keeps for the outputs of a panel
 *   out      [tokens, ≥ 8·count]    rows outStride bytes apart; must not overlap x
 *
 * Panels are the outer loop, so weights are read once; rows are split evenly over tiles.
 *
 * Weights come from beyond the caches, and the first tile of a panel would wait for it. So the tiles of each panel share
 * the fetching of the next: a step loads from each of its lines, and drops the values. In float32 that gained 13 % at 32 rows and 4 % at
 * 128 (Node 24, 120 MB of weights).
 */
export function linear(form: LinearForm): { linear: Func; internal: readonly Func[] } {
  const { tileRows } = form;
  const tiles = tileFunctions(tileRows, (rows) => linearTiles(form, rows));
  const kernel = func(
    form.name,
    { out: i32, outStride: i32, x: i32, panels: i32, columns: i32, tokens: i32, steps: i32, count: i32 },
    (f, p) => {
      const { outStride, panels: panel, columns, steps } = p;
      const xStride = f.local(i32, i32.add(i32.mul(steps, form.rowStep), form.rowHeader));
      const panelBytes = f.local(i32, i32.mul(steps, form.panelStep));
      // A step's bytes, halved as often as this many tiles still reach the panel's end; 0 for very many.
      const fetchStep = f.local(i32, i32.shr_u(form.panelStep, i32.sub(31, i32.clz(tileCount(tileRows, p.tokens)))));
      const [x, out, ahead] = [f.local(i32), f.local(i32), f.local(i32)];
      f.while(p.count, () => {
        f.set(x, p.x);
        f.set(out, p.out);
        f.set(ahead, i32.add(panel, i32.mul(panelBytes, i32.gt_s(p.count, 1)))); // the last panel fetches itself
        forTiles(f, tileRows, p.tokens, (rows, tileCount) => {
          const run = { out, outStride, x, xStride, panel, columns, steps, ahead, fetchStep, tiles: tileCount };
          f.call(tiles[rows - 1]!, run);
          f.advance(x, i32.mul(xStride, i32.mul(tileCount, rows)));
          f.advance(out, i32.mul(outStride, i32.mul(tileCount, rows)));
          f.advance(ahead, i32.mul(fetchStep, i32.mul(tileCount, steps)));
        });
        f.advance(p.out, 4 * WIDTH);
        f.advance(columns, form.columnBytes);
        f.advance(panel, panelBytes);
        f.advance(p.count, -1);
      });
    },
  );
  return { linear: kernel, internal: tiles };
}

/** Tiles of `rows` rows, one below the other, by one panel. */
function linearTiles(form: LinearForm, rows: number) {
  const signature = {
    out: i32,
    outStride: i32,
    x: i32,
    xStride: i32,
    panel: i32,
    columns: i32,
    steps: i32,
    ahead: i32,
    fetchStep: i32,
    tiles: i32,
  };
  return helper(signature, (f, p) => {
    const panel = f.local(i32);
    const x = Array.from({ length: rows }, () => f.local(i32));
    const fetch = (): void => {
      for (let line = 0; line < form.panelStep; line += CACHE_LINE) f.drop(i32.load(p.ahead, line));
      f.advance(p.ahead, p.fetchStep);
    };
    f.times(p.tiles, () => {
      f.set(panel, p.panel);
      f.set(x[0]!, i32.add(p.x, form.rowHeader));
      for (let row = 1; row < rows; row++) f.set(x[row]!, i32.add(x[row - 1]!, p.xStride));
      for (const [low, high] of form.multiply(f, { x, panel, columns: p.columns, steps: p.steps, fetch })) {
        f.do(v128.store(p.out, low));
        f.do(v128.store(p.out, high, 16));
        f.advance(p.out, p.outStride);
      }
      f.advance(p.x, i32.mul(p.xStride, rows));
    });
  });
}
