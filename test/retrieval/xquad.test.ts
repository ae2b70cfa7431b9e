/** Retrieval over XQuAD's Russian paragraphs against what sentence-transformers' evaluator measures: fixtures/README.md. */
import { readFileSync } from "node:fs";
import { evaluateRetrieval, load, type RetrievalMetrics } from "siskin";
import { afterAll, describe, expect, test } from "vitest";
import { inCheckout } from "../support/paths.ts";

const readJson = (path: string) => JSON.parse(readFileSync(inCheckout(path), "utf8"));

interface Articles {
  readonly data: readonly { paragraphs: readonly { context: string; qas: readonly { question: string }[] }[] }[];
}
const { data }: Articles = readJson("fixtures/data/xquad.ru.json");
const paragraphs = data.flatMap((article) => article.paragraphs);
const questions = paragraphs.flatMap(({ qas }, i) => qas.map(({ question }) => ({ question, paragraph: i })));

/** By dimensions, then by metric, then by hits. */
const expected: Record<string, Record<string, Record<string, number>>> = readJson(
  "fixtures/data/xquad.ru.metrics.json",
);
const METRICS = {
  "accuracy@k": "accuracy",
  "precision@k": "precision",
  "recall@k": "recall",
  "ndcg@k": "ndcg",
  "mrr@k": "mrr",
  "map@k": "map",
} as const;

const rows: string[] = [];
afterAll(() => console.log(["ndcg@10 at 384, 256, 128, 64 dimensions", ...rows].join("\n")));

describe.each(["float32", "int16", "int8"] as const)("XQuAD in Russian, %s", (dtype) => {
  let vectors: Promise<{ queries: Float32Array[]; corpus: Float32Array[] }> | undefined;
  const encode = async () => {
    using model = await load(undefined, { dtype });
    const queries = await model.encodeQuery(questions.map(({ question }) => question));
    return { queries, corpus: await model.encodeDocument(paragraphs.map(({ context }) => context)) };
  };
  const measure = async (dimensions: number): Promise<RetrievalMetrics> => {
    const { queries, corpus } = await (vectors ??= encode());
    const cut = (list: Float32Array[]) => list.map((vector) => vector.subarray(0, dimensions));
    return evaluateRetrieval(
      cut(queries),
      cut(corpus),
      questions.map(({ paragraph }) => [paragraph]),
    );
  };

  test("1,190 questions over 240 paragraphs, at 384, 256, 128 and 64 dimensions", async () => {
    expect([questions.length, paragraphs.length]).toEqual([1190, 240]);
    const measured: string[] = [];
    for (const dimensions of [384, 256, 128, 64]) {
      const metrics = await measure(dimensions);
      const reference = expected[dimensions]!;
      measured.push(metrics.ndcg[10]!.toFixed(4));
      if (dtype !== "float32") {
        const tolerance = dtype === "int16" ? 0.001 : 0.003;
        expect(Math.abs(metrics.ndcg[10]! - reference["ndcg@k"]![10]!), `${dimensions}`).toBeLessThanOrEqual(tolerance);
        continue;
      }
      for (const [key, name] of Object.entries(METRICS)) {
        for (const [hits, value] of Object.entries(reference[key]!)) {
          expect(metrics[name][Number(hits)]!.toFixed(4), `${dimensions}: ${name}@${hits}`).toBe(value.toFixed(4));
        }
      }
    }
    rows.push(`${dtype.padEnd(8)} ${measured.join("  ")}`);
  });
});
