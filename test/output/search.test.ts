import { expect, test } from "vitest";
import { semanticSearch, topIndices } from "../../dist/output/search.js";

const corpus = [Float32Array.of(0, 1), Float32Array.of(1, 0), Float32Array.of(1, 1), Float32Array.of(2, 0)];

test("the nearest come first, the earlier one among equals", () => {
  const hits = semanticSearch(Float32Array.of(1, 0), corpus, { topK: 3 });
  expect(hits.map(({ corpusId }) => corpusId)).toEqual([1, 3, 2]);
  expect(hits[2]!.score).toBeCloseTo(Math.SQRT1_2, 6);
});

test("another similarity ranks otherwise", () => {
  expect(semanticSearch(Float32Array.of(1, 0), corpus, { similarity: "dot", topK: 1 })).toEqual([
    { corpusId: 3, score: 2 },
  ]);
});

test("ten hits by default, fewer when the corpus is smaller, none in an empty one", () => {
  expect(
    semanticSearch(
      Float32Array.of(1),
      Array.from({ length: 20 }, () => Float32Array.of(1)),
    ),
  ).toHaveLength(10);
  expect(semanticSearch(Float32Array.of(1, 0), corpus)).toHaveLength(4);
  expect(semanticSearch(Float32Array.of(1, 0), [])).toEqual([]);
});

test.each([0, -1, 1.5, Number.NaN])("topK %d is refused", (topK) => {
  expect(() => semanticSearch(Float32Array.of(1, 0), corpus, { topK })).toThrow(
    `semanticSearch: topK must be an integer of at least 1, got ${topK}`,
  );
});

test.each([
  [[corpus[0]], corpus, "semanticSearch: query: expected a vector (Float32Array), got an array"],
  [corpus[0], corpus[1], "semanticSearch: corpus[0]: expected a vector (Float32Array), got 1"],
  [corpus[0], [Float32Array.of(1)], "semanticSearch: corpus[0]: expected 2 components, as the first vector, got 1"],
])("what is no vector is refused %#: %s", (query, vectors, message) => {
  expect(() => semanticSearch(query as never, vectors as never)).toThrow(
    expect.objectContaining({ code: "BAD_OPTION", message }),
  );
});

test("the heap agrees with sorting, with ties and NaN, for every count", () => {
  let state = 12345;
  const random = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32;
  const scores = Float32Array.from({ length: 200 }, () =>
    random() < 0.05 ? Number.NaN : Math.floor(random() * 40) / 40,
  );
  const key = (i: number) => (Number.isNaN(scores[i]!) ? Number.NEGATIVE_INFINITY : scores[i]!);
  const sorted = Array.from(scores, (_, i) => i).sort((x, y) => (key(y) === key(x) ? x - y : key(y) - key(x)));
  for (let count = 1; count <= 201; count += 7) expect(topIndices(scores, count)).toEqual(sorted.slice(0, count));
});
