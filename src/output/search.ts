import { SiskinError } from "../errors.ts";
import { checkVector, checkVectors, type SimilarityName, similarity } from "./similarity.ts";

/** A vector of the corpus and how near it is. */
export interface SearchHit {
  readonly corpusId: number;
  readonly score: number;
}

export interface SearchOptions {
  /** The most hits a query gets; 10 by default. */
  readonly topK?: number | undefined;
  /** How vectors are compared; cosine by default. */
  readonly similarity?: SimilarityName | undefined;
}

/**
 * The nearest vectors of a corpus, best first, by comparing with all of them; equal scores come in the corpus's order.
 *
 * @throws SiskinError BAD_OPTION for topK below 1, for what is no vector and for vectors of different lengths.
 */
export function semanticSearch(
  query: Float32Array,
  corpus: readonly Float32Array[],
  { topK = 10, similarity: name = "cosine" }: SearchOptions = {},
): SearchHit[] {
  if (!Number.isInteger(topK) || topK < 1) {
    throw new SiskinError("BAD_OPTION", `semanticSearch: topK must be an integer of at least 1, got ${topK}`);
  }
  checkVectors("semanticSearch: corpus", corpus, checkVector("semanticSearch: query", query));
  const scores = similarity([query], corpus, name)[0]!;
  return topIndices(scores, topK).map((corpusId) => ({ corpusId, score: scores[corpusId]! }));
}

/**
 * The indices of the largest scores, best first, the lower index first among equals, NaN as −∞: a heap of `count`
 * indices with the worst on top, so n·log(count) at most.
 */
export function topIndices(scores: Float32Array, count: number): number[] {
  const rank = (index: number) => (Number.isNaN(scores[index]!) ? Number.NEGATIVE_INFINITY : scores[index]!);
  const better = (x: number, y: number) => rank(x) > rank(y) || (rank(x) === rank(y) && x < y);
  const heap: number[] = [];
  for (let index = 0; index < scores.length; index++) {
    if (heap.length < count) siftUp(heap, index, better);
    else if (better(index, heap[0]!)) siftDown(heap, index, better);
  }
  return heap.sort((x, y) => (better(x, y) ? -1 : 1));
}

/** Adds an index at the heap's end and moves it up past better ones. */
function siftUp(heap: number[], index: number, better: (x: number, y: number) => boolean): void {
  let at = heap.push(index) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!better(heap[parent]!, index)) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = index;
}

/** Replaces the heap's top by an index and moves it down past worse ones. */
function siftDown(heap: number[], index: number, better: (x: number, y: number) => boolean): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && better(heap[child]!, heap[child + 1]!)) child++;
    if (!better(index, heap[child]!)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = index;
}
