import { expect, test } from "vitest";
import { ROW } from "../../dist/kernels/wasm/split.js";
import { LEFT, take, UNDONE, work } from "../../dist/pool/worker.js";

test("the numbers in what is sent as text are those that have names here", () => {
  const wordsOf = (text: unknown) =>
    [...String(text).matchAll(/Atomics\.(\w+)\(control, (\d+)/g)].map(([, ...use]) => use);
  expect(wordsOf(take)).toEqual([
    ["sub", `${LEFT}`],
    ["sub", `${UNDONE}`],
  ]);
  expect(wordsOf(work)).toEqual([
    ["load", `${LEFT}`],
    ["wait", `${LEFT}`],
  ]);
});

test("calls are taken from the last row to the first, each counted as done", () => {
  const taken: number[][] = [];
  const kernels = [() => expect.fail("expected the other kernel"), (...values: number[]) => void taken.push(values)];
  const control = new Int32Array(32);
  const calls = new Float64Array(3 * ROW);
  for (let row = 0; row < 3; row++) {
    calls.set([1, row, 2, 3, 4, 5, 6, 7, 8], row * ROW);
    calls[row * ROW + ROW - 1] = 100;
  }
  control[LEFT] = control[UNDONE] = 3;
  take(kernels, control, calls, 2);
  expect(taken).toEqual([2, 1, 0].map((row) => [row, 2, 203, 4, 5, 6, 7, 8]));
  expect([control[LEFT], control[UNDONE]]).toEqual([-1, 0]);
});
