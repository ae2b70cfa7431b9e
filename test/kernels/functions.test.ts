import { activate, erf, exp, normalize } from "siskin/kernels";
import { expect, test } from "vitest";

test("exp agrees with the C library to 1e-14, relative, over softmax's and GELU's range", () => {
  let worst = 0;
  for (let x = -700; x <= 700; x += 0.0371) worst = Math.max(worst, Math.abs(exp(x) / Math.exp(x) - 1));
  expect(worst).toBeLessThan(1e-14);
});

test("exp is exact at 0, 0 far below and finite far above", () => {
  expect(exp(0)).toBe(1);
  expect(exp(-0)).toBe(1);
  expect(exp(-1e9)).toBe(0);
  expect(exp(-Infinity)).toBe(0);
  expect(exp(1e9)).toBe(exp(709));
});

// mpmath 1.4, 17 digits
test.each([
  [0, 0],
  [1e-6, 1.1283791670951364e-6],
  [0.1, 0.11246291601828488],
  [0.5, 0.5204998778130465],
  [1, 0.8427007929497149],
  [1.7, 0.9837904585907745],
  [2.5, 0.999593047982555],
  [3.3, 0.9999969422902035],
  [4.2, 0.9999999971445058],
  [5, 0.9999999999984626],
])("erf(%d) is within 2e-9", (x, expected) => {
  expect(Math.abs(erf(x) - expected)).toBeLessThan(2e-9);
  expect(erf(-x)).toBeCloseTo(-expected, 8);
});

// The formulas of torch.nn.functional.gelu, of gelu(approximate="tanh") and of tanh
const INPUTS = [-6, -2, -0.5, -1e-5, 0, 1e-5, 0.5, 2, 6];
test.each([
  ["gelu" as const, INPUTS.map((x) => 0.5 * x * (1 + erf(x / Math.SQRT2)))],
  [
    "gelu_tanh" as const,
    INPUTS.map((x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))),
  ],
  ["relu" as const, INPUTS.map((x) => Math.max(x, 0))],
  ["tanh" as const, INPUTS.map(Math.tanh)],
  ["identity" as const, INPUTS],
])("%s", (activation, expected) => {
  const x = Float32Array.from(INPUTS);
  activate(x, activation, x.length);
  for (let i = 0; i < x.length; i++) expect(Math.abs(x[i]! - expected[i]!)).toBeLessThan(3e-7);
});

test("an activation leaves what is past its length alone", () => {
  const x = Float32Array.of(-1, -1);
  activate(x, "relu", 1);
  expect([...x]).toEqual([0, -1]);
});

test("normalize gives unit rows and leaves a zero row zero", () => {
  const x = Float32Array.of(3, 4, 0, 0);
  normalize(x, 2, 2);
  expect([...x]).toEqual([Math.fround(0.6), Math.fround(0.8), 0, 0]);
});
