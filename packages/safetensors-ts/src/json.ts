import { SafetensorsError } from "./errors.ts";

/** In place of a character, after the last. */
const END = -1;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** The reference refuses the 128th level of arrays and objects. */
const MAX_DEPTH = 127;
const MAX_U64 = 0xffff_ffff_ffff_ffffn;

/** What keeps a string from being its own text, and what its text ends at. */
const NOT_PLAIN = /[\\\u0000-\u001f]/;
const NOT_TEXT = /["\\\u0000-\u001f]/g;
const UNIT = /^\\u[\dA-Fa-f]{4}/;

// For `match`. A surrogate alone is no escape.
const ESCAPE =
  /\\(?:["\\/bfnrt]|u(?![Dd][89A-Fa-f])[\dA-Fa-f]{4}|u[Dd][89ABab][\dA-Fa-f]{2}\\u[Dd][C-Fc-f][\dA-Fa-f]{2})/y;
const INTEGER = /(?:0|[1-9]\d{0,19})(?![\d.eE])/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const NO_DIGIT = /(?:\.|[eE][+-]?)(?!\d)/y;
const NULL = /null/y;
const LITERAL = /true|false|null/y;

/**
 * Reads JSON front to back, the way the reference's parser (Rust's serde_json) does. `JSON.parse` is too lax for
 * headers: it keeps the last of two equal keys, reads 16.0 and 1e1 as integers and rounds those above 2^53, takes
 * lone surrogates, any depth, and numbers beyond float64.
 */
export class JsonScanner {
  readonly #text: string;
  readonly #where: string;
  #at = 0;
  #depth = 0;
  /** Just after an opening bracket, where no comma belongs. */
  #first = false;

  constructor(text: string, where: string) {
    this.#text = text;
    this.#where = where;
  }

  fail(expected: string): never {
    const got = this.#at < this.#text.length ? JSON.stringify(this.#text.slice(this.#at, this.#at + 20)) : "the end";
    const message = `${this.#where}: header: expected ${expected} at character ${this.#at}, got ${got}`;
    throw new SafetensorsError("HEADER_JSON", message);
  }

  /** The next character that is not whitespace, as it is; "" at the end. */
  peek(): string {
    return this.#nextCode() === END ? "" : this.#text.charAt(this.#at);
  }

  /** The start of an object: then `nextKey`, and a value after each key, until there is none. */
  beginObject(): void {
    this.#begin(OPEN_BRACE, "an object");
  }

  nextKey(): string | undefined {
    if (!this.#next(CLOSE_BRACE, '"," or "}"')) return undefined;
    const key = this.string();
    if (!this.#take(COLON)) this.fail('":"');
    return key;
  }

  /** The start of an array: then `nextItem`, and a value each time it is true. */
  beginArray(): void {
    this.#begin(OPEN_BRACKET, "an array");
  }

  nextItem(): boolean {
    return this.#next(CLOSE_BRACKET, '"," or "]"');
  }

  string(): string {
    if (!this.#take(QUOTE)) this.fail("a string");
    const end = this.#text.indexOf('"', this.#at);
    const plain = this.#text.slice(this.#at, end);
    if (end < 0 || NOT_PLAIN.test(plain)) return this.#escapedString();
    this.#at = end + 1;
    return plain;
  }

  /** What a sticky pattern finds at this very place, which is then read. */
  match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return undefined;
    this.#at = pattern.lastIndex;
    return found;
  }

  /** An unsigned 64-bit integer: a bigint where a number would not be exact. */
  integer(): number | bigint {
    this.#nextCode();
    const start = this.#at;
    const digits = this.match(INTEGER)?.[0];
    if (digits !== undefined) {
      const value = Number(digits);
      if (value <= Number.MAX_SAFE_INTEGER) return value;
      const exact = BigInt(digits);
      if (exact <= MAX_U64) return exact;
    }
    this.#at = start;
    this.fail("an unsigned 64-bit integer");
  }

  /** Reads `null` if it comes next. */
  takeNull(): boolean {
    this.#nextCode();
    return this.match(NULL) !== undefined;
  }

  /** Reads any value and forgets it. */
  skip(): void {
    const next = this.peek();
    if (next === "{") {
      this.beginObject();
      while (this.nextKey() !== undefined) this.skip();
    } else if (next === "[") {
      this.beginArray();
      while (this.nextItem()) this.skip();
    } else if (next === '"') this.string();
    else if (this.match(LITERAL) === undefined) this.#float();
  }

  end(): void {
    if (this.peek() !== "") this.fail("nothing but spaces after the object");
  }

  #escapedString(): string {
    const start = this.#at - 1;
    for (;;) {
      NOT_TEXT.lastIndex = this.#at;
      this.#at = NOT_TEXT.exec(this.#text)?.index ?? this.#text.length;
      const code = this.#codeAt(this.#at);
      if (code === QUOTE) return JSON.parse(this.#text.slice(start, ++this.#at));
      if (code !== BACKSLASH) this.fail("a closing quote, and control characters escaped");
      if (this.match(ESCAPE) === undefined)
        this.fail(UNIT.test(this.#text.slice(this.#at, this.#at + 6)) ? "a pair of surrogates" : "an escape sequence");
    }
  }

  #float(): void {
    const start = this.#at;
    const number = this.match(NUMBER)?.[0];
    if (number === undefined) this.fail("a JSON value");
    if (this.match(NO_DIGIT) !== undefined) this.fail("a digit");
    if (isWithinFloat64(number)) return;
    this.#at = start;
    this.fail("a number within float64");
  }

  #begin(code: number, kind: string): void {
    if (!this.#take(code)) this.fail(kind);
    if (++this.#depth > MAX_DEPTH) {
      this.#at--;
      this.fail(`at most ${MAX_DEPTH} levels of nesting`);
    }
    this.#first = true;
  }

  /** Whether an object or array goes on: reads the comma, or the closing bracket. */
  #next(close: number, expected: string): boolean {
    const code = this.#nextCode();
    if (code === close) {
      this.#at++;
      this.#depth--;
    } else if (!this.#first) {
      if (code !== COMMA) this.fail(expected);
      this.#at++;
    }
    this.#first = false;
    return code !== close;
  }

  /** Skips whitespace, then this character if it is the next. */
  #take(code: number): boolean {
    if (this.#nextCode() !== code) return false;
    this.#at++;
    return true;
  }

  /** Skips JSON's four whitespace characters (a NUL, a BOM or U+00A0 is none) and looks at what follows. */
  #nextCode(): number {
    for (;;) {
      const code = this.#codeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return code;
      this.#at++;
    }
  }

  #codeAt(at: number): number {
    return at < this.#text.length ? this.#text.charCodeAt(at) : END;
  }
}

/**
 * Whether the reference's parser takes this number. It multiplies the first 19 or 20 digits by a power of ten, which
 * overflows a little below float64's limit: at 1.7976931348623158e308, as C headers write DBL_MAX.
 */
function isWithinFloat64(number: string): boolean {
  if (Math.abs(Number(number)) < 1e308) return true;
  const [mantissa = "", power = "0"] = number.replace("-", "").toLowerCase().split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  let significand = 0n;
  let exponent = Number(power);
  const append = (digit: string): boolean => {
    const longer = significand * 10n + BigInt(digit);
    if (longer > MAX_U64) return false;
    significand = longer;
    return true;
  };
  for (let i = 0; i < whole.length; i++) {
    if (append(whole.charAt(i))) continue;
    exponent += whole.length - i; // the digits left out
    break;
  }
  for (let i = 0; i < fraction.length && append(fraction.charAt(i)); i++) exponent--;
  return exponent < 0 || Number(significand) * Number(`1e${exponent}`) < Number.POSITIVE_INFINITY;
}
