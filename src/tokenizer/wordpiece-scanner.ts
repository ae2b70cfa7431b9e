/**
 * BertNormalizer, BertPreTokenizer and WordPiece in one pass over the text, for when nobody asks for offsets.
 *
 * A table gives for each UTF-16 unit of the raw text what becomes of it: the trie code of its normalized unit, or a class. While
 * the word is read the trie is walked; a word of the vocabulary, as most are, is done when its last unit is. The others are
 * collected as codes and cut from the longest piece to the next. Where the order of marks matters (canonical ordering), or
 * another rare thing, the word goes through the general steps.
 */
import { BertNormalizer, isIdeograph } from "./bert-normalizer.ts";
import { bertPreTokenizer } from "./bert-pre-tokenizer.ts";
import { NormalizedText } from "./normalized-text.ts";
import { type Model, type Normalizer, type PreTokenizer, reserve, type Scanner, type TokenSink } from "./pipeline.ts";
import {
  CONTROL,
  lowercase,
  NONSPACING_MARK,
  NONSTARTER,
  NORMALIZING,
  PUNCTUATION,
  properties,
  UPPERCASE,
  WHITE_SPACE,
} from "./tables/unicode.ts";
import { WordPiece } from "./wordpiece.ts";
import { type Trie, unitCodes } from "./wordpiece-trie.ts";

/*
 * What a unit becomes: a code of the trie (0 or more), or a negative number: a class in the upper four bits, a value in the others.
 */
const UNSEEN = 8; // not worked out yet
const DROP = 9; // nothing
const SEPARATOR = 10; // white space
const ISOLATED = 11; // a word of its own; value: the slot of its token, 0 when it has none
const EXPANDED = 12; // several units; value: where their codes begin in #expansions
const SURROGATE = 13; // half of a supplementary character; value: the code of the unit itself
const COMPLEX = 14; // its word goes through the general steps

const VALUE = 0x0fffffff;
const make = (kind: number, value = 0): number => (kind << 28) | value;

const EXPANSION = 3; // codes an expansion, filled up with −1

/** A scanner for these steps, undefined when they are others than BERT's. */
export function createWordPieceScanner(
  normalizer: Normalizer | undefined,
  preTokenizer: PreTokenizer | undefined,
  model: Model,
): Scanner | undefined {
  const isBert = normalizer instanceof BertNormalizer && preTokenizer === bertPreTokenizer;
  return isBert && model instanceof WordPiece ? new WordPieceScanner(normalizer, model) : undefined;
}

class WordPieceScanner implements Scanner {
  readonly #normalizer: BertNormalizer;
  readonly #model: WordPiece;
  readonly #trie: Trie;
  readonly #codes: Int32Array; // of each normalized unit
  readonly #units: Int32Array; // what each raw unit becomes, worked out when it is first met
  readonly #unknown: number; // id of the unknown token, −1 when the vocabulary lacks it
  readonly #maxChars: number;
  readonly #changing: number; // properties of code points that the normalizer or the pre-tokenizer treats in some way
  #expansions: number[] = [];
  #word: Int32Array = new Int32Array(256); // codes of the word under way

  constructor(normalizer: BertNormalizer, model: WordPiece) {
    this.#normalizer = normalizer;
    this.#model = model;
    this.#trie = model.trie;
    this.#codes = unitCodes(model.trie);
    this.#units = new Int32Array(0x10000).fill(make(UNSEEN));
    for (let unit = 0xd800; unit < 0xe000; unit++) this.#units[unit] = make(SURROGATE, this.#codes[unit]!);
    this.#unknown = model.tokenToId(model.options.unkToken) ?? -1;
    this.#maxChars = model.options.maxInputCharsPerWord;
    this.#changing =
      WHITE_SPACE |
      PUNCTUATION |
      (normalizer.cleanText ? CONTROL : 0) |
      (normalizer.stripAccents ? NORMALIZING | NONSPACING_MARK : 0) |
      (normalizer.lowercase ? UPPERCASE : 0);
  }

  scan(text: string, start: number, end: number, sink: TokenSink): void {
    const units = this.#units;
    const { nodes, ids } = this.#trie;
    const maxChars = this.#maxChars;
    let out = reserve(sink, 1);
    let length = sink.length;
    for (let i = start; i < end; ) {
      if (length === out.length) {
        sink.length = length;
        out = reserve(sink, 1);
      }
      const from = i;
      let value = units[text.charCodeAt(i)]!;
      let node = 0;
      while (value >= 0) {
        const next = nodes[node]! + value;
        if (nodes[next + 1] !== node) break;
        node = next;
        value = ++i < end ? units[text.charCodeAt(i)]! : make(SEPARATOR);
      }
      const kind = value >>> 28;
      if (i > from) {
        const id = ids[node >> 1]!;
        // units that were read are at least as many as the characters of the word
        if (id >= 0 && (kind === SEPARATOR || kind === ISOLATED) && i - from <= maxChars) {
          out[length++] = id;
          continue;
        }
      } else if (kind === SEPARATOR || kind === DROP) {
        i++;
        continue;
      } else if (kind === ISOLATED) {
        out[length++] = this.#idOfOne(value & VALUE);
        i++;
        continue;
      }
      sink.length = length;
      i = this.#scanWord(text, from, end, sink);
      length = sink.length;
      out = sink.ids;
    }
    sink.length = length;
  }

  /** Appends the ids of the word that begins at `from`, if one does, and returns where to go on. */
  #scanWord(text: string, from: number, end: number, sink: TokenSink): number {
    let codes = this.#word;
    let length = 0;
    let chars = 0;
    for (let i = from; i < end; i++) {
      if (length + 3 > codes.length) codes = this.#growWord();
      if (chars > this.#maxChars) length = 0; // the word is unknown: only its end is of interest
      const value = this.#unit(text.charCodeAt(i));
      if (value >= 0) {
        codes[length++] = value;
        chars++;
        continue;
      }
      switch (value >>> 28) {
        case DROP:
          break;
        case EXPANDED:
          for (let k = value & VALUE; k < (value & VALUE) + EXPANSION && this.#expansions[k]! >= 0; k++) {
            codes[length++] = this.#expansions[k]!;
            chars++;
          }
          break;
        case SURROGATE: {
          const c = text.codePointAt(i)!;
          const kind = this.#supplementary(c);
          if (kind === COMPLEX) return this.#takeGeneralSteps(text, from, i, end, sink);
          if (kind === ISOLATED) {
            this.#appendWord(length, chars, sink);
            const node = this.#walk(String.fromCodePoint(c));
            append(sink, this.#idOfOne(node < 0 ? 0 : node >> 1));
            return i + 2;
          }
          i++;
          if (kind === DROP) break;
          codes[length++] = value & VALUE;
          codes[length++] = this.#codes[text.charCodeAt(i)]!;
          chars++;
          break;
        }
        case COMPLEX:
          return this.#takeGeneralSteps(text, from, i, end, sink);
        default: // SEPARATOR, ISOLATED
          this.#appendWord(length, chars, sink);
          return i;
      }
    }
    this.#appendWord(length, chars, sink);
    return end;
  }

  /** Appends the ids of a word of `chars` code points, whose codes are #word[0 … length]. */
  #appendWord(length: number, chars: number, sink: TokenSink): void {
    if (chars === 0) return;
    const { nodes, ids } = this.#trie;
    const codes = this.#word;
    const out = reserve(sink, length + 1);
    let count = sink.length;
    for (let start = 0; start < length && chars <= this.#maxChars; ) {
      let node = start === 0 ? 0 : this.#model.continuation;
      let id = -1;
      let end = start;
      for (let k = start; k < length && node >= 0; k++) {
        const next = nodes[node]! + codes[k]!;
        if (nodes[next + 1] !== node) break;
        node = next;
        if (ids[node >> 1]! < 0) continue;
        id = ids[node >> 1]!;
        end = k + 1;
      }
      if (id < 0) break;
      out[count++] = id;
      start = end;
      if (start === length) {
        sink.length = count;
        return;
      }
    }
    append(sink, this.#knownUnknown());
  }

  /** The general steps for the word around `at`, from `from` to the next white space or isolated unit. */
  #takeGeneralSteps(text: string, from: number, at: number, end: number, sink: TokenSink): number {
    let to = at + 1;
    for (; to < end; to++) {
      const kind = this.#unit(text.charCodeAt(to)) >>> 28;
      if (kind === SEPARATOR || kind === ISOLATED) break;
    }
    const word = NormalizedText.of(text, from, to, false);
    this.#normalizer.normalize(word);
    for (const piece of bertPreTokenizer.split(word)) this.#model.tokenize(piece.text, (id) => append(sink, id));
    return to;
  }

  #idOfOne(slot: number): number {
    const id = slot === 0 || this.#maxChars < 1 ? -1 : this.#trie.ids[slot]!;
    return id >= 0 ? id : this.#knownUnknown();
  }

  #knownUnknown(): number {
    return this.#unknown >= 0 ? this.#unknown : this.#model.unknownId();
  }

  #unit(unit: number): number {
    const value = this.#units[unit]!;
    return value >>> 28 === UNSEEN ? (this.#units[unit] = this.#classify(unit)) : value;
  }

  #classify(unit: number): number {
    const { cleanText, handleChineseChars, stripAccents, lowercase: lower } = this.#normalizer;
    const bits = properties(unit);
    if (cleanText && bits & CONTROL) return make(DROP);
    if (bits & WHITE_SPACE) return make(SEPARATOR);
    let parts: readonly number[] = [unit];
    if (stripAccents) {
      if (bits & NORMALIZING) parts = codePoints(String.fromCharCode(unit).normalize("NFD"));
      parts = parts.filter((c) => (properties(c) & NONSPACING_MARK) === 0);
      if (parts.some((c) => properties(c) & NONSTARTER)) return make(COMPLEX); // it may change places with another
    }
    if (lower) parts = parts.flatMap((c) => codePoints(lowercase(c) ?? String.fromCodePoint(c)));
    if (parts.length === 0) return make(DROP);
    if (parts.length === 1) {
      const c = parts[0]!;
      if ((handleChineseChars && isIdeograph(unit)) || properties(c) & PUNCTUATION) {
        return make(ISOLATED, Math.max(0, this.#walk(String.fromCodePoint(c))) >> 1);
      }
      if (c <= 0xffff) return this.#codes[c]!;
    }
    const splits = parts.some((c) => c > 0xffff || properties(c) & (WHITE_SPACE | PUNCTUATION));
    if (splits || parts.length > EXPANSION) return make(COMPLEX);
    const place = this.#expansions.length;
    for (let k = 0; k < EXPANSION; k++) this.#expansions.push(k < parts.length ? this.#codes[parts[k]!]! : -1);
    return make(EXPANDED, place);
  }

  /** The class of a supplementary code point; 0 for a plain letter. */
  #supplementary(c: number): number {
    const bits = properties(c) & this.#changing;
    if (bits === 0) return this.#normalizer.handleChineseChars && isIdeograph(c) ? ISOLATED : 0;
    if (bits & CONTROL) return DROP;
    return (bits & (NONSPACING_MARK | NORMALIZING)) === NONSPACING_MARK ? DROP : COMPLEX;
  }

  /** The node that the units of `text` lead to from the root, −1 when there is none. */
  #walk(text: string): number {
    let node = 0;
    for (let i = 0; i < text.length; i++) {
      const next = this.#trie.nodes[node]! + this.#codes[text.charCodeAt(i)]!;
      if (this.#trie.nodes[next + 1] !== node) return -1;
      node = next;
    }
    return node;
  }

  #growWord(): Int32Array {
    const grown = new Int32Array(2 * this.#word.length);
    grown.set(this.#word);
    this.#word = grown;
    return grown;
  }
}

function codePoints(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0)!);
}

function append(sink: TokenSink, id: number): void {
  const ids = reserve(sink, 1);
  ids[sink.length++] = id;
}
