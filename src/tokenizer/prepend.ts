import type { Normalizer } from "./pipeline.ts";

/** Puts a string before a text that is not empty. */
export function prepend(before: string): Normalizer {
  return { normalize: (text) => text.prepend(before) };
}
