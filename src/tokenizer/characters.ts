import type { NormalizedText } from "./normalized-text.ts";
import type { Normalizer } from "./pipeline.ts";
import { lowercase, MARK, properties } from "./tables/unicode.ts";
import { width } from "./text-classes.ts";

/** Removes the code points that `keeps` is false for. */
export function filter(input: NormalizedText, keeps: (codePoint: number) => boolean): void {
  const edit = input.edit();
  for (let i = 0, units = 0; i < input.text.length; i += units) {
    const codePoint = input.text.codePointAt(i)!;
    units = width(codePoint);
    if (keeps(codePoint)) edit.replace(codePoint);
    else edit.remove(1);
  }
  input.apply(edit);
}

/** Writes each code point as one other. */
export function mapCharacters(input: NormalizedText, map: (codePoint: number) => number): void {
  const edit = input.edit();
  for (let i = 0, units = 0; i < input.text.length; i += units) {
    const codePoint = input.text.codePointAt(i)!;
    units = width(codePoint);
    edit.replace(map(codePoint));
  }
  input.apply(edit);
}

/** Writes each code point as a string of at least one; those after the first count as inserted. */
export function expandCharacters(input: NormalizedText, expand: (codePoint: number) => string): void {
  const edit = input.edit();
  for (let i = 0, units = 0; i < input.text.length; i += units) {
    const codePoint = input.text.codePointAt(i)!;
    units = width(codePoint);
    const expanded = expand(codePoint);
    const first = expanded.codePointAt(0)!;
    edit.replace(first);
    for (let k = width(first), more = 0; k < expanded.length; k += width(more))
      edit.insert((more = expanded.codePointAt(k)!));
  }
  input.apply(edit);
}

/** Lowercase, each character by itself: Σ is σ also at a word's end. */
export const lowercaseAll: Normalizer = {
  normalize: (text) => expandCharacters(text, (codePoint) => lowercase(codePoint) ?? String.fromCodePoint(codePoint)),
};

/** Removes marks; meant to follow NFD or NFKD. */
export const stripAccents: Normalizer = {
  normalize: (text) => filter(text, (codePoint) => (properties(codePoint) & MARK) === 0),
};
