import type { Arithmetic } from "./arithmetic.ts";
import { type Func, type FunctionBuilder, func, type Local } from "./function.ts";
import { type I32, i32, type V128, v128 } from "./instructions.ts";
import { forTiles, multiplyTile, newSums, STEP_BYTES, type Sums, tileCount, tileFunctions, WIDTH } from "./tile.ts";

/** What a linear kernel computes with. A step of 4 bytes of x meets 32 bytes of a panel: eight outputs. */
export interface LinearForm {
  readonly name: string;
  readonly arithmetic: Arithmetic;
  /** Bytes of a row of x before its first step. */
  readonly rowHeader: number;
  /** Bytes that a panel's eight outputs have beside their weights: biases, scales. */
  readonly columnBytes: number;
  begin(f: FunctionBuilder, rows: number, columns: Local<"i32">): Sums;
  /** The eight results of each row; `row` gives the address of a row of x. */
  finish(
    f: FunctionBuilder,
    sums: Sums,
    columns: Local<"i32">,
    row: (row: number) => I32,
  ): readonly (readonly V128[])[];
}

/** float32: sums from the bias on, in the order of k. x [tokens, inputs], panels [count, inputs, 8], columns the biases. */
export function float32Form(arithmetic: Arithmetic): LinearForm {
  return {
    name: "linear",
    arithmetic,
    rowHeader: 0,
    columnBytes: 4 * WIDTH,
    begin: (f, rows, biases) => newSums(f, rows, biases),
    finish: (_, sums) => sums,
  };
}

/**
 * A linear layer over panels of eight outputs.
 *
 *   out[t, 8p + j] = biases[p, j] + Σ_k x[t, k] · panels[p, k, j]
 *
 *   x        [tokens, steps]        each row with the form's header
 *   panels   [count, steps, 8]      the weights, packed at load; 16 bytes after them are read, and ignored
 *   columns  [count]                biases [8], and what else the form keeps for the outputs of a panel
 *   out      [tokens, ≥ 8·count]    rows outStride bytes apart; must not overlap x
 *
 * Panels are the outer loop, so weights are read once; rows are split evenly over tiles.
 *
 * Weights come from beyond the caches, and the first tile of a panel would wait for it. So the tiles of each panel share
 * the fetching of the next: a step loads from it once, 32, 16, … or 1 bytes on, and drops the value. At 32 rows that gained
 * 13 %, at 128 rows 4 % (Node 24, 120 MB of weights).
 */
export function linear(form: LinearForm): { linear: Func; tiles: readonly Func[] } {
  const { arithmetic } = form;
  const tiles = tileFunctions(arithmetic, (rows) => linearTile(form, rows));
  const kernel = func(
    form.name,
    { out: i32, outStride: i32, x: i32, panels: i32, columns: i32, tokens: i32, steps: i32, count: i32 },
    (f, p) => {
      const { outStride, panels: panel, columns, steps } = p;
      const xStride = f.local(i32, i32.add(i32.mul(steps, 4), form.rowHeader));
      const panelBytes = f.local(i32, i32.mul(steps, STEP_BYTES));
      // The largest power of two by which this many tiles do not pass the panel's end; none for 64 tiles and more.
      const fetchStep = f.local(i32, i32.shr_u(STEP_BYTES, i32.sub(31, i32.clz(tileCount(arithmetic, p.tokens)))));
      const [x, out, ahead, aheadEnd] = [f.local(i32), f.local(i32), f.local(i32), f.local(i32)];
      f.while(p.count, () => {
        f.set(x, p.x);
        f.set(out, p.out);
        f.set(ahead, i32.add(panel, i32.mul(panelBytes, i32.gt_s(p.count, 1)))); // the last panel fetches itself
        f.set(aheadEnd, i32.add(ahead, panelBytes));
        forTiles(f, arithmetic, p.tokens, (rows) => {
          const aheadStep = i32.mul(fetchStep, i32.lt_u(ahead, aheadEnd));
          f.call(tiles[rows - 1]!, { out, outStride, x, xStride, panel, columns, steps, ahead, aheadStep });
          f.advance(x, i32.mul(xStride, rows));
          f.advance(out, i32.mul(outStride, rows));
          f.advance(ahead, i32.mul(fetchStep, steps));
        });
        f.advance(p.out, 4 * WIDTH);
        f.advance(columns, form.columnBytes);
        f.advance(panel, panelBytes);
        f.advance(p.count, -1);
      });
    },
  );
  return { linear: kernel, tiles };
}

/** `rows` rows by one panel. */
function linearTile(form: LinearForm, rows: number) {
  return func(
    `${form.name}Tile${rows}`,
    {
      out: i32,
      outStride: i32,
      x: i32,
      xStride: i32,
      panel: i32,
      columns: i32,
      steps: i32,
      ahead: i32,
      aheadStep: i32,
    },
    (f, p) => {
      f.advance(p.x, form.rowHeader);
      const x = [p.x];
      for (let row = 1; row < rows; row++) x.push(f.local(i32, i32.add(x[row - 1]!, p.xStride)));
      const sums = form.begin(f, rows, p.columns);
      const next = (): void => {
        for (const pointer of x) f.advance(pointer, 4);
        f.drop(v128.load(p.ahead));
        f.advance(p.ahead, p.aheadStep);
      };
      multiplyTile(f, form.arithmetic, sums, p.panel, p.steps, (row) => v128.load32_splat(x[row]!), next);
      const results = form.finish(f, sums, p.columns, (row) => i32.sub(x[row]!, p.xStride)); // x has come to its row's end
      for (const [low, high] of results) {
        f.do(v128.store(p.out, low!));
        f.do(v128.store(p.out, high!, 16));
        f.advance(p.out, p.outStride);
      }
    },
  );
}
