import type { Arithmetic } from "./arithmetic.ts";
import { type Func, func } from "./function.ts";
import { i32, v128 } from "./instructions.ts";
import { forTiles, multiplyTile, newSums, STEP_BYTES, tileFunctions, WIDTH } from "./tile.ts";

/**
 * A linear layer over panels of eight outputs.
 *
 *   out[t, 8p + j] = bias[p, j] + Σ_k x[t, k] · panels[p, k, j]
 *
 *   x       [tokens, inputs]
 *   panels  [count, inputs, 8]     the weights, packed at load
 *   biases  [count, 8]
 *   out     [tokens, ≥ 8·count]    rows outStride bytes apart; must not overlap x
 *
 * Sums are float32, from the bias on, in the order of k. Panels are the outer loop, so weights are read once; rows are
 * split evenly over tiles.
 */
export function linear(arithmetic: Arithmetic): { linear: Func; tiles: readonly Func[] } {
  const tiles = tileFunctions(arithmetic, (rows) => linearTile(arithmetic, rows));
  const kernel = func(
    "linear",
    { out: i32, outStride: i32, x: i32, panels: i32, biases: i32, tokens: i32, inputs: i32, count: i32 },
    (f, p) => {
      const xStride = f.local(i32, i32.mul(p.inputs, 4));
      const x = f.local(i32);
      const out = f.local(i32);
      f.times(p.count, () => {
        f.set(x, p.x);
        f.set(out, p.out);
        forTiles(f, arithmetic, p.tokens, (rows) => {
          const { outStride, panels: panel, biases: bias, inputs } = p;
          f.call(tiles[rows - 1]!, { out, outStride, x, xStride, panel, bias, inputs });
          f.advance(x, i32.mul(xStride, rows));
          f.advance(out, i32.mul(p.outStride, rows));
        });
        f.advance(p.out, 4 * WIDTH);
        f.advance(p.biases, 4 * WIDTH);
        f.advance(p.panels, i32.mul(p.inputs, STEP_BYTES));
      });
    },
  );
  return { linear: kernel, tiles };
}

/** `rows` rows by one panel. */
function linearTile(arithmetic: Arithmetic, rows: number) {
  return func(
    `linearTile${rows}`,
    { out: i32, outStride: i32, x: i32, xStride: i32, panel: i32, bias: i32, inputs: i32 },
    (f, p) => {
      const x = [p.x];
      for (let row = 1; row < rows; row++) x.push(f.local(i32, i32.add(x[row - 1]!, p.xStride)));
      const sums = newSums(f, rows, p.bias);
      const next = (): void => {
        for (const pointer of x) f.advance(pointer, 4);
      };
      multiplyTile(f, arithmetic, sums, p.panel, p.inputs, (row) => v128.load32_splat(x[row]!), next);
      for (const [low, high] of sums) {
        f.do(v128.store(p.out, low));
        f.do(v128.store(p.out, high, 16));
        f.advance(p.out, p.outStride);
      }
    },
  );
}
