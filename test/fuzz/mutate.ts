import type { Random } from "../support/random.ts";

/** JSON as text that `stringify` puts in as it is: numbers no parser keeps, repeated keys, broken syntax. */
class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const NUMBERS = ["-1", "-0", "0", "1", "1.5", "2", "7", "255", "65536", "16777217", "2147483648", "4294967296"]
  .concat(["9007199254740993", "1e30", "-1e308", "1e999", "1E0", "16.0", "1e-320", "NaN", "01"])
  .map((text) => new Raw(text));

const KEYS = ["__proto__", "constructor", "toString", "length", "type", "", "\u0000", "\ud800"];

/** Names and patterns that model files use, so that one part turns into another. */
const WORDS = [
  ...[
    "BertNormalizer",
    "NFC",
    "NFKD",
    "Lowercase",
    "Strip",
    "StripAccents",
    "Replace",
    "Prepend",
    "Precompiled",
    "Sequence",
  ],
  ...["BertPreTokenizer", "Whitespace", "WhitespaceSplit", "Metaspace", "Punctuation", "Split", "ByteLevel", "BPE"],
  ...[
    "WordPiece",
    "Unigram",
    "TemplateProcessing",
    "BertProcessing",
    "always",
    "first",
    "never",
    "Isolated",
    "Removed",
  ],
  ...["bert", "roberta", "xlm-roberta", "gelu", "gelu_new", "relu", "cls", "mean", "max", "lasttoken", "weightedmean"],
  ...["Transformer", "Pooling", "Normalize", "Dense", "Dropout", "x.models.Pooling", "cosine", "dot", "absolute"],
  ...["(a+)+$", "(.*)*x", "\\p{L}+", " {2,}", "[", "(?<=a)", "▁", "##", "a", "", "\ud800", "é", "\u0000", "[UNK]"],
  ...["../../etc/passwd", "/etc/passwd", "https://example.com/x", "1_Pooling", ".", "C:\\x", "model.safetensors"],
];

/** The value with one to three changes, as JSON text that may no longer parse. */
export function mutatedJson(random: Random, value: unknown): string {
  const root = { value: structuredClone(value) };
  for (let changes = random.integer(1, 3); changes > 0; changes--) mutate(random, root);
  const text = stringify(root.value);
  return random.next() < 0.1 ? mutatedText(random, text) : text;
}

/** Changes one place, found by walking from the root; each level is as likely as the next. */
function mutate(random: Random, root: { value: unknown }): void {
  let parent: Container = root;
  let key: string | number = "value";
  for (;;) {
    const child: unknown = get(parent, key);
    const keys: (string | number)[] = isContainer(child) ? keysOf(child) : [];
    if (keys.length === 0 || random.next() < 0.15) break;
    parent = child as Container;
    key = random.pick(keys);
  }
  const value = get(parent, key);
  switch (random.integer(0, 7)) {
    case 0:
      if (Array.isArray(parent)) parent.splice(key as number, 1);
      else delete (parent as Record<string, unknown>)[key];
      return;
    case 1: // the same again: an element twice, or a key that a copy of the value also has
      if (Array.isArray(parent)) parent.splice(key as number, 0, copyOf(value));
      else set(parent, key, repeatedKey(random, value));
      return;
    case 2:
      if (!Array.isArray(parent)) set(parent, random.pick(KEYS), copyOf(value));
      else set(parent, key, random.pick(NUMBERS));
      return;
    case 3:
      set(parent, key, value instanceof Raw ? value : nearby(random, value));
      return;
    default:
      set(parent, key, strange(random));
  }
}

type Container = Record<string, unknown> | unknown[];

function isContainer(value: unknown): value is Container {
  return typeof value === "object" && value !== null && !(value instanceof Raw);
}

function keysOf(value: Container): (string | number)[] {
  return Array.isArray(value) ? value.map((_, i) => i) : Object.keys(value);
}

function get(parent: Container, key: string | number): unknown {
  return (parent as Record<string, unknown>)[key];
}

/** As an own property, whatever the key: assigning to `__proto__` would set the prototype. */
function set(parent: Container, key: string | number, value: unknown): void {
  Object.defineProperty(parent, key, { value, writable: true, enumerable: true, configurable: true });
}

function copyOf(value: unknown): unknown {
  return value instanceof Raw ? value : JSON.parse(stringify(value, true));
}

/** A value close to the one that was there: the change that validation most easily overlooks. */
function nearby(random: Random, value: unknown): unknown {
  if (typeof value === "number")
    return random.pick([value + 1, value - 1, -value, value * 2, value / 2, String(value)]);
  if (typeof value === "boolean") return !value;
  if (typeof value === "string")
    return random.pick([value + "x", value.slice(1), value.toUpperCase(), [value], value + value]);
  if (Array.isArray(value))
    return random.pick([value.toReversed(), [...value, ...value], [value], { ...value }, value.slice(1)]);
  if (isContainer(value))
    return random.pick([Object.values(value), [value], Object.fromEntries(Object.entries(value).reverse())]);
  return strange(random);
}

function strange(random: Random): unknown {
  switch (random.integer(0, 9)) {
    case 0:
      return null;
    case 1:
      return random.pick([true, false]);
    case 2:
      return random.pick([[], {}, [[]], [null], [{}]]);
    case 3:
      return new Raw('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
    case 4:
      return random.next() < 0.2 ? new Raw("[".repeat(3000) + "]".repeat(3000)) : "x".repeat(random.integer(1, 3000));
    case 5:
    case 6:
      return random.pick(WORDS);
    default:
      return random.pick(NUMBERS);
  }
}

/** An object one of whose keys comes twice, which JSON.parse takes silently. */
function repeatedKey(random: Random, value: unknown): unknown {
  if (!isContainer(value) || Array.isArray(value)) return strange(random);
  const keys = Object.keys(value);
  if (keys.length === 0) return new Raw('{"type":1,"type":"x"}');
  return new Raw(`{${JSON.stringify(random.pick(keys))}:${stringify(strange(random))},${stringify(value).slice(1)}`);
}

/** JSON.stringify that puts Raw in as it is, or as null where the result has to parse. */
function stringify(value: unknown, parsable = false): string {
  if (value instanceof Raw) return parsable ? "null" : value.text;
  if (Array.isArray(value)) return `[${value.map((item) => stringify(item, parsable)).join()}]`;
  if (isContainer(value)) {
    return `{${Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${stringify(item, parsable)}`)}}`;
  }
  return JSON.stringify(value) ?? "null";
}

/** Text with a piece removed, doubled, moved or replaced. */
function mutatedText(random: Random, text: string): string {
  const at = random.integer(0, text.length);
  const end = Math.min(text.length, at + random.integer(1, 20));
  const piece = random.pick(["", text.slice(at, end).repeat(2), "\u0000", "\ufeff", "]", "}", '"', ",", "<html>"]);
  return text.slice(0, at) + piece + text.slice(end);
}

/** Bytes with one to three bits, bytes or runs changed, or the end cut off. */
export function mutatedBytes(random: Random, bytes: Uint8Array): Uint8Array {
  let changed: Uint8Array = bytes.slice();
  for (let changes = random.integer(1, 3); changes > 0 && changed.length > 0; changes--) {
    // A header is at the beginning, and most of what can go wrong is there.
    const at = random.integer(0, Math.min(changed.length, random.pick([8, 64, 4096, changed.length])) - 1);
    switch (random.integer(0, 4)) {
      case 0:
        changed[at]! ^= 1 << random.integer(0, 7);
        break;
      case 1:
        changed[at] = random.pick([0, 0x20, 0x22, 0x2c, 0x7b, 0x7d, 0x80, 0xff]);
        break;
      case 2:
        changed = changed.slice(0, at);
        break;
      case 3:
        changed = joined(changed.subarray(0, at), changed.subarray(at + random.integer(1, 9)));
        break;
      default:
        changed = joined(changed.subarray(0, at), changed.subarray(Math.max(0, at - random.integer(1, 9))));
    }
  }
  return changed;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}
