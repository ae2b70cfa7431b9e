import { SiskinError } from "../errors.ts";
import { topIndices } from "../output/search.ts";
import { type SimilarityName, similarity } from "../output/similarity.ts";

/** Each metric's mean over the queries, by the number of hits looked at. */
export interface RetrievalMetrics {
  /** Queries with a relevant document; the others are left out. */
  readonly queries: number;
  readonly accuracy: Readonly<Record<number, number>>;
  readonly precision: Readonly<Record<number, number>>;
  readonly recall: Readonly<Record<number, number>>;
  readonly ndcg: Readonly<Record<number, number>>;
  readonly mrr: Readonly<Record<number, number>>;
  readonly map: Readonly<Record<number, number>>;
}

const HITS_AT = [1, 3, 5, 10];
const NDCG_AT = 10;
const MRR_AT = 10;
const MAP_AT = 100;
const QUERIES_AT_A_TIME = 64; // the corpus's norms are then computed once for so many, and the scores stay small

/**
 * How well queries find their documents, by the measures and defaults of sentence-transformers'
 * InformationRetrievalEvaluator: every document is ranked by its similarity to the query, the lower index first among
 * equals, and a document is relevant or not.
 *
 *   queries   [n] vectors
 *   corpus    [m] vectors
 *   relevant  [n] the indices of each query's documents in the corpus
 *
 *   accuracy@k   1 if a relevant document is among the first k
 *   precision@k  relevant documents among the first k, divided by k
 *   recall@k     the same divided by all relevant ones
 *   mrr@k        1 / the rank of the first relevant one
 *   ndcg@k       Σ relevant(i) / log2(i + 1) over the first k, divided by the best possible; ranks from 1
 *   map@k        the mean of the precisions at the relevant ranks, divided by min(k, all relevant ones)
 *
 * @throws SiskinError BAD_OPTION when no query has a relevant document, and for indices outside the corpus.
 */
export function evaluateRetrieval(
  queries: readonly Float32Array[],
  corpus: readonly Float32Array[],
  relevant: readonly Iterable<number>[],
  { similarity: name = "cosine" }: { readonly similarity?: SimilarityName | undefined } = {},
): RetrievalMetrics {
  const expected = checkRelevant(queries.length, corpus.length, relevant);
  const asked = expected.flatMap((documents, query) => (documents.size > 0 ? [query] : []));
  if (asked.length === 0) throw bad("relevant: expected a query with a relevant document", "none");
  const totals: Totals = { accuracy: {}, precision: {}, recall: {}, ndcg: {}, mrr: {}, map: {} };
  for (let from = 0; from < asked.length; from += QUERIES_AT_A_TIME) {
    const group = asked.slice(from, from + QUERIES_AT_A_TIME);
    const scores = similarity(
      group.map((query) => queries[query]!),
      corpus,
      name,
    );
    for (const [row, query] of group.entries()) {
      const documents = expected[query]!;
      const hits = topIndices(scores[row]!, MAP_AT).map((document) => documents.has(document));
      addQuery(totals, hits, documents.size);
    }
  }
  for (const metric of Object.values(totals)) for (const k in metric) metric[k]! /= asked.length;
  return { queries: asked.length, ...totals };
}

type Totals = Record<"accuracy" | "precision" | "recall" | "ndcg" | "mrr" | "map", Record<number, number>>;

/** Adds one query's metrics. hits[r] tells whether the document of rank r + 1 is relevant. */
function addQuery(totals: Totals, hits: readonly boolean[], relevantCount: number): void {
  for (const k of HITS_AT) {
    const found = hits.slice(0, k).filter(Boolean).length;
    add(totals.accuracy, k, found > 0 ? 1 : 0);
    add(totals.precision, k, found / k);
    add(totals.recall, k, found / relevantCount);
  }
  const first = hits.slice(0, MRR_AT).indexOf(true);
  add(totals.mrr, MRR_AT, first < 0 ? 0 : 1 / (first + 1));
  add(
    totals.ndcg,
    NDCG_AT,
    gain(hits.slice(0, NDCG_AT)) / gain(new Array(Math.min(relevantCount, NDCG_AT)).fill(true)),
  );
  add(totals.map, MAP_AT, averagePrecision(hits.slice(0, MAP_AT)) / Math.min(MAP_AT, relevantCount));
}

/** Järvelin and Kekäläinen 2002, "Cumulated gain-based evaluation of IR techniques", with gains of 0 and 1. */
function gain(hits: readonly boolean[]): number {
  return hits.reduce((sum, hit, rank) => sum + (hit ? 1 / Math.log2(rank + 2) : 0), 0);
}

function averagePrecision(hits: readonly boolean[]): number {
  let found = 0;
  return hits.reduce((sum, hit, rank) => sum + (hit ? ++found / (rank + 1) : 0), 0);
}

function add(metric: Record<number, number>, k: number, value: number): void {
  metric[k] = (metric[k] ?? 0) + value;
}

function checkRelevant(queries: number, documents: number, relevant: readonly Iterable<number>[]): Set<number>[] {
  if (relevant.length !== queries) throw bad(`relevant: expected ${queries} lists, one a query`, `${relevant.length}`);
  return relevant.map((list, query) => {
    const indices = new Set(list);
    for (const index of indices) {
      if (Number.isInteger(index) && index >= 0 && index < documents) continue;
      throw bad(`relevant[${query}]: expected indices from 0 to ${documents - 1}`, `${index}`);
    }
    return indices;
  });
}

function bad(expected: string, got: string): SiskinError {
  return new SiskinError("BAD_OPTION", `evaluateRetrieval: ${expected}, got ${got}`);
}
