import { wrong } from "../fields.ts";
import { width } from "./text-classes.ts";

// A file may hold a chain of steps, each of which doubles the text. The most that Unicode asks for is 18 characters for one.
const MAX_GROWTH = 100;

/**
 * A text, or a piece of one, on its way through the pipeline: what it has become, and, when the caller wants offsets, for each
 * UTF-16 unit the range of the original that it came from. The ranges follow the reference (tokenizers, `NormalizedString`),
 * also where that is surprising.
 */
export class NormalizedText {
  text: string;
  /** Range in the original of each unit of `text`, from #at on, shared by pieces; undefined when nobody asks for offsets. */
  #starts: Int32Array | undefined;
  #ends: Int32Array | undefined;
  #at: number;
  /** Where this piece begins in the original; right only when offsets are kept. */
  readonly origin: number;
  /** How long the text may become. */
  readonly #limit: number;

  private constructor(
    text: string,
    starts: Int32Array | undefined,
    ends: Int32Array | undefined,
    at: number,
    origin: number,
    limit: number,
  ) {
    this.text = text;
    this.#starts = starts;
    this.#ends = ends;
    this.#at = at;
    this.origin = origin;
    this.#limit = limit;
  }

  /** original.slice(start, end), not changed yet. */
  static of(original: string, start: number, end: number, withOffsets: boolean): NormalizedText {
    const text = original.slice(start, end);
    const limit = MAX_GROWTH * (text.length + 1000);
    if (!withOffsets) return new NormalizedText(text, undefined, undefined, 0, start, limit);
    const starts = new Int32Array(text.length);
    const ends = new Int32Array(text.length);
    for (let i = 0, units = 0; i < text.length; i += units) {
      units = width(text.codePointAt(i)!);
      starts.fill(start + i, i, i + units);
      ends.fill(start + i + units, i, i + units);
    }
    return new NormalizedText(text, starts, ends, 0, start, limit);
  }

  /** Without offsets a step may put a new text in place of the old one without saying what became of each character. */
  get hasOffsets(): boolean {
    return this.#starts !== undefined;
  }

  /** A new text to be made out of this one, for `apply`. */
  edit(): Edit {
    return new Edit(this.text, this.hasOffsets, this.#limit);
  }

  apply(edit: Edit): void {
    const old = this.text;
    this.text = edit.text();
    if (this.#starts === undefined || this.#ends === undefined || edit.sources === undefined) return;
    const starts = new Int32Array(this.text.length);
    const ends = new Int32Array(this.text.length);
    for (let i = 0, c = 0, units = 0; i < this.text.length; i += units, c++) {
      units = width(this.text.codePointAt(i)!);
      const source = Math.min(edit.sources[c]!, old.length - 1);
      starts[i] = source < 0 ? this.origin : this.#starts[this.#at + source]!;
      ends[i] = source < 0 ? this.origin : this.#ends[this.#at + source]!;
      if (units === 2) starts[i + 1] = starts[i]!;
      if (units === 2) ends[i + 1] = ends[i]!;
    }
    this.#starts = starts;
    this.#ends = ends;
    this.#at = 0;
  }

  /** Puts `before` in front; its characters come from where the first one came from. Nothing for an empty text. */
  prepend(before: string): void {
    if (this.text === "") return;
    if (this.#starts !== undefined && this.#ends !== undefined) {
      const { length } = this.text;
      const starts = new Int32Array(before.length + length).fill(this.originalStart(0), 0, before.length);
      const ends = new Int32Array(before.length + length).fill(this.originalEnd(1), 0, before.length);
      for (let i = 0; i < length; i++) {
        starts[before.length + i] = this.#starts[this.#at + i]!;
        ends[before.length + i] = this.#ends[this.#at + i]!;
      }
      this.#starts = starts;
      this.#ends = ends;
      this.#at = 0;
    }
    this.text = before + this.text;
    checkLength(this.text, this.#limit);
  }

  /** The piece text.slice(start, end). */
  slice(start: number, end: number): NormalizedText {
    const at = this.#at + start;
    const origin = this.#starts?.[at] ?? start;
    return new NormalizedText(this.text.slice(start, end), this.#starts, this.#ends, at, origin, this.#limit);
  }

  /** Where the units from `start` to `end` (exclusive, at least one) came from. Only with offsets. */
  originalStart(start: number): number {
    return this.#starts![this.#at + start]!;
  }

  originalEnd(end: number): number {
    return this.#ends![this.#at + end - 1]!;
  }
}

function checkLength(text: string, limit: number): void {
  if (text.length > limit) throw wrong("tokenizer.json: normalizer", `at most ${MAX_GROWTH} times the text`, text);
}

/** A new text written from left to right while the old one is read: each code point replaces an old one or is inserted. */
export class Edit {
  /** For each code point written, the index in the old text that it comes from; −1 is before the text. */
  readonly sources: number[] | undefined;
  readonly #old: string;
  readonly #limit: number;
  #read = 0;
  #lastInserted = false;
  #parts = "";
  #codePoints: number[] = [];

  constructor(old: string, withSources: boolean, limit: number) {
    this.#old = old;
    this.#limit = limit;
    this.sources = withSources ? [] : undefined;
  }

  /** Writes a code point in place of the next old one. */
  replace(codePoint: number): void {
    this.#write(codePoint);
    this.sources?.push(this.#read);
    this.#lastInserted = false;
    this.remove(1);
  }

  /** Writes a code point more; it belongs to the old one read last. */
  insert(codePoint: number): void {
    this.#write(codePoint);
    this.sources?.push(this.#read - 1);
    this.#lastInserted = true;
  }

  /** Reads old code points that nothing is written for. */
  remove(count: number): void {
    if (this.sources === undefined) return;
    for (; count > 0 && this.#read < this.#old.length; count--) this.#read += width(this.#old.codePointAt(this.#read)!);
  }

  /**
   * The reference's way to remove: the code point written last takes part in it, so that one that was inserted now replaces the
   * first of the removed, and before the first one written nothing is read at all.
   */
  removeIntoLast(count: number): void {
    if (this.sources === undefined || this.sources.length === 0 || count === 0) return;
    if (this.#lastInserted) this.sources[this.sources.length - 1] = this.#read;
    this.#lastInserted = false;
    this.remove(count);
  }

  text(): string {
    this.#flush();
    return this.#parts;
  }

  #write(codePoint: number): void {
    if (this.#codePoints.length >= 4096) this.#flush();
    this.#codePoints.push(codePoint);
  }

  #flush(): void {
    this.#parts += String.fromCodePoint(...this.#codePoints);
    this.#codePoints = [];
    checkLength(this.#parts, this.#limit);
  }
}
