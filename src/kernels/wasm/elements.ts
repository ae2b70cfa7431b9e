import type { FunctionBuilder, Local } from "./function.ts";
import { type I32, i32, type Statement, type V128, v128 } from "./instructions.ts";

/** How a loop over elements reads and writes: four at once, or one in lane 0 with zeros beside it. */
export interface Lanes {
  readonly count: 1 | 4;
  load(address: I32): V128;
  store(address: I32, value: V128): Statement;
  /** The value in the lanes that hold elements, 0 in the others. */
  only(value: V128): V128;
}

const FOUR: Lanes = {
  count: 4,
  load: (address) => v128.load(address),
  store: (a, value) => v128.store(a, value),
  only: (v) => v,
};
const ONE: Lanes = {
  count: 1,
  load: (address) => v128.load32_zero(address),
  store: (address, value) => v128.store32_lane(address, value, 0),
  only: (value) => v128.and(value, v128.const_i32(-1, 0, 0, 0)),
};

/**
 * Runs the body at the byte offsets of `count` float32 elements: four at a time, then one at a time through the same
 * instructions, so that an element's bits do not depend on its place.
 */
export function forElements(f: FunctionBuilder, count: I32, body: (offset: Local<"i32">, lanes: Lanes) => void): void {
  const offset = f.local(i32, 0);
  const end = f.local(i32, i32.mul(count, 4));
  const whole = f.local(i32, i32.and(end, -16));
  f.while(i32.lt_u(offset, whole), () => {
    body(offset, FOUR);
    f.advance(offset, 16);
  });
  f.while(i32.lt_u(offset, end), () => {
    body(offset, ONE);
    f.advance(offset, 4);
  });
}
