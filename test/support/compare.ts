import { expect } from "vitest";
import type { Values } from "./reference.ts";

/**
 * Expects every value to be within the tolerance of the reference's; a failure names the largest difference and its place:
 * `layer 7, token 12, component 301: 3.1e-5`, where `axes` are "layer", "token", "component".
 */
export function expectClose(actual: Float32Array, expected: Values, tolerance: number, axes: readonly string[]): void {
  expect(actual.length, "values").toBe(expected.data.length);
  let worst = 0;
  let largest = 0;
  for (let i = 0; i < actual.length; i++) {
    const difference = Math.abs(actual[i]! - expected.data[i]!);
    if (!(difference <= largest)) {
      // NaN is larger than all
      largest = difference;
      worst = i;
      if (Number.isNaN(difference)) break;
    }
  }
  if (!(largest <= tolerance)) {
    expect.fail(
      `${placeOf(worst, expected.shape, axes)}: ${largest.toExponential(1)} is over ${tolerance.toExponential(1)}: ` +
        `expected ${expected.data[worst]}, got ${actual[worst]}`,
    );
  }
}

function placeOf(index: number, shape: readonly number[], axes: readonly string[]): string {
  const place: string[] = [];
  for (let axis = shape.length - 1, rest = index; axis >= 0; axis--) {
    place.unshift(`${axes[axis]} ${rest % shape[axis]!}`);
    rest = Math.floor(rest / shape[axis]!);
  }
  return place.join(", ");
}

/** The rows of vectors, one after the other, as one array. */
export function concatenate(vectors: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(vectors.reduce((length, vector) => length + vector.length, 0));
  let at = 0;
  for (const vector of vectors) {
    out.set(vector, at);
    at += vector.length;
  }
  return out;
}

/** The length of a vector, at least 1: what an absolute tolerance is multiplied by. */
export function scaleOf({ shape, data }: Values): number {
  const size = shape.at(-1)!;
  let largest = 1;
  for (let row = 0; row < data.length; row += size) {
    largest = Math.max(largest, Math.hypot(...data.subarray(row, row + size)));
  }
  return largest;
}

/** The smallest cosine of a vector with the reference's: rows of the last axis. */
export function smallestCosine(actual: Float32Array, { shape, data }: Values): number {
  expect(actual.length, "values").toBe(data.length);
  const size = shape.at(-1)!;
  let smallest = 1;
  for (let row = 0; row < data.length; row += size) {
    let [dot, a, b] = [0, 0, 0];
    for (let i = row; i < row + size; i++) {
      dot += actual[i]! * data[i]!;
      a += actual[i]! ** 2;
      b += data[i]! ** 2;
    }
    const cosine = dot / Math.sqrt(a * b);
    if (!(cosine >= smallest)) smallest = cosine; // NaN too
  }
  return smallest;
}
