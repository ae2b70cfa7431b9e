import { expect, test } from "vitest";
import { similarity, similarityPairwise } from "../../dist/output/similarity.js";

const a = [Float32Array.of(3, 4), Float32Array.of(0, 0), Float32Array.of(1e-30, 0)];
const b = [Float32Array.of(3, 4), Float32Array.of(-4, 3), Float32Array.of(0, 0)];

test.each([
  [
    "cosine",
    [
      [1, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ],
  ],
  [
    "dot",
    [
      [25, 0, 0],
      [0, 0, 0],
      [3e-30, -4e-30, 0],
    ],
  ],
  [
    "euclidean",
    [
      [-0, -Math.sqrt(50), -5],
      [-5, -5, -0],
      [-5, -5, -1e-30],
    ],
  ],
  [
    "manhattan",
    [
      [-0, -8, -7],
      [-7, -7, -0],
      [-7, -7, -1e-30],
    ],
  ],
] as const)("%s of every pair", (name, expected) => {
  const got = similarity(a, b, name);
  for (const [i, row] of expected.entries()) {
    for (const [j, value] of row.entries()) {
      expect(got[i]![j], `${i},${j}`).toBeCloseTo(Math.fround(value), 6);
    }
  }
  expect(got.map((row) => row.length)).toEqual([3, 3, 3]);
});

test("a vector shorter than 1e-12 is not stretched to unit length, as in torch's normalize", () => {
  expect(similarity([Float32Array.of(1e-15, 0)], [Float32Array.of(2, 0)])[0]![0]).toBeCloseTo(1e-3, 9);
});

test("pairs are compared one by one", () => {
  expect(similarityPairwise(a, b, "dot")).toEqual(Float32Array.of(25, 0, 0));
  expect(similarityPairwise(a.slice(0, 1), b.slice(0, 1))).toEqual(Float32Array.of(1));
});

test("cosine is the default, and does not depend on length", () => {
  expect(similarity([Float32Array.of(1, 2, 3)], [Float32Array.of(2, 4, 6)])[0]).toEqual(Float32Array.of(1));
});

test("no vectors give no rows", () => {
  expect(similarity([], b)).toEqual([]);
  expect(similarity(b, [])).toEqual([new Float32Array(0), new Float32Array(0), new Float32Array(0)]);
  expect(similarityPairwise([], [])).toEqual(new Float32Array(0));
});

test.each([
  [() => similarity(a, [Float32Array.of(1)]), "similarity: b[0]: expected 2 components, as the first vector, got 1"],
  [
    () => similarity([a[0]!, Float32Array.of(1, 2, 3)], b),
    "similarity: a[1]: expected 2 components, as the first vector, got 3",
  ],
  [() => similarity(a[0] as never, b), "similarity: a[0]: expected a vector (Float32Array), got 3"],
  [() => similarity(a, [[1, 2]] as never), "similarity: b[0]: expected a vector (Float32Array), got an array"],
  [() => similarity(a, undefined as never), "similarity: b: expected a list of vectors, got nothing"],
  [
    () => similarityPairwise(a[0] as never, b[0] as never),
    "similarityPairwise: a[0]: expected a vector (Float32Array), got 3",
  ],
  [() => similarityPairwise(a, b.slice(1)), "similarityPairwise: expected as many vectors in b as in a, 3, got 2"],
  [() => similarity(a, b, "hamming" as never), "similarity: expected cosine, dot, euclidean or manhattan, got hamming"],
])("bad input %#: %s", (work, message) => {
  expect(work).toThrow(expect.objectContaining({ code: "BAD_OPTION", message }));
});
