/**
 * The Unicode normalization forms as the reference computes them: by Unicode 9. Of a character that is older, no later version
 * may change the normalization, so String.prototype.normalize serves; characters that Unicode 9 lacks, and that a runtime's newer
 * tables may know, are left out of its reach.
 */
import type { NormalizedText } from "./normalized-text.ts";
import type { Normalizer } from "./pipeline.ts";
import { combiningOrder, NORMALIZING, properties } from "./tables/unicode.ts";
import { width } from "./text-classes.ts";

export type UnicodeForm = "NFC" | "NFD" | "NFKC" | "NFKD";

export function unicodeForm(form: UnicodeForm): Normalizer {
  return {
    normalize(text) {
      if (text.hasOffsets) normalizeByCharacter(text, form);
      else text.text = normalizeForm(text.text, form);
    },
  };
}

/** The text in the form, stretch by stretch between characters that have no part in it. */
function normalizeForm(text: string, form: UnicodeForm): string {
  let normalized = "";
  let start = 0; // of the stretch
  for (let i = 0, units = 0; i < text.length; i += units) {
    const codePoint = text.codePointAt(i)!;
    units = width(codePoint);
    if (takesPart(codePoint)) continue;
    normalized += text.slice(start, i).normalize(form) + text.slice(i, i + units);
    start = i + units;
  }
  return normalized + text.slice(start).normalize(form);
}

/** A character of a decomposition; the first one replaces the character it comes from, the others are inserted after it. */
interface Decomposed {
  readonly codePoint: number;
  /** 0 replaces, 1 is inserted; −n replaces and removes n more, as composition adds up. */
  readonly change: number;
  /** Of the combining class. */
  readonly order: number;
}

/**
 * The form, made a character at a time: it knows what became of each, and String.prototype.normalize takes minutes to put a
 * million marks in order.
 */
export function normalizeByCharacter(input: NormalizedText, form: UnicodeForm): void {
  const edit = input.edit();
  const write = ({ codePoint, change }: Decomposed): void => {
    if (change > 0) edit.insert(codePoint);
    else edit.replace(codePoint);
    if (change < 0) edit.remove(-change);
  };
  if (form === "NFD" || form === "NFKD") {
    decompose(input.text, form, write);
  } else {
    const decomposed: Decomposed[] = [];
    decompose(input.text, form === "NFC" ? "NFD" : "NFKD", (part) => decomposed.push(part));
    compose(decomposed).forEach(write);
  }
  input.apply(edit);
}

/** Writes the full decomposition in canonical order. */
function decompose(text: string, form: "NFD" | "NFKD", write: (part: Decomposed) => void): void {
  let marks: Decomposed[] = []; // since the last starter
  const flush = (): void => {
    marks.sort((a, b) => a.order - b.order).forEach(write); // stable: canonical ordering
    marks = [];
  };
  for (let i = 0, units = 0; i < text.length; i += units) {
    const codePoint = text.codePointAt(i)!;
    units = width(codePoint);
    const character = text.slice(i, i + units);
    const parts = codePoint >= 0xa0 && takesPart(codePoint) ? character.normalize(form) : character;
    for (let k = 0, c = 0; k < parts.length; k += width(c)) {
      c = parts.codePointAt(k)!;
      const part = { codePoint: c, change: k === 0 ? 0 : 1, order: combiningOrder(c) };
      if (part.order > 0) {
        marks.push(part);
      } else {
        flush();
        write(part);
      }
    }
  }
  flush();
}

/** Canonical composition: each starter takes in the marks after it that no other mark of their class separates from it. */
function compose(decomposed: readonly Decomposed[]): Decomposed[] {
  const composed: Decomposed[] = [];
  let starter = -1; // index in `composed`
  let lastOrder = -1; // of the marks kept after the starter; −1 when it is the last
  for (const part of decomposed) {
    const before = composed[starter];
    const blocked = lastOrder !== -1 && lastOrder >= part.order;
    const pair = before === undefined || blocked ? undefined : composePair(before.codePoint, part.codePoint);
    if (before !== undefined && pair !== undefined) {
      composed[starter] = { codePoint: pair, change: before.change + part.change - 1, order: 0 };
      continue;
    }
    if (part.order === 0) starter = composed.length;
    lastOrder = part.order === 0 ? -1 : part.order;
    composed.push(part);
  }
  return composed;
}

function composePair(first: number, second: number): number | undefined {
  if (!takesPart(first) || !takesPart(second)) return undefined;
  const pair = String.fromCodePoint(first, second).normalize("NFC");
  const codePoint = pair.codePointAt(0)!;
  return pair.length === width(codePoint) ? codePoint : undefined;
}

function takesPart(codePoint: number): boolean {
  return (properties(codePoint) & NORMALIZING) !== 0;
}
