import type { Arithmetic } from "./arithmetic.ts";
import { forElements } from "./elements.ts";
import { type Func, type FunctionBuilder, func, type Local } from "./function.ts";
import { f32, f32x4, i32, v128 } from "./instructions.ts";

/**
 * Layer normalization over the last axis; `../layer-norm.ts` is its definition.
 *
 *   out, x        [tokens, hidden]   may be the same array
 *   weight, bias  [hidden]
 *
 * Mean and variance are summed in float32: four sums, lane by lane, then the lanes. So a row of equal values comes out as bias
 * only where eps is above the square of what the mean is rounded by; a trained model has no such rows.
 */
export function layerNorm(arithmetic: Arithmetic): Func {
  const signature = { out: i32, x: i32, weight: i32, bias: i32, tokens: i32, hidden: i32, eps: f32 };
  return func("layerNorm", signature, (f, p) => {
    const sum = f.local(v128);
    f.times(p.tokens, () => {
      f.set(sum, f32x4.splat(0));
      forElements(f, p.hidden, (k, { load }) => f.set(sum, f32x4.add(sum, load(i32.add(p.x, k)))));
      normalizeRow(f, arithmetic, sum, p);
      f.advance(p.x, i32.mul(p.hidden, 4));
      f.advance(p.out, i32.mul(p.hidden, 4));
    });
  });
}

/** x = layerNorm(x + y); x, y [tokens, hidden]. */
export function addLayerNorm(arithmetic: Arithmetic): Func {
  const signature = { x: i32, y: i32, weight: i32, bias: i32, tokens: i32, hidden: i32, eps: f32 };
  return func("addLayerNorm", signature, (f, p) => {
    const sum = f.local(v128);
    const added = f.local(v128);
    f.times(p.tokens, () => {
      f.set(sum, f32x4.splat(0));
      forElements(f, p.hidden, (k, { load, store }) => {
        f.set(added, f32x4.add(load(i32.add(p.x, k)), load(i32.add(p.y, k))));
        f.do(store(i32.add(p.x, k), added));
        f.set(sum, f32x4.add(sum, added));
      });
      normalizeRow(f, arithmetic, sum, { ...p, out: p.x });
      f.advance(p.x, i32.mul(p.hidden, 4));
      f.advance(p.y, i32.mul(p.hidden, 4));
    });
  });
}

interface Row {
  readonly out: Local<"i32">;
  readonly x: Local<"i32">;
  readonly weight: Local<"i32">;
  readonly bias: Local<"i32">;
  readonly hidden: Local<"i32">;
  readonly eps: Local<"f32">;
}

/** out = (x − mean) / sqrt(variance + eps) · weight + bias for one row, whose elements add up to the lanes of `sum`. */
function normalizeRow(f: FunctionBuilder, { multiplyAdd }: Arithmetic, sum: Local<"v128">, row: Row): void {
  const hidden = f32.convert_i32_u(row.hidden);
  const mean = f.local(v128, f32x4.splat(f32.div(sumLanes(sum), hidden)));
  const squares = f.local(v128, f32x4.splat(0));
  const centred = f.local(v128);
  forElements(f, row.hidden, (k, { load, only }) => {
    f.set(centred, only(f32x4.sub(load(i32.add(row.x, k)), mean)));
    f.set(squares, multiplyAdd(centred, centred, squares));
  });
  const variance = f32.div(sumLanes(squares), hidden);
  const scale = f.local(v128, f32x4.splat(f32.div(1, f32.sqrt(f32.add(variance, row.eps)))));
  forElements(f, row.hidden, (k, { load, store }) => {
    const normal = f32x4.mul(f32x4.sub(load(i32.add(row.x, k)), mean), scale);
    f.do(store(i32.add(row.out, k), multiplyAdd(normal, load(i32.add(row.weight, k)), load(i32.add(row.bias, k)))));
  });
}

function sumLanes(v: Local<"v128">) {
  const lane = (i: number) => f32x4.extract_lane(v, i);
  return f32.add(f32.add(lane(0), lane(1)), f32.add(lane(2), lane(3)));
}
