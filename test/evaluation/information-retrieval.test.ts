import { expect, test } from "vitest";
import { evaluateRetrieval } from "../../dist/evaluation/information-retrieval.js";

/** A vector whose dot product with the query is the score: one query dimension, one document each. */
const documents = (...scores: number[]) => scores.map((score) => Float32Array.of(score));
const query = Float32Array.of(1);

test("one relevant document at rank 2", () => {
  const metrics = evaluateRetrieval([query], documents(0.5, 0.9, 0.1), [[0]], { similarity: "dot" });
  expect(metrics).toMatchObject({
    queries: 1,
    accuracy: { 1: 0, 3: 1, 5: 1, 10: 1 },
    precision: { 1: 0, 3: 1 / 3, 5: 1 / 5, 10: 1 / 10 },
    recall: { 1: 0, 3: 1 },
    mrr: { 10: 1 / 2 },
    map: { 100: 1 / 2 },
  });
  expect(metrics.ndcg[10]).toBeCloseTo(1 / Math.log2(3), 12);
});

test("two relevant documents at ranks 1 and 3, averaged with a query that finds nothing", () => {
  const corpus = documents(0.9, 0.8, 0.7, ...new Array(120).fill(0.5), 0.1);
  const metrics = evaluateRetrieval([query, query, query], corpus, [[0, 2], [123], []], { similarity: "dot" });
  expect(metrics.queries).toBe(2);
  expect(metrics.recall).toEqual({ 1: 0.25, 3: 0.5, 5: 0.5, 10: 0.5 });
  expect(metrics.precision[3]).toBeCloseTo(1 / 3, 12);
  expect(metrics.mrr[10]).toBe(0.5);
  expect(metrics.map[100]).toBeCloseTo((1 + 2 / 3) / 2 / 2, 12);
  expect(metrics.ndcg[10]).toBeCloseTo((1 + 1 / 2) / (1 + 1 / Math.log2(3)) / 2, 12);
});

test("many queries are averaged like few", () => {
  const corpus = documents(0.9, 0.8, 0.7);
  const queries = Array.from({ length: 150 }, () => query);
  const relevant = queries.map((_, i) => [i % 3]);
  const metrics = evaluateRetrieval(queries, corpus, relevant, { similarity: "dot" });
  expect(metrics.queries).toBe(150);
  expect(metrics.mrr[10]).toBeCloseTo((1 + 1 / 2 + 1 / 3) / 3, 12);
});

test("among equal scores the lower index ranks first", () => {
  const metrics = evaluateRetrieval([query], documents(1, 1), [[1]], { similarity: "dot" });
  expect(metrics.mrr[10]).toBe(1 / 2);
});

test("more relevant documents than places: the best possible is all places", () => {
  const metrics = evaluateRetrieval([query], documents(...new Array(12).fill(1)), [
    Array.from({ length: 12 }, (_, i) => i),
  ]);
  expect(metrics.ndcg[10]).toBe(1);
  expect(metrics.recall[10]).toBeCloseTo(10 / 12, 12);
  expect(metrics.map[100]).toBe(1);
});

test.each([
  [[[0], [1]], "relevant: expected 1 lists, one a query, got 2"],
  [[[3]], "relevant[0]: expected indices from 0 to 1, got 3"],
  [[[-1]], "relevant[0]: expected indices from 0 to 1, got -1"],
  [[[]], "relevant: expected a query with a relevant document, got none"],
])("bad input %#", (relevant, message) => {
  expect(() => evaluateRetrieval([query], documents(1, 2), relevant)).toThrow(
    expect.objectContaining({ code: "BAD_OPTION", message: `evaluateRetrieval: ${message}` }),
  );
});
