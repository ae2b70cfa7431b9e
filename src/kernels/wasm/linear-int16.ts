/**
 * Linear layers in 16-bit integers: no relaxed instruction, twice the speed of multiply and add in float32.
 *
 *   out[t, n] = bias[n] + rowScale(t) · scale[n] · Σ_k q[t, k] · w[n, k]
 *
 * A step is two inputs: `i32x4.dot_i16x8_s` multiplies them by eight outputs' weights and adds each pair. Sums are exact.
 *
 *   w, scale      12 bits, a scale an output; q, rowScale: as `quantizeRows` writes them. Both are defined in `../quantize.ts`
 */
import { type Arithmetic, int16Pairs } from "./arithmetic.ts";
import { f32x4, i32, v128 } from "./instructions.ts";
import { WIDTH } from "./layout.ts";
import { type LinearForm, multiplyRows } from "./linear.ts";
import { newSums, STEP_BYTES } from "./tile.ts";

/** x and panels as int16, columns [biases 8, scales 8]; a row of x begins with its scale. */
export function int16Form({ multiplyAdd }: Arithmetic): LinearForm {
  return {
    name: "linearInt16",
    tileRows: 4,
    rowHeader: 4,
    rowStep: 4,
    panelStep: STEP_BYTES,
    columnBytes: 2 * 4 * WIDTH,
    multiply(f, tile) {
      const sums = newSums(f, tile.x.length);
      multiplyRows(f, int16Pairs, sums, tile);
      const [biases, scales] = [0, 4 * WIDTH].map((at) =>
        [0, 16].map((half) => f.local(v128, v128.load(tile.columns, at + half))),
      );
      const read = f.local(i32, i32.mul(i32.add(tile.steps, 1), 4)); // bytes from a row's scale to where x has come
      for (const [row, halves] of sums.entries()) {
        const rowScale = f.local(v128, v128.load32_splat(i32.sub(tile.x[row]!, read)));
        for (const [half, sum] of halves.entries()) {
          const scale = f32x4.mul(rowScale, scales![half]!);
          f.set(sum, multiplyAdd(f32x4.convert_i32x4_s(sum), scale, biases![half]!));
        }
      }
      return sums;
    },
  };
}
