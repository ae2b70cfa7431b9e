import { bitsPerElement, dtypes } from "safetensors-ts";

/** Seeded random numbers (mulberry32), with the choices that the generator makes of them. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed;
  }

  /** From 0 to below n. */
  below(n: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  }

  chance(probability: number): boolean {
    return this.below(1000) < probability * 1000;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  shuffle<T>(list: readonly T[]): T[] {
    const left = [...list];
    return list.map(() => left.splice(this.below(left.length), 1)[0]!);
  }
}

/** Numbers in every form that parsers tell apart. */
const NUMBERS = [
  "0",
  "1",
  "2",
  "4",
  "8",
  "16",
  "16.0",
  "1e1",
  "1E0",
  "-0",
  "-1",
  "0.5",
  "01",
  "+1",
  "1.",
  ".5",
  "1e",
  "1e+",
  "0e0",
  "1e-2",
  "1e308",
  "1.7976931348623157e308",
  "1.7976931348623158e308",
  "1e309",
  "-1e309",
  "1e-999",
  "0e999",
  "0x1",
  "9007199254740991",
  "9007199254740992",
  "9007199254740993",
  "18446744073709551615",
  "18446744073709551616",
  "4294967296",
  "2305843009213693952",
  "99999999999999999999",
  "123456789012345678901234567890",
  "NaN",
  "Infinity",
];
const STRINGS = [
  '""',
  '"a"',
  '"dtype"',
  '"shape"',
  '"data_offsets"',
  '"__metadata__"',
  '"__proto__"',
  '"constructor"',
  '"é"',
  '"😀"',
  '"\\u0061"',
  '"\\ud83d\\ude00"',
  '"\\ud800"',
  '"\\udc00"',
  '"\\ud800\\u0041"',
  '"\\ud800x"',
  '"\\u00g0"',
  '"\\x41"',
  '"\\/\\b\\f\\n\\r\\t\\"\\\\"',
  '"\t"',
  '"\n"',
  '"\0"',
  '"\u007f"',
  '"',
  "'a'",
  "a",
];
const VALUES = [
  "null",
  "true",
  "false",
  "[]",
  "{}",
  "[1,[2,{}]]",
  '{"a":1,"a":2}',
  "nul",
  "True",
  "[1,]",
  "{1:2}",
  '{"a"}',
];
const SPACES = [" ", "\n", "\t", "\r", "  ", "\f", "\v", "\u00a0", "\ufeff", "\0", "/**/"];

const value = (random: Random): string => random.pick(random.pick([NUMBERS, STRINGS, VALUES]));

function shapeFor(random: Random, bits: number): number[] {
  const shape = Array.from({ length: random.below(4) }, () => random.pick([0, 1, 1, 2, 3, 4, 8]));
  const whole = (shape.reduce((a, b) => a * b, 1) * bits) % 8 === 0;
  return whole || random.chance(0.1) ? shape : [...shape, 8];
}

/** A tensor's description: as an object in any order, now and then with fields nobody knows, or as an array. */
function describe(random: Random, dtype: string, shape: readonly number[], begin: number, end: number): string {
  const name = random.chance(0.05) ? `{"${dtype}":null}` : `"${dtype}"`;
  const offsets = `[${begin},${end}]`;
  if (random.chance(0.07)) return `[${name},[${shape}],${offsets}]`;
  const fields = [`"dtype":${name}`, `"shape":[${shape}]`, `"data_offsets":${offsets}`];
  if (random.chance(0.1)) fields.push(`"x":${value(random)}`);
  if (random.chance(0.02)) fields.push(random.pick(fields));
  if (random.chance(0.02)) {
    const depth = 120 + random.below(10);
    fields.push(`"deep":${"[".repeat(depth)}${"]".repeat(depth)}`);
  }
  return `{${random.shuffle(fields)}}`;
}

function metadata(random: Random): string {
  if (random.chance(0.1)) return "null";
  const members = Array.from({ length: random.below(4) }, () => {
    const text = random.chance(0.03) ? value(random) : random.pick(['"v"', '""', '"é"', '"\\u0000"']);
    return `"${random.pick(["a", "b", "format", "__proto__"])}":${text}`;
  });
  return `{${members}}`;
}

/** A header that is valid but for rare accidents, and the length of its data. */
function header(random: Random): { text: string; dataLength: number } {
  const members: string[] = [];
  let at = 0;
  let dataLength = 0;
  for (let i = random.below(5); i > 0; i--) {
    const dtype = random.pick(dtypes);
    const shape = shapeFor(random, bitsPerElement(dtype));
    if (random.chance(0.02)) at = Math.max(0, at + random.pick([-4, -1, 1, 4])); // an overlap, a gap
    const end = at + Math.floor((shape.reduce((a, b) => a * b, 1) * bitsPerElement(dtype)) / 8);
    const name = random.chance(0.05) ? "a0" : `${random.pick(["a", "layer.", "__proto__", "é", "\\u0041", "😀"])}${i}`;
    members.push(`"${name}":${describe(random, dtype, shape, at, end)}`);
    at = end;
    dataLength = Math.max(dataLength, end);
  }
  if (random.chance(0.3)) members.push(`"__metadata__":${metadata(random)}`);
  if (random.chance(0.01)) members.push(`"__metadata__":null`);
  return { text: `{${random.shuffle(members)}}`, dataLength };
}

/** Changes one token of the header: removes, doubles, swaps, replaces it, or adds another. */
function mutateTokens(random: Random, text: string): string {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|-?[\d.eE+-]+|\w+|\s+|./gsu) ?? [];
  const at = random.below(tokens.length);
  const token = tokens[at] ?? "";
  switch (random.below(7)) {
    case 0:
      tokens.splice(at, 1);
      break;
    case 1:
      tokens.splice(at, 0, token);
      break;
    case 2: {
      const other = random.below(tokens.length);
      tokens[at] = tokens[other] ?? "";
      tokens[other] = token;
      break;
    }
    case 3:
      tokens.splice(at, 0, random.pick(SPACES));
      break;
    case 4:
      tokens.splice(at, 0, value(random), random.pick([",", ":", ""]));
      break;
    default: // half of the numbers stay integers, so that sizes and offsets are at stake and not only the syntax
      if (/^\d+$/.test(token))
        tokens[at] = random.chance(0.5) ? `${Number(token) + random.below(5) - 2}` : random.pick(NUMBERS);
      else if (/^"[A-Z]/.test(token)) tokens[at] = `"${random.pick(dtypes)}"`;
      else tokens[at] = token.startsWith('"') ? random.pick(STRINGS) : value(random);
  }
  return tokens.join("");
}

function mutateText(random: Random, text: string): string {
  switch (random.below(10)) {
    case 0: // escape a character
      return text.replace(/[a-zA-Z](?=[^"]*")/g, (letter) =>
        random.chance(0.1) ? `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}` : letter,
      );
    case 1: // space everywhere
      return text.replace(
        /[[\]{},:]/g,
        (mark) => `${random.pick(["", " ", "\n"])}${mark}${random.pick(["", " ", "\t"])}`,
      );
    case 2:
      return random.pick(SPACES) + text;
    case 3:
      return text + random.pick([...SPACES, "      ", "{}", ","]);
    case 4: // an enormous dimension
      return text.replace(/"shape":\[/, (start) => `${start}${random.pick(["4294967296", "9223372036854775808"])},`);
    case 5: // a member twice
      return text.replace(/("[^"]*":\[[^[\]]*\])/, "$1,$1");
    default:
      return mutateTokens(random, text);
  }
}

function mutateBytes(random: Random, bytes: number[]): void {
  const at = random.below(random.chance(0.5) ? Math.min(bytes.length, 16) : bytes.length);
  switch (random.below(6)) {
    case 0:
      bytes[at]! ^= 1 << random.below(8);
      break;
    case 1:
      bytes[at] = random.pick([0, 0x20, 0x22, 0x2c, 0x7f, 0x80, 0xc0, 0xed, 0xff]);
      break;
    case 2:
      bytes.splice(at, 1 + random.below(4));
      break;
    case 3:
      bytes.splice(at, 0, random.below(256));
      break;
    case 4:
      bytes.length = at;
      break;
    default:
      bytes.push(...new Array<number>(1 + random.below(9)).fill(0));
  }
}

/** A small file: valid, or changed in one to three places of its text, its length or its bytes. */
export function mutatedFile(random: Random): Uint8Array {
  let { text, dataLength } = header(random);
  const mutations = random.pick([0, 0, 1, 1, 1, 2, 3]);
  let raw = 0;
  for (let i = 0; i < mutations; i++) {
    if (random.chance(0.75)) text = mutateText(random, text);
    else if (random.chance(0.2)) dataLength = Math.max(0, dataLength + random.below(5) - 2);
    else raw++;
  }
  const encoded = new TextEncoder().encode(text);
  const bytes = [...new Uint8Array(8), ...encoded, ...Array.from({ length: dataLength }, () => random.below(256))];
  for (let i = 0, left = encoded.length; i < 8; i++, left = Math.floor(left / 256)) bytes[i] = left % 256;
  for (; raw > 0; raw--) mutateBytes(random, bytes);
  return Uint8Array.from(bytes);
}
