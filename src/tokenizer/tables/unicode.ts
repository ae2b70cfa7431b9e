/**
 * What the reference tokenizer knows about a code point. The tables come from it and not from the runtime, whose Unicode version
 * differs from one engine to the next.
 */
import { decodeNumbers } from "./numbers.ts";
import * as data from "./unicode-data.ts";

/** Bits of properties(c). */
export const WHITE_SPACE = 1;
export const PUNCTUATION = 2;
/** Removed by clean_text: control, format and private use, U+0000 and U+FFFD. */
export const CONTROL = 4;
/** Removed by BertNormalizer's strip_accents. */
export const NONSPACING_MARK = 8;
/** Removed by StripAccents. */
export const MARK = 16;
/** A normalization form may change, move or compose it. */
export const NORMALIZING = 32;
/** Has a canonical combining class other than 0: its place among its neighbours may change in a normalized text. */
export const NONSTARTER = 64;
/** Has a lowercase. */
export const UPPERCASE = 128;

const TABLE_END = 0x20000; // planes 0 and 1, where nearly everything is

interface Tables {
  /** Properties of the code points below TABLE_END, and of ranges from there on. */
  readonly near: Uint8Array;
  readonly beyond: { from: number; to: number; bit: number }[];
  readonly combiningClasses: Map<number, number>;
  readonly lowercases: Map<number, string>;
}

let tables: Tables | undefined; // decoded when first asked for: compiled tokenizers hardly ever do

export function properties(c: number): number {
  const { near, beyond } = (tables ??= decodeTables());
  if (c < TABLE_END) return near[c]!;
  let bits = 0;
  for (const range of beyond) if (c >= range.from && c < range.to) bits |= range.bit;
  return bits;
}

/** The canonical combining class. */
export function combiningClass(c: number): number {
  return properties(c) & NONSTARTER ? tables!.combiningClasses.get(c)! : 0;
}

/** The lowercase of a code point by itself, so without the final sigma; undefined when it has none. */
export function lowercase(c: number): string | undefined {
  return properties(c) & UPPERCASE ? tables!.lowercases.get(c) : undefined;
}

function decodeTables(): Tables {
  const made: Tables = {
    near: new Uint8Array(TABLE_END),
    beyond: [],
    combiningClasses: new Map(),
    lowercases: new Map(),
  };
  markSet(made, WHITE_SPACE, data.WHITE_SPACE);
  markSet(made, PUNCTUATION, data.PUNCTUATION);
  markSet(made, CONTROL, data.CONTROL);
  markSet(made, NONSPACING_MARK, data.NONSPACING_MARK);
  markSet(made, MARK, data.MARK);
  markSet(made, NORMALIZING, data.NORMALIZING);
  readCombiningClasses(made);
  readLowercases(made);
  return made;
}

function mark({ near, beyond }: Tables, bit: number, from: number, to: number): void {
  for (let c = from; c < Math.min(to, TABLE_END); c++) near[c]! |= bit;
  if (to > TABLE_END) beyond.push({ from, to, bit });
}

function markSet(made: Tables, bit: number, encoded: string): void {
  const numbers = decodeNumbers(encoded);
  for (let i = 0, c = 0; i < numbers.length; i += 2) {
    const from = c + numbers[i]!;
    c = from + numbers[i + 1]!;
    mark(made, bit, from, c);
  }
}

function readCombiningClasses(made: Tables): void {
  const numbers = decodeNumbers(data.COMBINING_CLASS);
  for (let i = 0, c = 0; i < numbers.length; i += 3) {
    const from = c + numbers[i]!;
    c = from + numbers[i + 1]!;
    mark(made, NONSTARTER, from, c);
    for (let k = from; k < c; k++) made.combiningClasses.set(k, numbers[i + 2]!);
  }
}

function readLowercases(made: Tables): void {
  const { lowercases } = made;
  const numbers = decodeNumbers(data.LOWERCASE);
  for (let i = 0, c = 0; i < numbers.length; i += 4) {
    const [step, shift] = [numbers[i + 2]!, numbers[i + 3]!];
    const added = shift % 2 === 0 ? shift / 2 : -(shift + 1) / 2;
    c += numbers[i]!;
    for (const end = c + numbers[i + 1]! * step; c < end; c += step) {
      lowercases.set(c, String.fromCodePoint(c + added));
    }
    c += 1 - step;
  }
  lowercases.set(0x130, "i\u0307");
  for (const c of lowercases.keys()) mark(made, UPPERCASE, c, c + 1);
}
