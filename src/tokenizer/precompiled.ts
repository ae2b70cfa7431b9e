import { type Charsmap, lookUp, textAt } from "./charsmap.ts";
import { graphemeEnd } from "./graphemes.ts";
import type { Edit, NormalizedText } from "./normalized-text.ts";
import type { Normalizer } from "./pipeline.ts";
import { width } from "./text-classes.ts";

const WHOLE_GRAPHEME_BYTES = 5; // a longer grapheme cluster is looked up character by character

/** SentencePiece's normalization rules, applied to grapheme clusters as the reference does. */
export class Precompiled implements Normalizer {
  readonly charsmap: Charsmap;
  readonly #utf8 = new Uint8Array(WHOLE_GRAPHEME_BYTES + 4);
  readonly #texts = new Map<number, string>(); // decoded so far, by place
  readonly #characters = new Map<number, string | undefined>(); // looked up so far

  constructor(charsmap: Charsmap) {
    this.charsmap = charsmap;
  }

  normalize(input: NormalizedText): void {
    const { text } = input;
    const edit = input.edit();
    for (let start = 0, end = 0; start < text.length; start = end) {
      end = graphemeEnd(text, start, text.length);
      if (!this.#replace(edit, text, start, end)) {
        for (let i = start, units = 0; i < end; i += units) {
          const codePoint = text.codePointAt(i)!;
          units = width(codePoint);
          if (!this.#replace(edit, text, i, i + units)) edit.replace(codePoint);
        }
      }
    }
    input.apply(edit);
  }

  /** What text.slice(start, end), one grapheme cluster or one character, becomes; undefined when no rule is for it. */
  find(text: string, start: number, end: number): string | undefined {
    const bytes = encode(this.#utf8, text, start, end);
    const at = bytes > WHOLE_GRAPHEME_BYTES ? -1 : lookUp(this.charsmap, this.#utf8, bytes);
    if (at < 0) return undefined;
    let replacement = this.#texts.get(at);
    if (replacement === undefined) this.#texts.set(at, (replacement = textAt(this.charsmap, at)));
    return replacement;
  }

  /** What a character of the basic plane becomes by itself; undefined when no rule is for it. */
  findCharacter(unit: number): string | undefined {
    if (!this.#characters.has(unit)) this.#characters.set(unit, this.find(String.fromCharCode(unit), 0, 1));
    return this.#characters.get(unit);
  }

  #replace(edit: Edit, text: string, start: number, end: number): boolean {
    const replacement = this.find(text, start, end);
    if (replacement === undefined) return false;
    let old = 0;
    for (let i = start; i < end; old++) i += width(text.codePointAt(i)!);
    for (const c of replacement) {
      if (old > 0) edit.replace(c.codePointAt(0)!);
      else edit.insert(c.codePointAt(0)!);
      if (old > 0) old--;
    }
    edit.removeIntoLast(old);
    return true;
  }
}

/** Writes UTF-8 until there are more than WHOLE_GRAPHEME_BYTES, and returns how many bytes there are. */
function encode(out: Uint8Array, text: string, start: number, end: number): number {
  let n = 0;
  for (let i = start, units = 0; i < end; i += units) {
    if (n > WHOLE_GRAPHEME_BYTES) return n;
    const c = text.codePointAt(i)!;
    units = width(c);
    if (c < 0x80) {
      out[n++] = c;
    } else if (c < 0x800) {
      out[n++] = 0xc0 | (c >> 6);
      out[n++] = 0x80 | (c & 0x3f);
    } else if (c < 0x10000) {
      out[n++] = 0xe0 | (c >> 12);
      out[n++] = 0x80 | ((c >> 6) & 0x3f);
      out[n++] = 0x80 | (c & 0x3f);
    } else {
      out[n++] = 0xf0 | (c >> 18);
      out[n++] = 0x80 | ((c >> 12) & 0x3f);
      out[n++] = 0x80 | ((c >> 6) & 0x3f);
      out[n++] = 0x80 | (c & 0x3f);
    }
  }
  return n;
}
