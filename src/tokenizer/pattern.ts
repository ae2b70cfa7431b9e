import { SiskinError } from "../errors.ts";
import { type Fields, field, object, place, show, string, wrong } from "../fields.ts";
import type { NormalizedText } from "./normalized-text.ts";
import type { Normalizer } from "./pipeline.ts";
import { isWhiteSpace, width } from "./text-classes.ts";

/** The end of the pattern's longest match that begins at `index`, or `index` itself when there is none. Never backtracks. */
export type Match = (text: string, index: number) => number;

const MAX_PATTERN = 256; // characters: a match is tried at each place of the text

export interface Pattern {
  readonly match: Match;
  /** The regular expression, where it is one. */
  readonly regex: string | undefined;
}

/** `{"String": "…"}` or `{"Regex": "…"}`. */
export function parsePattern(fields: Fields, key: string): Pattern {
  const pattern = object(fields, key);
  if (field(pattern, "Regex") !== undefined) {
    const regex = string(pattern, "Regex");
    return { match: parseRegex(regex, place(pattern, "Regex")), regex };
  }
  const literal = string(pattern, "String");
  if (literal === "" || literal.length > MAX_PATTERN) {
    throw wrong(place(pattern, "String"), `from 1 to ${MAX_PATTERN} characters`, literal);
  }
  return { match: (text, i) => (text.startsWith(literal, i) ? i + literal.length : i), regex: undefined };
}

/** Writes a string in place of each match of a pattern. */
export class Replace implements Normalizer {
  readonly pattern: Pattern;
  readonly content: string;

  constructor(pattern: Pattern, content: string) {
    this.pattern = pattern;
    this.content = content;
  }

  normalize(text: NormalizedText): void {
    replaceAll(text, this.pattern.match, this.content);
  }
}

/** Writes `content` in place of each match. */
export function replaceAll(input: NormalizedText, match: Match, content: string): void {
  const { text } = input;
  if (nextMatch(text, match, 0) === text.length) return;
  const edit = input.edit();
  const inserted = Array.from(content, (c) => c.codePointAt(0)!);
  for (let i = 0; i < text.length; ) {
    const end = match(text, i);
    if (end === i) {
      const codePoint = text.codePointAt(i)!;
      edit.replace(codePoint);
      i += width(codePoint);
      continue;
    }
    edit.remove(countCodePoints(text, i, end));
    for (const codePoint of inserted) edit.insert(codePoint);
    i = end;
  }
  input.apply(edit);
}

/** Where the first match from `from` on begins; the text's length when there is none. */
export function nextMatch(text: string, match: Match, from: number): number {
  while (from < text.length && match(text, from) === from) from += width(text.codePointAt(from)!);
  return from;
}

function countCodePoints(text: string, start: number, end: number): number {
  let count = 0;
  for (let i = start; i < end; count++) i += width(text.codePointAt(i)!);
  return count;
}

/** One step of a pattern: a class of characters, repeated. */
interface Term {
  readonly contains: Contains;
  readonly min: number;
  readonly max: number;
}

type Contains = (codePoint: number) => boolean;

/** A pattern being read. */
interface Reader {
  readonly source: string;
  readonly where: string;
  at: number;
}

/**
 * A matcher for the regular expressions that tokenizers use in normalizers: characters, \s, \S, dots and [classes], the last
 * one possibly repeated. The regular expression of a stranger may take time exponential in the text, so nothing else is
 * accepted: no alternative, no group, and no repetition before another term, for it would need to look back.
 */
function parseRegex(source: string, where: string): Match {
  const reader: Reader = { source, where, at: 0 };
  const terms: Term[] = [];
  while (reader.at < source.length) terms.push(readTerm(reader));
  const mayBeEmpty = terms.every(({ min }) => min === 0);
  const mayLookBack = terms.slice(0, -1).some(({ min, max }) => min !== max);
  if (mayBeEmpty || mayLookBack || source.length > MAX_PATTERN) throw unsupported(reader);
  return (text, index) => {
    let i = index;
    for (const { contains, min, max } of terms) {
      let count = 0;
      for (; count < max && i < text.length; count++) {
        const codePoint = text.codePointAt(i)!;
        if (!contains(codePoint)) break;
        i += width(codePoint);
      }
      if (count < min) return index;
    }
    return i;
  };
}

function readTerm(reader: Reader): Term {
  const contains = readClass(reader);
  const rest = reader.source.slice(reader.at);
  const [quantifier, low, comma, high] = /^(?:[*+?]|\{(\d*)(,?)(\d*)\})/.exec(rest) ?? [""];
  reader.at += quantifier.length;
  if (quantifier === "") return { contains, min: 1, max: 1 };
  if (/^[*+?{]/.test(rest.slice(quantifier.length))) throw unsupported(reader); // lazy, possessive or doubly repeated
  if (quantifier === "*") return { contains, min: 0, max: Number.POSITIVE_INFINITY };
  if (quantifier === "+") return { contains, min: 1, max: Number.POSITIVE_INFINITY };
  if (quantifier === "?") return { contains, min: 0, max: 1 };
  const min = Number(low || 0);
  const max = comma ? Number(high || Number.POSITIVE_INFINITY) : min;
  if ((!low && !high) || max < min || min > MAX_PATTERN) throw unsupported(reader);
  return { contains, min, max };
}

function readClass(reader: Reader): Contains {
  const { source } = reader;
  const c = source[reader.at]!;
  if (c === "[") return readBracket(reader);
  if (c === ".") {
    reader.at++;
    return (codePoint) => codePoint !== 0x0a;
  }
  if ("()|^$*+?{".includes(c)) throw unsupported(reader);
  const atom = readAtom(reader);
  return typeof atom === "number" ? (codePoint) => codePoint === atom : atom;
}

/** [abc], [a-z], [^…]; neither nested nor with && or [:names:]. */
function readBracket(reader: Reader): Contains {
  const { source } = reader;
  const negated = source[++reader.at] === "^";
  if (negated) reader.at++;
  const members: Contains[] = [];
  while (source[reader.at] !== "]") {
    if (reader.at >= source.length || source[reader.at] === "[" || source.startsWith("&&", reader.at))
      throw unsupported(reader);
    const low = readAtom(reader);
    if (typeof low !== "number") {
      members.push(low);
      continue;
    }
    let high: number | Contains = low;
    if (source[reader.at] === "-" && source[reader.at + 1] !== "]") {
      reader.at++;
      high = readAtom(reader);
    }
    if (typeof high !== "number" || high < low) throw unsupported(reader);
    const last = high;
    members.push((codePoint) => codePoint >= low && codePoint <= last);
  }
  if (members.length === 0) throw unsupported(reader);
  reader.at++;
  return (codePoint) => members.some((contains) => contains(codePoint)) !== negated;
}

const ESCAPES: Readonly<Record<string, number>> = { t: 0x09, n: 0x0a, v: 0x0b, f: 0x0c, r: 0x0d };

/** One character, or the class that an escape stands for. */
function readAtom(reader: Reader): number | Contains {
  const { source } = reader;
  if (source[reader.at] === "\\") {
    reader.at++;
    const escaped = source[reader.at] ?? "";
    if (escaped === "s" || escaped === "S") {
      reader.at++;
      return escaped === "s" ? isWhiteSpace : (codePoint) => !isWhiteSpace(codePoint);
    }
    if (Object.hasOwn(ESCAPES, escaped)) {
      reader.at++;
      return ESCAPES[escaped]!;
    }
    if (!/^[!-/:-@[-`{-~ ]/.test(escaped)) throw unsupported(reader);
  }
  const codePoint = source.codePointAt(reader.at);
  if (codePoint === undefined) throw unsupported(reader);
  reader.at += width(codePoint);
  return codePoint;
}

function unsupported({ source, where }: Reader): SiskinError {
  const expected = `expected characters and classes, the last one possibly repeated, at most ${MAX_PATTERN} long`;
  return new SiskinError(
    "UNKNOWN_COMPONENT",
    `${where}: unsupported regular expression, ${expected}, got ${show(source)}`,
  );
}
