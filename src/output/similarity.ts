import { SiskinError } from "../errors.ts";
import { show } from "../fields.ts";
import type { SimilarityName } from "../model/sentence-config.ts";

export type { SimilarityName };

/**
 * The similarity of every vector of a with every one of b, [a.length][b.length]; larger is nearer.
 *
 *   cosine     a·b / (‖a‖ ‖b‖), 0 with a zero vector
 *   dot        a·b
 *   euclidean  −‖a − b‖₂
 *   manhattan  −‖a − b‖₁
 *
 * Sums are in float64, left to right, over the vectors as given. sentence_transformers.util.similarity.
 *
 * @throws SiskinError BAD_OPTION for what is no list of vectors, and when the vectors differ in length.
 */
export function similarity(
  a: readonly Float32Array[],
  b: readonly Float32Array[],
  name: SimilarityName = "cosine",
): Float32Array[] {
  checkVectors("similarity: b", b, checkVectors("similarity: a", a));
  const compare = comparison(name);
  const aNorms = norms(a, name);
  const bNorms = norms(b, name);
  return a.map((x, i) => Float32Array.from(b, (y, j) => compare(x, y) / (aNorms[i]! * bNorms[j]!)));
}

/** The similarity of a[i] with b[i], [a.length]. */
export function similarityPairwise(
  a: readonly Float32Array[],
  b: readonly Float32Array[],
  name: SimilarityName = "cosine",
): Float32Array {
  checkVectors("similarityPairwise: b", b, checkVectors("similarityPairwise: a", a));
  if (a.length !== b.length) {
    throw new SiskinError(
      "BAD_OPTION",
      `similarityPairwise: expected as many vectors in b as in a, ${a.length}, got ${b.length}`,
    );
  }
  const compare = comparison(name);
  const aNorms = norms(a, name);
  const bNorms = norms(b, name);
  return Float32Array.from(a, (x, i) => compare(x, b[i]!) / (aNorms[i]! * bNorms[i]!));
}

/** Gives the count of components of the list's vectors, which must be that of the vectors checked before, where any were. */
export function checkVectors(
  where: string,
  vectors: readonly Float32Array[],
  dimensions?: number | undefined,
): number | undefined {
  if (!Array.isArray(vectors) && !isVector(vectors)) {
    throw new SiskinError("BAD_OPTION", `${where}: expected a list of vectors, got ${show(vectors)}`);
  }
  let expected = dimensions;
  for (let i = 0; i < vectors.length; i++) expected = checkVector(`${where}[${i}]`, vectors[i], expected);
  return expected;
}

export function checkVector(where: string, vector: unknown, dimensions?: number | undefined): number {
  if (!isVector(vector)) {
    throw new SiskinError("BAD_OPTION", `${where}: expected a vector (Float32Array), got ${show(vector)}`);
  }
  const { length } = vector;
  if (dimensions === undefined || length === dimensions) return length;
  throw new SiskinError(
    "BAD_OPTION",
    `${where}: expected ${dimensions} components, as the first vector, got ${length}`,
  );
}

/** No `instanceof Float32Array`: a test runner's, of another realm, is none. */
function isVector(value: unknown): value is Float32Array {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

type Comparison = (x: Float32Array, y: Float32Array) => number;

function comparison(name: SimilarityName): Comparison {
  if (name === "cosine" || name === "dot") return dot;
  if (name === "euclidean") return negatedEuclidean;
  if (name === "manhattan") return negatedManhattan;
  throw new SiskinError("BAD_OPTION", `similarity: expected cosine, dot, euclidean or manhattan, got ${name}`);
}

/** What a comparison is divided by: the vectors' lengths for cosine, at least 1e-12 as in torch's normalize. */
function norms(vectors: readonly Float32Array[], name: SimilarityName): Float64Array {
  if (name !== "cosine") return new Float64Array(vectors.length).fill(1);
  return Float64Array.from(vectors, (x) => Math.max(Math.sqrt(dot(x, x)), 1e-12));
}

function dot(x: Float32Array, y: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!;
  return sum;
}

function negatedEuclidean(x: Float32Array, y: Float32Array): number {
  let squares = 0;
  for (let i = 0; i < x.length; i++) squares += (x[i]! - y[i]!) ** 2;
  return -Math.sqrt(squares);
}

function negatedManhattan(x: Float32Array, y: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += Math.abs(x[i]! - y[i]!);
  return -sum;
}
