import { expect, test } from "vitest";
import { assemble } from "../../../dist/kernels/wasm/assembler.js";
import { type Func, func, funcOf } from "../../../dist/kernels/wasm/function.js";
import { f32, f32x4, i32, i32x4, v128 } from "../../../dist/kernels/wasm/instructions.js";

/** Assembles and instantiates: the engine's validation is a test of every byte. */
function run(exported: readonly Func[], internal: readonly Func[] = []) {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(assemble(exported, internal)), {
    env: { memory },
  });
  return { memory, exports: exports as Record<string, (...values: number[]) => number> };
}

test.each([-65, -64, -1, 0, 63, 64, 127, 128, 2 ** 31 - 1, -(2 ** 31)])("the constant %d", (value) => {
  const constant = funcOf("constant", i32, {}, () => i32.add(value, 0));
  expect(run([constant]).exports.constant!()).toBe(value);
});

test("loops run their body as often as they say, and not at all for 0", () => {
  const triangle = funcOf("triangle", i32, { count: i32 }, (f, { count }) => {
    const sum = f.local(i32);
    const turn = f.local(i32);
    f.times(count, () => {
      f.advance(turn, 1);
      f.advance(sum, turn);
    });
    return sum;
  });
  const { exports } = run([triangle]);
  expect([0, 1, 2, 100].map((count) => exports.triangle!(count))).toEqual([0, 1, 3, 5050]);
});

test("conditions nest, and calls pass arguments by name", () => {
  const clamp = func("clamp", { to: i32, value: i32 }, (f, { to, value }) => {
    f.if(i32.gt_s(value, 5), () => f.if(i32.lt_u(value, 100), () => f.set(value, 5)));
    f.do(f32.store(to, f32.convert_i32_u(value)));
  });
  const both = func("both", { a: i32, b: i32 }, (f, { a, b }) => {
    f.call(clamp, { value: a, to: 0 });
    f.call(clamp, { to: 4, value: b });
  });
  const { exports, memory } = run([both], [clamp]);
  exports.both!(7, 200);
  expect([...new Float32Array(memory.buffer, 0, 2)]).toEqual([5, 200]);
});

test("vectors load, shuffle and store, with constant offsets", () => {
  const shuffle = func("shuffle", {}, (f) => {
    const [a, b] = [f.local(v128, v128.load(0)), f.local(v128, v128.load(0, 16))];
    f.do(v128.store(128, i32x4.shuffle(a, b, [0, 4, 3, 7])));
    f.do(v128.store(0, f32x4.add(v128.load32_splat(4), f32x4.splat(0.5)), 144));
    f.do(v128.store32_lane(160, a, 2));
    f.do(v128.store(176, v128.load32_lane(12, v128.load32_zero(16), 1)));
  });
  const { exports, memory } = run([shuffle]);
  const values = new Float32Array(memory.buffer);
  values.set([0, 1, 2, 3, 4, 5, 6, 7]);
  exports.shuffle!();
  expect([...values.subarray(32, 48)]).toEqual([0, 4, 3, 7, 1.5, 1.5, 1.5, 1.5, 2, 0, 0, 0, 4, 3, 0, 0]);
});

test("a call of a function that the module lacks is an error that names it", () => {
  const missing = func("missing", {}, () => {});
  const caller = func("caller", {}, (f) => f.call(missing, {}));
  expect(() => assemble([caller])).toThrow("assembler: function missing: expected it in the module, got none");
});

test("assembling twice gives the same bytes", () => {
  const one = funcOf("one", f32, {}, () => f32.add(0.5, 0.5));
  expect(assemble([one])).toEqual(assemble([one]));
});
