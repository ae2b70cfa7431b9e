/**
 * BERT's normalization, in this order: remove control characters and make every white space a space; put spaces around CJK
 * ideographs; decompose and remove nonspacing marks; lowercase, each character by itself.
 *
 * tokenizers, `normalizers/bert.rs`; `BasicTokenizer` of the original BERT.
 */

import { type Fields, field, flag } from "../fields.ts";
import { expandCharacters, filter, mapCharacters } from "./characters.ts";
import type { NormalizedText } from "./normalized-text.ts";
import type { Normalizer } from "./pipeline.ts";
import { CONTROL, lowercase, NONSPACING_MARK, properties, WHITE_SPACE } from "./tables/unicode.ts";
import { normalizeByCharacter } from "./unicode-forms.ts";

export class BertNormalizer implements Normalizer {
  readonly cleanText: boolean;
  readonly handleChineseChars: boolean;
  readonly stripAccents: boolean;
  readonly lowercase: boolean;

  constructor(cleanText: boolean, handleChineseChars: boolean, stripAccents: boolean, lowercase: boolean) {
    this.cleanText = cleanText;
    this.handleChineseChars = handleChineseChars;
    this.stripAccents = stripAccents;
    this.lowercase = lowercase;
  }

  normalize(text: NormalizedText): void {
    if (this.cleanText) {
      filter(text, (c) => (properties(c) & CONTROL) === 0);
      mapCharacters(text, (c) => (properties(c) & WHITE_SPACE ? 0x20 : c));
    }
    if (this.handleChineseChars) {
      expandCharacters(text, (c) => (isIdeograph(c) ? ` ${String.fromCodePoint(c)} ` : String.fromCodePoint(c)));
    }
    if (this.stripAccents) {
      normalizeByCharacter(text, "NFD");
      filter(text, (c) => (properties(c) & NONSPACING_MARK) === 0);
    }
    if (this.lowercase) expandCharacters(text, (c) => lowercase(c) ?? String.fromCodePoint(c));
  }
}

/** strip_accents follows lowercase when it is null or absent. */
export function parseBertNormalizer(fields: Fields): BertNormalizer {
  const lower = flag(fields, "lowercase");
  const strip = field(fields, "strip_accents") === undefined ? lower : flag(fields, "strip_accents");
  return new BertNormalizer(flag(fields, "clean_text"), flag(fields, "handle_chinese_chars"), strip, lower);
}

/** The blocks that the original BERT lists; it leaves out U+2B820 to U+2B91F. */
export function isIdeograph(c: number): boolean {
  return (
    (c >= 0x4e00 && c <= 0x9fff) ||
    (c >= 0x3400 && c <= 0x4dbf) ||
    (c >= 0x20000 && c <= 0x2a6df) ||
    (c >= 0x2a700 && c <= 0x2b81f) ||
    (c >= 0x2b920 && c <= 0x2ceaf) ||
    (c >= 0xf900 && c <= 0xfaff) ||
    (c >= 0x2f800 && c <= 0x2fa1f)
  );
}
