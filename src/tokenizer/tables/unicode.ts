/**
 * What the reference tokenizer knows about a code point. The tables come from it and not from the runtime, whose Unicode version
 * differs from one engine to the next.
 */
import { decodeNumbers } from "./numbers.ts";
import * as data from "./unicode-data.ts";

/** Bits of properties(c), as fixtures/unicode_tables.py numbers them. */
export const WHITE_SPACE = 1;
/** What BertPreTokenizer and Punctuation isolate. */
export const PUNCTUATION = 2;
/** Removed by clean_text: control, format and private use, U+0000 and U+FFFD. */
export const CONTROL = 4;
/** Removed by BertNormalizer's strip_accents once decomposed. */
export const NONSPACING_MARK = 8;
/** Removed by StripAccents. */
export const MARK = 16;
/**
 * Set where a normalization form changes, moves or composes the code point; not set where the form of a newer Unicode may and the
 * reference's does not. Of assigned characters the normalization never changes (Unicode's stability policy), so on code points
 * that have it String.prototype.normalize is the same everywhere, and to the reference. Some that no form touches have it too.
 */
export const NORMALIZING = 32;
/** Has a canonical combining class other than 0: its place among its neighbours may change in a normalized text. */
export const NONSTARTER = 64;
/** Has a lowercase. */
export const UPPERCASE = 128;
/** `\w` of the reference's regular expressions matches it. */
export const WORD = 256;
/** From this bit on: the class of segmentation, of graphemes.ts. */
export const GRAPHEME_SHIFT = 9;

const TABLE_END = 0x20000; // planes 0 and 1, where nearly everything is

interface Tables {
  /** Properties of the code points below TABLE_END, and of ranges from there on. */
  readonly near: Uint16Array;
  readonly beyond: { end: number; bits: number }[];
  readonly lowercases: Map<number, string>;
}

let tables: Tables | undefined; // decoded when first asked for: compiled tokenizers hardly ever do
let nonstarters: string | undefined; // all of them, in canonical order
const combiningOrders = new Map<number, number>(); // what combiningOrder has answered

export function properties(c: number): number {
  const { near, beyond } = (tables ??= decodeTables());
  return c < TABLE_END ? near[c]! : beyond.find(({ end }) => c < end)!.bits;
}

/**
 * A number that orders marks as their canonical combining classes do, 0 for class 0. The runtime puts them in order, which it
 * does as the reference: see NORMALIZING.
 */
export function combiningOrder(c: number): number {
  if ((properties(c) & NONSTARTER) === 0) return 0;
  let order = combiningOrders.get(c);
  if (order === undefined) {
    nonstarters ??= allNonstarters();
    const mark = String.fromCodePoint(c);
    order = (mark + nonstarters).normalize("NFD").indexOf(mark) + 1; // it stays before those of its own class
    combiningOrders.set(c, order);
  }
  return order;
}

function allNonstarters(): string {
  let all = "";
  for (let c = 0; c < TABLE_END; c++) if (properties(c) & NONSTARTER) all += String.fromCodePoint(c);
  return all.normalize("NFD");
}

/** The lowercase of a code point by itself, so without the final sigma; undefined when it has none. */
export function lowercase(c: number): string | undefined {
  return properties(c) & UPPERCASE ? tables!.lowercases.get(c) : undefined;
}

function decodeTables(): Tables {
  const near = new Uint16Array(TABLE_END);
  const beyond: Tables["beyond"] = [];
  const kinds = decodeNumbers(data.KINDS);
  const runKinds = decodeNumbers(data.RUN_KINDS);
  const runLengths = decodeNumbers(data.RUN_LENGTHS);
  for (let run = 0, start = 0, end = 0; run < runKinds.length; run++, start = end) {
    end = start + runLengths[run]!;
    const bits = kinds[runKinds[run]!]!;
    near.fill(bits, start, end);
    if (end > TABLE_END) beyond.push({ end, bits });
  }
  const lowercases = decodeLowercases();
  for (const c of lowercases.keys()) near[c]! |= UPPERCASE;
  return { near, beyond, lowercases };
}

function decodeLowercases(): Map<number, string> {
  const lowercases = new Map([[0x130, "i\u0307"]]); // the only one of two code points
  const runs = decodeNumbers(data.LOWERCASE_RUNS);
  const distances = decodeNumbers(data.LOWERCASE_DISTANCES);
  for (let run = 0, c = 0; run < distances.length; run++) {
    const zigzag = distances[run]!;
    const distance = zigzag & 1 ? ~(zigzag >> 1) : zigzag >> 1;
    const countAndStep = runs[2 * run + 1]!;
    const step = 1 + (countAndStep & 1);
    c += runs[2 * run]!;
    for (let left = countAndStep >> 1; left > 0; left--, c += step) {
      lowercases.set(c, String.fromCodePoint(c + distance));
    }
    c += 1 - step;
  }
  return lowercases;
}
