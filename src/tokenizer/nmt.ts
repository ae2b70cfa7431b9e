import { filter, mapCharacters } from "./characters.ts";
import type { Normalizer } from "./pipeline.ts";

/** What SentencePiece's "nmt" rule does: removes control characters and writes other kinds of space as a space. */
export const nmt: Normalizer = {
  normalize(text) {
    filter(text, (codePoint) => !isRemoved(codePoint));
    mapCharacters(text, (codePoint) => (isSpace(codePoint) ? 0x20 : codePoint));
  },
};

function isRemoved(c: number): boolean {
  return (c >= 0x01 && c <= 0x08) || c === 0x0b || (c >= 0x0e && c <= 0x1f) || c === 0x7f || c === 0x8f || c === 0x9f;
}

function isSpace(c: number): boolean {
  if (c < 0x80) return c === 0x09 || c === 0x0a || c === 0x0c || c === 0x0d;
  return (
    (c >= 0x200b && c <= 0x200f) ||
    c === 0x1680 ||
    c === 0x2028 ||
    c === 0x2029 ||
    c === 0x2581 ||
    c === 0xfeff ||
    c === 0xfffd
  );
}
