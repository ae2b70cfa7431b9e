import { expect, test } from "vitest";
import { compareVectors } from "../../dist/evaluation/parity.js";

const reference = [Float32Array.of(1, 0), Float32Array.of(0.6, 0.8), Float32Array.of(0, 1)];

test("equal vectors pass at tolerance 0", () => {
  expect(compareVectors(reference, reference, { tolerance: 0 })).toMatchObject({
    texts: 3,
    dimensions: 2,
    maxError: 0,
    minCosine: 1,
    pass: true,
  });
});

test("the largest error is found with its place, and the worst texts are named in order", () => {
  const actual = [Float32Array.of(1, 0.25), Float32Array.of(0.6, 0.8), Float32Array.of(-0.5, 1)];
  const report = compareVectors(actual, reference, { tolerance: 0.3, worst: 2 });
  expect(report.maxError).toBe(0.5);
  expect(report.maxErrorAt).toEqual({ text: 2, component: 0 });
  expect(report.worst.map(({ text }) => text)).toEqual([2, 0]);
  expect(report.minCosine).toBeCloseTo(1 / Math.sqrt(1.25), 12);
  expect(report.meanCosine).toBeCloseTo((1 / Math.sqrt(1.0625) + 1 + 1 / Math.sqrt(1.25)) / 3, 7);
  expect(report.pass).toBe(false);
  expect(compareVectors(actual, reference, { tolerance: 0.5 }).pass).toBe(true);
});

test("the tolerance of a long vector grows with its length", () => {
  expect(compareVectors([Float32Array.of(300, 400.25)], [[300, 400]], { tolerance: 0.0005 }).pass).toBe(true);
  expect(compareVectors([Float32Array.of(0.3, 0.65)], [[0.3, 0.4]], { tolerance: 0.0005 }).pass).toBe(false);
});

test("a reference in float64 is not rounded", () => {
  const third = Math.fround(1 / 3);
  expect(compareVectors([Float32Array.of(third)], [Float64Array.of(1 / 3)]).maxError).toBe(third - 1 / 3);
});

test.each([
  ["actual", Float32Array.of(Number.NaN, 0), Float32Array.of(1, 0)],
  ["reference", Float32Array.of(1, 0), Float32Array.of(Number.NaN, 0)],
  ["both", Float32Array.of(Number.NaN, 0), Float32Array.of(Number.NaN, 0)],
])("NaN in %s never passes", (_, actual, expected) => {
  const report = compareVectors([actual], [expected], { tolerance: 1e9 });
  expect(report).toMatchObject({ maxError: Number.POSITIVE_INFINITY, minCosine: -1, pass: false });
});

test("two zero vectors are the same, one of them is not", () => {
  const zero = new Float32Array(2);
  expect(compareVectors([zero], [zero]).minCosine).toBe(1);
  expect(compareVectors([zero], [Float32Array.of(1, 0)]).minCosine).toBe(0);
});

test.each([
  [[], [], undefined, "expected at least one reference vector, got none"],
  [[], reference, undefined, "expected 3 vectors, got 0"],
  [[Float32Array.of(1)], [[1, 2]], undefined, "text 0: expected 2 dimensions, as the reference, got 1"],
  [reference, reference, -1, "tolerance must be a number of at least 0, got -1"],
  [reference, reference, Number.NaN, "tolerance must be a number of at least 0, got NaN"],
])("bad input %#", (actual, expected, tolerance, message) => {
  expect(() => compareVectors(actual, expected, { tolerance })).toThrow(
    expect.objectContaining({
      code: tolerance === undefined ? "BAD_INPUT" : "BAD_OPTION",
      message: `compareVectors: ${message}`,
    }),
  );
});
