/**
 * The Unicode normalization forms as the reference computes them: by Unicode 9. Of a character that is older, no later version
 * may change the normalization, so String.prototype.normalize serves; characters that Unicode 9 lacks, and that a runtime's newer
 * tables may know, are left out of its reach.
 */
import type { NormalizedText } from "./normalized-text.ts";
import type { Normalizer } from "./pipeline.ts";
import { combiningClass, takesPartInNormalization } from "./tables/normalization.ts";
import { width } from "./text-classes.ts";

export type UnicodeForm = "NFC" | "NFD" | "NFKC" | "NFKD";

export function unicodeForm(form: UnicodeForm): Normalizer {
  return {
    normalize(text) {
      if (text.hasOffsets) normalizeWithOffsets(text, form);
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
    if (takesPartInNormalization(codePoint)) continue;
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
  readonly combiningClass: number;
}

function normalizeWithOffsets(input: NormalizedText, form: UnicodeForm): void {
  const decomposed = decompose(input.text, form === "NFC" || form === "NFD" ? "NFD" : "NFKD");
  const edit = input.edit();
  for (const { codePoint, change } of form === "NFC" || form === "NFKC" ? compose(decomposed) : decomposed) {
    if (change > 0) edit.insert(codePoint);
    else edit.replace(codePoint);
    if (change < 0) edit.remove(-change);
  }
  input.apply(edit);
}

/** The full decomposition in canonical order. */
function decompose(text: string, form: "NFD" | "NFKD"): Decomposed[] {
  const all: Decomposed[] = [];
  let starter = 0; // where the run of non-starters at the end of `all` begins
  for (let i = 0, units = 0; i < text.length; i += units) {
    const codePoint = text.codePointAt(i)!;
    units = width(codePoint);
    let change = 0;
    for (const c of normalizeForm(String.fromCodePoint(codePoint), form)) {
      const part = { codePoint: c.codePointAt(0)!, change, combiningClass: combiningClass(c.codePointAt(0)!) };
      change = 1;
      if (part.combiningClass === 0) {
        sortTail(all, starter);
        starter = all.length + 1;
      }
      all.push(part);
    }
  }
  sortTail(all, starter);
  return all;
}

/** Sorts all[start …] by combining class, keeping the order within one. */
function sortTail(all: Decomposed[], start: number): void {
  if (all.length - start < 2) return;
  const tail = all.slice(start).sort((a, b) => a.combiningClass - b.combiningClass);
  for (const [i, part] of tail.entries()) all[start + i] = part;
}

/** Canonical composition: each starter takes in the marks after it that no other mark of their class separates from it. */
function compose(decomposed: readonly Decomposed[]): Decomposed[] {
  const composed: Decomposed[] = [];
  let starter = -1; // index in `composed`
  let lastClass = -1; // of the marks kept after the starter; −1 when it is the last
  for (const part of decomposed) {
    const before = composed[starter];
    const blocked = lastClass !== -1 && lastClass >= part.combiningClass;
    const pair = before === undefined || blocked ? undefined : composePair(before.codePoint, part.codePoint);
    if (before !== undefined && pair !== undefined) {
      composed[starter] = { codePoint: pair, change: before.change + part.change - 1, combiningClass: 0 };
      continue;
    }
    if (part.combiningClass === 0) starter = composed.length;
    lastClass = part.combiningClass === 0 ? -1 : part.combiningClass;
    composed.push(part);
  }
  return composed;
}

function composePair(first: number, second: number): number | undefined {
  if (!takesPartInNormalization(first) || !takesPartInNormalization(second)) return undefined;
  const pair = String.fromCodePoint(first, second).normalize("NFC");
  const codePoint = pair.codePointAt(0)!;
  return pair.length === width(codePoint) ? codePoint : undefined;
}
