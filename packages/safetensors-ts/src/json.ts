import { SafetensorsError } from "./errors.ts";

/** In place of a character, after the last. */
const END = -1;
const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const UPPER_E = 0x45;
const LOWER_E = 0x65;
const LOWER_U = 0x75;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** The reference refuses the 128th level of arrays and objects. */
const MAX_DEPTH = 127;
const MAX_U64 = 0xffff_ffff_ffff_ffffn;

/** What keeps a string from being its own text. */
const NOT_PLAIN = /[\\\u0000-\u001f]/;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

/**
 * Reads JSON front to back, the way the reference's parser (Rust's serde_json) does. `JSON.parse` is too lax for
 * headers: it keeps the last of two equal keys, reads 16.0 and 1e1 as integers and rounds those above 2^53, takes
 * lone surrogates, any depth, and numbers beyond float64.
 */
export class JsonScanner {
  private readonly text: string;
  private readonly where: string;
  private at = 0;
  private depth = 0;
  /** Just after an opening bracket, where no comma belongs. */
  private first = false;

  constructor(text: string, where: string) {
    this.text = text;
    this.where = where;
  }

  fail(expected: string): never {
    const got = this.at < this.text.length ? JSON.stringify(this.text.slice(this.at, this.at + 20)) : "the end";
    const message = `${this.where}: header: expected ${expected} at character ${this.at}, got ${got}`;
    throw new SafetensorsError("HEADER_JSON", message);
  }

  /** The next character that is not whitespace, as it is; "" at the end. */
  peek(): string {
    return this.nextCode() === END ? "" : this.text.charAt(this.at);
  }

  /** The start of an object: then `nextKey`, and a value after each key, until there is none. */
  beginObject(): void {
    this.begin(OPEN_BRACE, "an object");
  }

  nextKey(): string | undefined {
    if (!this.next(CLOSE_BRACE, '"," or "}"')) return undefined;
    const key = this.string();
    if (!this.take(COLON)) this.fail('":"');
    return key;
  }

  /** The start of an array: then `nextItem`, and a value each time it is true. */
  beginArray(): void {
    this.begin(OPEN_BRACKET, "an array");
  }

  nextItem(): boolean {
    return this.next(CLOSE_BRACKET, '"," or "]"');
  }

  string(): string {
    if (!this.take(QUOTE)) this.fail("a string");
    const end = this.text.indexOf('"', this.at);
    const plain = this.text.slice(this.at, end);
    if (end < 0 || NOT_PLAIN.test(plain)) return this.escapedString();
    this.at = end + 1;
    return plain;
  }

  /** What a sticky pattern finds at this very place, which is then read. */
  match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return undefined;
    this.at = pattern.lastIndex;
    return found;
  }

  /** An unsigned 64-bit integer: a bigint where a number would not be exact. */
  integer(): number | bigint {
    let code = this.nextCode();
    const start = this.at;
    let value = 0;
    for (; code >= ZERO && code <= NINE; code = this.codeAt(++this.at)) value = value * 10 + code - ZERO;
    const digits = this.at - start;
    const fraction = code === DOT || code === LOWER_E || code === UPPER_E;
    if (!fraction && (digits === 1 || (digits > 0 && this.codeAt(start) !== ZERO))) {
      if (value <= Number.MAX_SAFE_INTEGER) return value;
      const exact = digits <= 20 ? BigInt(this.text.slice(start, this.at)) : MAX_U64 + 1n;
      if (exact <= MAX_U64) return exact;
    }
    this.at = start;
    this.fail("an unsigned 64-bit integer");
  }

  /** Reads `null` if it comes next. */
  takeNull(): boolean {
    if (this.peek() !== "n") return false;
    this.literal("null");
    return true;
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
    else if (next === "t") this.literal("true");
    else if (next === "f") this.literal("false");
    else if (next === "n") this.literal("null");
    else this.float();
  }

  end(): void {
    if (this.peek() !== "") this.fail("nothing but spaces after the object");
  }

  private escapedString(): string {
    let start = this.at;
    let value = "";
    for (;;) {
      const code = this.codeAt(this.at);
      if (code === QUOTE) return value + this.text.slice(start, this.at++);
      if (code === BACKSLASH) {
        value += this.text.slice(start, this.at) + this.escape();
        start = this.at;
      } else if (code >= 0x20) {
        this.at++;
      } else {
        this.fail("a closing quote, and control characters escaped"); // END comes here too
      }
    }
  }

  private float(): void {
    const start = this.at;
    if (this.codeAt(this.at) === MINUS) this.at++;
    if (!this.isDigit()) this.fail("a JSON value");
    if (this.codeAt(this.at) === ZERO) {
      this.at++; // no digit may follow
    } else {
      this.digits();
    }
    if (this.codeAt(this.at) === DOT) {
      this.at++;
      this.digits();
    }
    if (this.codeAt(this.at) === LOWER_E || this.codeAt(this.at) === UPPER_E) {
      const sign = this.codeAt(++this.at);
      if (sign === PLUS || sign === MINUS) this.at++;
      this.digits();
    }
    if (isWithinFloat64(this.text.slice(start, this.at))) return;
    this.at = start;
    this.fail("a number within float64");
  }

  private isDigit(): boolean {
    const code = this.codeAt(this.at);
    return code >= ZERO && code <= NINE;
  }

  private digits(): void {
    if (!this.isDigit()) this.fail("a digit");
    while (this.isDigit()) this.at++;
  }

  private escape(): string {
    const letter = this.text.charAt(this.at + 1);
    if (letter === "u") {
      const unit = this.hex(this.at);
      if (unit < 0xd800 || unit > 0xdfff) {
        this.at += 6;
        return String.fromCharCode(unit);
      }
      const low = unit < 0xdc00 ? this.hex(this.at + 6) : -1;
      if (low < 0xdc00 || low > 0xdfff) this.fail("a pair of surrogates");
      this.at += 12;
      return String.fromCharCode(unit, low);
    }
    const value = ESCAPES.get(letter);
    if (value === undefined) this.fail("an escape sequence");
    this.at += 2;
    return value;
  }

  /** The code unit of a `\u` and four digits at this place, or −1 where there is none. */
  private hex(at: number): number {
    if (this.codeAt(at) !== BACKSLASH || this.codeAt(at + 1) !== LOWER_U) return -1;
    const digits = this.text.slice(at + 2, at + 6);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.fail("an escape sequence");
    return Number.parseInt(digits, 16);
  }

  private literal(word: string): void {
    if (!this.text.startsWith(word, this.at)) this.fail("a JSON value");
    this.at += word.length;
  }

  private begin(code: number, kind: string): void {
    if (!this.take(code)) this.fail(kind);
    if (++this.depth > MAX_DEPTH) {
      this.at--;
      this.fail(`at most ${MAX_DEPTH} levels of nesting`);
    }
    this.first = true;
  }

  /** Whether an object or array goes on: reads the comma, or the closing bracket. */
  private next(close: number, expected: string): boolean {
    const code = this.nextCode();
    if (code === close) {
      this.at++;
      this.depth--;
    } else if (!this.first) {
      if (code !== COMMA) this.fail(expected);
      this.at++;
    }
    this.first = false;
    return code !== close;
  }

  /** Skips whitespace, then this character if it is the next. */
  private take(code: number): boolean {
    if (this.nextCode() !== code) return false;
    this.at++;
    return true;
  }

  /** Skips JSON's four whitespace characters (a NUL, a BOM or U+00A0 is none) and looks at what follows. */
  private nextCode(): number {
    for (;;) {
      const code = this.codeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return code;
      this.at++;
    }
  }

  private codeAt(at: number): number {
    return at < this.text.length ? this.text.charCodeAt(at) : END;
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
