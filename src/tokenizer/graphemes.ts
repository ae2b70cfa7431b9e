/**
 * Extended grapheme clusters: UAX #29, rules GB3 to GB13, with the tables of Unicode 17 whatever the runtime has.
 */
import { GRAPHEME_SHIFT, properties } from "./tables/unicode.ts";
import { width } from "./text-classes.ts";

// The numbers up to T are those of fixtures/grapheme_classes.py.
// 0 is any other.
const CONTROL = 1;
const EXTEND = 2; // also Extend of Indic_Conjunct_Break
const LINKER = 3; // Extend, and Linker of Indic_Conjunct_Break
const EXTEND_ONLY = 4; // Extend, and none of Indic_Conjunct_Break
const ZWJ = 5;
const SPACING_MARK = 6;
const PREPEND = 7;
const CONSONANT = 8;
const PICTOGRAPHIC = 9;
const REGIONAL_INDICATOR = 10;
const L = 11;
const V = 12;
const T = 13;
const LV = 14;
const LVT = 15;
const CR = 16;
const LF = 17;

/** The end of the grapheme cluster that begins at `start`, which is less than `end`; text.slice(start, end) is the whole text. */
export function graphemeEnd(text: string, start: number, end: number): number {
  let codePoint = text.codePointAt(start)!;
  let previous = classOf(codePoint);
  let i = start + width(codePoint);
  // GB9c: 1 after a consonant and extenders, 2 when a linker is among them. GB11: emoji is 1 after a pictographic and extenders,
  // 2 when ZWJ follows. GB12: only the first two regional indicators of a cluster join.
  let conjunct = previous === CONSONANT ? 1 : 0;
  let emoji = previous === PICTOGRAPHIC ? 1 : 0;
  let indicators = previous === REGIONAL_INDICATOR ? 1 : 0;
  for (; i < end; i += width(codePoint)) {
    codePoint = text.codePointAt(i)!;
    const next = classOf(codePoint);
    const joins =
      joinsPair(previous, next) ||
      (conjunct === 2 && next === CONSONANT) ||
      (emoji === 2 && next === PICTOGRAPHIC) ||
      (indicators === 1 && previous === REGIONAL_INDICATOR && next === REGIONAL_INDICATOR);
    if (!joins) return i;
    if (next === CONSONANT) conjunct = 1;
    else if (next === LINKER) conjunct = conjunct === 0 ? 0 : 2;
    else if (next !== EXTEND && next !== ZWJ) conjunct = 0;
    if (next === PICTOGRAPHIC) emoji = 1;
    else if (next === ZWJ) emoji = emoji === 1 ? 2 : 0;
    else if (emoji !== 1 || (next !== EXTEND && next !== LINKER && next !== EXTEND_ONLY)) emoji = 0;
    if (next === REGIONAL_INDICATOR) indicators++;
    previous = next;
  }
  return end;
}

/** Whether two code points join by themselves: GB3 to GB9b. */
function joinsPair(before: number, after: number): boolean {
  if (before === CR) return after === LF;
  if (before === CONTROL || before === LF || after === CONTROL || after === CR || after === LF) return false;
  if (after >= EXTEND && after <= SPACING_MARK) return true;
  if (before === L) return after === L || after === V || after === LV || after === LVT;
  if (before === LV || before === V) return after === V || after === T;
  if (before === LVT || before === T) return after === T;
  return before === PREPEND;
}

function classOf(codePoint: number): number {
  if (codePoint < 0x20) return codePoint === 0x0d ? CR : codePoint === 0x0a ? LF : CONTROL;
  if (codePoint >= 0xac00 && codePoint < 0xd7a4) return (codePoint - 0xac00) % 28 === 0 ? LV : LVT;
  return properties(codePoint) >> GRAPHEME_SHIFT;
}

/** Whether the code point joins whatever is before it, but for controls; a vowel or trailing consonant of Hangul is counted too. */
export function mayJoinPrevious(codePoint: number): boolean {
  const c = classOf(codePoint);
  return (c >= EXTEND && c <= SPACING_MARK) || c === V || c === T;
}

/** Whether the code point joins a linker or ZWJ, after which another of its kind stands, before it. */
export function mayJoinJoiner(codePoint: number): boolean {
  const c = classOf(codePoint);
  return c === CONSONANT || c === PICTOGRAPHIC;
}

/** Whether the code point makes some that do not join by themselves join after it. */
export function mayJoinNext(codePoint: number): boolean {
  const c = classOf(codePoint);
  return c === PREPEND || c === L || c === CR || c === REGIONAL_INDICATOR;
}
