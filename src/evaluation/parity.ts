import { SiskinError } from "../errors.ts";

/** How near vectors are to reference vectors. */
export interface ParityReport {
  readonly texts: number;
  readonly dimensions: number;
  /** The largest |actual − reference| of all components, and where it is. */
  readonly maxError: number;
  readonly maxErrorAt: { readonly text: number; readonly component: number };
  readonly minCosine: number;
  readonly meanCosine: number;
  /** The texts with the largest errors, worst first. */
  readonly worst: readonly TextParity[];
  readonly tolerance: number;
  /** No text's error is above tolerance · max(1, ‖reference‖). */
  readonly pass: boolean;
}

export interface TextParity {
  readonly text: number;
  /** The largest |actual − reference| of its components; Infinity when one is not a number. */
  readonly maxError: number;
  readonly component: number;
  /** Of the error that the tolerance allows; 1 is just allowed. */
  readonly share: number;
  readonly cosine: number;
}

export interface ParityOptions {
  /** The error allowed in a component of a vector of unit length or less; 1e-6 by default. */
  readonly tolerance?: number | undefined;
  /** How many of the worst texts to name; 5 by default. */
  readonly worst?: number | undefined;
}

/**
 * Compares vectors with reference vectors, text by text: the largest error of a component and the cosine.
 *
 * @throws SiskinError BAD_INPUT for no vectors and for counts or lengths that differ, BAD_OPTION.
 */
export function compareVectors(
  actual: readonly Float32Array[],
  reference: readonly ArrayLike<number>[],
  { tolerance = 1e-6, worst = 5 }: ParityOptions = {},
): ParityReport {
  if (!(tolerance >= 0)) {
    throw new SiskinError("BAD_OPTION", `compareVectors: tolerance must be a number of at least 0, got ${tolerance}`);
  }
  if (reference.length === 0) throw bad("expected at least one reference vector", "none");
  if (actual.length !== reference.length) throw bad(`expected ${reference.length} vectors`, `${actual.length}`);
  const texts = actual.map((vector, text) => compareVector(vector, reference[text]!, text, tolerance));
  const ranked = texts.toSorted((a, b) => b.share - a.share || b.maxError - a.maxError);
  const largest = texts.reduce((a, b) => (b.maxError > a.maxError ? b : a));
  return {
    texts: texts.length,
    dimensions: reference[0]!.length,
    maxError: largest.maxError,
    maxErrorAt: { text: largest.text, component: largest.component },
    minCosine: texts.reduce((least, { cosine }) => Math.min(least, cosine), 1),
    meanCosine: texts.reduce((sum, { cosine }) => sum + cosine, 0) / texts.length,
    worst: ranked.slice(0, worst),
    tolerance,
    pass: texts.every(({ share }) => share <= 1),
  };
}

function compareVector(
  actual: Float32Array,
  reference: ArrayLike<number>,
  text: number,
  tolerance: number,
): TextParity {
  if (actual.length !== reference.length) {
    throw bad(`text ${text}: expected ${reference.length} dimensions, as the reference`, `${actual.length}`);
  }
  let maxError = 0;
  let component = 0;
  let dot = 0;
  let actualSquares = 0;
  let referenceSquares = 0;
  for (let i = 0; i < actual.length; i++) {
    const x = actual[i]!;
    const y = reference[i]!;
    const difference = Math.abs(x - y);
    const error = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
    if (error > maxError) {
      maxError = error;
      component = i;
    }
    dot += x * y;
    actualSquares += x * x;
    referenceSquares += y * y;
  }
  const allowed = tolerance * Math.max(1, Math.sqrt(referenceSquares) || 1);
  const cosine = cosineOf(dot, actualSquares, referenceSquares);
  return { text, maxError, component, share: maxError === 0 ? 0 : maxError / allowed, cosine };
}

/** Two zero vectors are the same; what is not a number is as far as can be. */
function cosineOf(dot: number, squares: number, otherSquares: number): number {
  if (squares === 0 || otherSquares === 0) return squares === otherSquares ? 1 : 0;
  const cosine = dot / Math.sqrt(squares * otherSquares);
  return Number.isNaN(cosine) ? -1 : cosine;
}

function bad(expected: string, got: string): SiskinError {
  return new SiskinError("BAD_INPUT", `compareVectors: ${expected}, got ${got}`);
}
