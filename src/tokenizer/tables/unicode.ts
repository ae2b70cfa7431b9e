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
const table = new Uint8Array(TABLE_END);
const beyond: { from: number; to: number; bit: number }[] = [];
const combiningClasses = new Map<number, number>();
const lowercases = new Map<number, string>();

markSet(WHITE_SPACE, data.WHITE_SPACE);
markSet(PUNCTUATION, data.PUNCTUATION);
markSet(CONTROL, data.CONTROL);
markSet(NONSPACING_MARK, data.NONSPACING_MARK);
markSet(MARK, data.MARK);
markSet(NORMALIZING, data.NORMALIZING);
readCombiningClasses();
readLowercases();

export function properties(c: number): number {
  if (c < TABLE_END) return table[c]!;
  let bits = 0;
  for (const range of beyond) if (c >= range.from && c < range.to) bits |= range.bit;
  return bits;
}

/** The canonical combining class. */
export function combiningClass(c: number): number {
  return properties(c) & NONSTARTER ? combiningClasses.get(c)! : 0;
}

/** The lowercase of a code point by itself, so without the final sigma; undefined when it has none. */
export function lowercase(c: number): string | undefined {
  return properties(c) & UPPERCASE ? lowercases.get(c) : undefined;
}

function mark(bit: number, from: number, to: number): void {
  for (let c = from; c < Math.min(to, TABLE_END); c++) table[c]! |= bit;
  if (to > TABLE_END) beyond.push({ from, to, bit });
}

function markSet(bit: number, encoded: string): void {
  const numbers = decodeNumbers(encoded);
  for (let i = 0, c = 0; i < numbers.length; i += 2) {
    const from = c + numbers[i]!;
    c = from + numbers[i + 1]!;
    mark(bit, from, c);
  }
}

function readCombiningClasses(): void {
  const numbers = decodeNumbers(data.COMBINING_CLASS);
  for (let i = 0, c = 0; i < numbers.length; i += 3) {
    const from = c + numbers[i]!;
    c = from + numbers[i + 1]!;
    mark(NONSTARTER, from, c);
    for (let k = from; k < c; k++) combiningClasses.set(k, numbers[i + 2]!);
  }
}

function readLowercases(): void {
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
  for (const c of lowercases.keys()) mark(UPPERCASE, c, c + 1);
}
