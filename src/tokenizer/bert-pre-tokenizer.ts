/**
 * Cuts a text at white space, which goes, and around each punctuation character, which stays as a piece of its own.
 *
 * tokenizers, `pre_tokenizers/bert.rs`.
 */
import type { NormalizedText } from "./normalized-text.ts";
import type { PreTokenizer } from "./pipeline.ts";
import { PUNCTUATION, properties, WHITE_SPACE } from "./tables/unicode.ts";

export const bertPreTokenizer: PreTokenizer = { split };

function split(text: NormalizedText): NormalizedText[] {
  const pieces: NormalizedText[] = [];
  const units = text.text;
  let start = 0; // of the word under way
  for (let i = 0; i < units.length; ) {
    const c = units.codePointAt(i)!;
    const next = i + (c > 0xffff ? 2 : 1);
    const bits = properties(c) & (WHITE_SPACE | PUNCTUATION);
    if (bits !== 0) {
      if (i > start) pieces.push(text.slice(start, i));
      if (bits & PUNCTUATION) pieces.push(text.slice(i, next));
      start = next;
    }
    i = next;
  }
  if (units.length > start) pieces.push(text.slice(start, units.length));
  return pieces;
}
