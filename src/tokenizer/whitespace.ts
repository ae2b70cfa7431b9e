import type { PreTokenizer } from "./pipeline.ts";
import { splitText } from "./split.ts";
import { properties, WORD } from "./tables/unicode.ts";
import { isWhiteSpace, width } from "./text-classes.ts";

/** Cuts at white space, which goes. */
export const whitespaceSplit: PreTokenizer = {
  split: (text) => splitText(text, (t, i) => (isWhiteSpace(t.charCodeAt(i)) ? i + 1 : i), "Removed"),
};

/** Keeps runs of word characters, and runs of what is neither they nor white space: `\w+|[^\w\s]+`. */
export const whitespace: PreTokenizer = {
  split(input) {
    const { text } = input;
    const pieces = [];
    for (let start = 0, end = 0; start < text.length; start = end) {
      const kind = kindOf(text.codePointAt(start)!);
      do end += width(text.codePointAt(end)!);
      while (end < text.length && kindOf(text.codePointAt(end)!) === kind);
      if (kind !== "space") pieces.push(input.slice(start, end));
    }
    return pieces;
  },
};

function kindOf(codePoint: number): "word" | "space" | "other" {
  if (properties(codePoint) & WORD) return "word";
  return isWhiteSpace(codePoint) ? "space" : "other";
}
