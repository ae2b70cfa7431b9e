import { SiskinError } from "siskin";
import { parseTokenizer } from "siskin/tokenizer";
import { describe, expect, test } from "vitest";

// biome-ignore lint/suspicious/noExplicitAny: tokenizer.json as a stranger may write it
type Json = any;

const base: Json = {
  version: "1.0",
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: null,
  post_processor: null,
  decoder: null,
  model: { type: "Unigram", unk_id: 0, vocab: [["<unk>", 0]] },
};

function errorOf(run: () => unknown): SiskinError {
  try {
    run();
  } catch (error) {
    if (error instanceof SiskinError) return error;
    throw error;
  }
  throw new Error("expected an error, got none");
}

const added = {
  id: 0,
  content: "x",
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
};
const replace = (pattern: Json) => ({ normalizer: { type: "Replace", pattern, content: "" } });
const regex = (source: string) => replace({ Regex: source });
const model = (change: Json) => ({ model: { ...base.model, ...change } });
const template = (single: Json, special_tokens: Json) => ({
  post_processor: { type: "TemplateProcessing", single, special_tokens },
});
const unsupported =
  "tokenizer.json: normalizer.pattern.Regex: unsupported regular expression, expected characters and classes, the last one possibly repeated, at most 256 long, got ";
const normalizers =
  "expected one of BertNormalizer, Lowercase, NFC, NFD, NFKC, NFKD, Nmt, Precompiled, Prepend, Replace, Sequence, Strip, StripAccents";

describe("a tokenizer.json that this engine refuses says where and why", () => {
  test.each<[string, Json, string, string]>([
    ["another version", { version: "2.0" }, "BAD_CONFIG", 'version: expected "1.0", got "2.0"'],
    [
      "an unknown normalizer",
      { normalizer: { type: "Nmt2" } },
      "UNKNOWN_COMPONENT",
      `normalizer: unknown type "Nmt2", ${normalizers}`,
    ],
    [
      "an unknown step in a sequence",
      { normalizer: { type: "Sequence", normalizers: [{ type: "NFC" }, { type: "constructor" }] } },
      "UNKNOWN_COMPONENT",
      `normalizer.normalizers[1]: unknown type "constructor", ${normalizers}`,
    ],
    [
      "an unknown pre-tokenizer",
      { pre_tokenizer: { type: "ByteLevel" } },
      "UNKNOWN_COMPONENT",
      'pre_tokenizer: unknown type "ByteLevel", expected one of BertPreTokenizer, Metaspace, Punctuation, Sequence, Whitespace, WhitespaceSplit',
    ],
    [
      "an unknown model",
      { model: { type: "BPE" } },
      "UNKNOWN_COMPONENT",
      'model: unknown type "BPE", expected one of Unigram, WordPiece',
    ],
    [
      "an unknown post-processor",
      { post_processor: { type: "ByteLevel" } },
      "UNKNOWN_COMPONENT",
      'post_processor: unknown type "ByteLevel", expected one of BertProcessing, TemplateProcessing',
    ],
    [
      "an unknown decoder",
      { decoder: { type: "CTC" } },
      "UNKNOWN_COMPONENT",
      'decoder: unknown type "CTC", expected one of ByteFallback, Fuse, Metaspace, Replace, Sequence, Strip, WordPiece',
    ],
    ["no type", { normalizer: {} }, "BAD_CONFIG", "normalizer.type: expected a string, got nothing"],
    ["a list for a component", { normalizer: [] }, "BAD_CONFIG", "normalizer: expected an object, got an array"],
    ["no model", { model: null }, "BAD_CONFIG", "model: expected an object, got nothing"],
    [
      "a sequence of nothing",
      { normalizer: { type: "Sequence" } },
      "BAD_CONFIG",
      "normalizer.normalizers: expected an array, got nothing",
    ],
    [
      "a flag that is none",
      { normalizer: { type: "Strip", strip_left: 1 } },
      "BAD_CONFIG",
      "normalizer.strip_left: expected true or false, got 1",
    ],
    [
      "half a character",
      { normalizer: { type: "Prepend", prepend: "\ud800" } },
      "BAD_CONFIG",
      'normalizer.prepend: expected well-formed Unicode, got "\\ud800"',
    ],
    [
      "a number for a string",
      { normalizer: { type: "Prepend", prepend: 7 } },
      "BAD_CONFIG",
      "normalizer.prepend: expected a string, got 7",
    ],
    [
      "an unknown behaviour",
      { pre_tokenizer: { type: "Punctuation", behavior: "Merged" } },
      "UNKNOWN_COMPONENT",
      'pre_tokenizer.behavior: expected one of Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous, got "Merged"',
    ],
    [
      "a charsmap that is no base64",
      { normalizer: { type: "Precompiled", precompiled_charsmap: "?" } },
      "BAD_CONFIG",
      'normalizer.precompiled_charsmap: expected base64, got "?"',
    ],
    [
      "an empty charsmap",
      { normalizer: { type: "Precompiled", precompiled_charsmap: "" } },
      "BAD_CONFIG",
      "normalizer.precompiled_charsmap: expected a trie of at least 4 bytes, a multiple of 4, in the 0 bytes given, got 0",
    ],
    [
      "a charsmap cut short",
      { normalizer: { type: "Precompiled", precompiled_charsmap: "CAAAAAAAAAA=" } },
      "BAD_CONFIG",
      "normalizer.precompiled_charsmap: expected a trie of at least 4 bytes, a multiple of 4, in the 8 bytes given, got 8",
    ],
    [
      "an empty pattern",
      replace({ String: "" }),
      "BAD_CONFIG",
      'normalizer.pattern.String: expected from 1 to 256 characters, got ""',
    ],
    ["no pattern", replace({}), "BAD_CONFIG", "normalizer.pattern.String: expected a string, got nothing"],
    [
      "▁ of two characters",
      { pre_tokenizer: { type: "Metaspace", replacement: "__" } },
      "BAD_CONFIG",
      'pre_tokenizer.replacement: expected one character, got "__"',
    ],
    [
      "the old and the new form at odds",
      { pre_tokenizer: { type: "Metaspace", replacement: "▁", add_prefix_space: false, prepend_scheme: "always" } },
      "BAD_CONFIG",
      'pre_tokenizer.prepend_scheme: expected "never" beside add_prefix_space false, got "always"',
    ],
    [
      "a Strip of two characters",
      { decoder: { type: "Strip", content: "ab", start: 0, stop: 0 } },
      "BAD_CONFIG",
      'decoder.content: expected one character, got "ab"',
    ],
    [
      "added tokens that are no list",
      { added_tokens: {} },
      "BAD_CONFIG",
      "added_tokens: expected an array, got an object",
    ],
    [
      "an added token without an id",
      { added_tokens: [{ ...added, id: -1 }] },
      "BAD_CONFIG",
      "added_tokens[0].id: expected an integer from 0 to 2147483647, got -1",
    ],
    [
      "an added token of 257 characters",
      { added_tokens: [{ ...added, content: "x".repeat(257) }] },
      "BAD_CONFIG",
      `added_tokens: expected tokens of at most 256 characters, got "${"x".repeat(59)}…`,
    ],
    [
      "a vocabulary that is no list",
      model({ vocab: {} }),
      "BAD_CONFIG",
      "model.vocab: expected an array, got an object",
    ],
    [
      "a piece without a score",
      model({ vocab: [["a", 0], ["b"]] }),
      "BAD_CONFIG",
      "model.vocab[1]: expected a piece of text and its score, got an array",
    ],
    [
      "an infinite score",
      model({ vocab: [["a", Number.POSITIVE_INFINITY]] }),
      "BAD_CONFIG",
      "model.vocab[0]: expected a piece of text and its score, got an array",
    ],
    [
      "half a character as a piece",
      model({ vocab: [["\udc00", 0]] }),
      "BAD_CONFIG",
      "model.vocab[0]: expected a piece of text and its score, got an array",
    ],
    ["unk_id out of range", model({ unk_id: 1 }), "BAD_CONFIG", "model.unk_id: expected an id below 1, got 1"],
    [
      "a template of the second text",
      template([{ Sequence: { id: "B" } }], {}),
      "BAD_CONFIG",
      'post_processor.single[0].Sequence.id: expected "A", got "B"',
    ],
    [
      "a special token that is not listed",
      template([{ SpecialToken: { id: "<s>" } }], {}),
      "BAD_CONFIG",
      "post_processor.special_tokens.<s>: expected an object, got nothing",
    ],
    [
      "an id that is none",
      template([{ SpecialToken: { id: "<s>" } }], { "<s>": { ids: [0.5] } }),
      "BAD_CONFIG",
      "post_processor.special_tokens.<s>.ids[0]: expected an integer from 0 to 2147483647, got 0.5",
    ],
    [
      "BertProcessing without an id",
      { post_processor: { type: "BertProcessing", cls: ["a"], sep: ["b", 1] } },
      "BAD_CONFIG",
      "post_processor.cls[1]: expected an integer from 0 to 2147483647, got nothing",
    ],
  ])("%s", (_, change, code, message) => {
    const error = errorOf(() => parseTokenizer({ ...base, ...change }));
    expect(error.message).toBe(`tokenizer.json: ${message}`);
    expect(error.code).toBe(code);
  });

  test.each([null, 7, "text", []])("%j in place of an object", (json) => {
    const error = errorOf(() => parseTokenizer(json));
    expect(error.message).toMatch(/^tokenizer\.json: expected an object, got /);
  });
});

describe("a regular expression that could be slow is refused", () => {
  test.each([
    ["(a+)+$"],
    ["(a|a)*b"],
    ["a*a*b"],
    ["\\s+$"],
    ["^\\s"],
    ["a+b"],
    ["a*"],
    ["a+?"],
    ["a++"],
    ["a{2}{3}"],
    ["a{3,2}"],
    ["a{257}"],
    ["a{}"],
    ["\\w+"],
    ["\\p{L}"],
    ["\\"],
    ["[a-"],
    ["[]"],
    ["[[:alpha:]]"],
    ["[a-z&&b]"],
    ["[z-a]"],
    ["a".repeat(257)],
    ["+"],
  ])("%s", (source) => {
    const error = errorOf(() => parseTokenizer({ ...base, ...regex(source) }));
    const shown = JSON.stringify(source);
    expect(error.message).toBe(unsupported + (shown.length > 60 ? `${shown.slice(0, 60)}…` : shown));
    expect(error.code).toBe("UNKNOWN_COMPONENT");
  });

  test("one that is accepted takes time in proportion to the text", () => {
    const tokenizer = parseTokenizer({ ...base, ...regex("[^b]{255,}") });
    const start = performance.now();
    tokenizer.encode(`${"a".repeat(254)}b`.repeat(2000));
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe("a chain of steps that each double the text", () => {
  const doubling = { type: "Replace", pattern: { String: "a" }, content: "aa" };
  const chain = new Array(60).fill(doubling);

  test("ends when the text is a hundred times what it was", () => {
    for (const general of [false, true]) {
      const tokenizer = parseTokenizer({ ...base, normalizer: { type: "Sequence", normalizers: chain } }, { general });
      const error = errorOf(() => tokenizer.encode("a", { offsets: general }));
      expect(error.message).toBe(
        `tokenizer.json: normalizer: expected at most 100 times the text, got "${"a".repeat(59)}…`,
      );
      expect(error.code).toBe("BAD_CONFIG");
    }
  });

  test("of prepended text too", () => {
    const prepend = { type: "Prepend", prepend: "a".repeat(200_000) };
    const tokenizer = parseTokenizer({ ...base, normalizer: prepend });
    expect(errorOf(() => tokenizer.encode("a")).message).toMatch(
      /^tokenizer\.json: normalizer: expected at most 100 times/,
    );
  });

  test("and in a decoder when a token has a million characters", () => {
    const tokenizer = parseTokenizer({
      ...base,
      decoder: { type: "Sequence", decoders: chain },
      model: { ...base.model, vocab: [["a", 0]] },
    });
    const error = errorOf(() => tokenizer.decode([0]));
    expect(error.message).toBe(
      `tokenizer.json: decoder: expected tokens of at most 1048576 characters, got "${"a".repeat(59)}…`,
    );
  });

  test("and sequences in sequences are refused", () => {
    const nest = (depth: number, step: Json): Json =>
      depth === 0 ? step : { type: "Sequence", normalizers: [nest(depth - 1, step)] };
    expect(parseTokenizer({ ...base, normalizer: nest(16, { type: "NFC" }) }).encode("é").ids).toEqual([0]);
    const error = errorOf(() => parseTokenizer({ ...base, normalizer: nest(1000, { type: "NFC" }) }));
    expect(error.message).toMatch(
      /^tokenizer\.json: normalizer(\.normalizers\[0\]){16}\.normalizers: expected sequences at most 16 deep, got an array$/,
    );
  });
});

describe("encode", () => {
  const tokenizer = parseTokenizer({
    ...base,
    post_processor: { type: "BertProcessing", cls: ["a", 0], sep: ["b", 0] },
  });

  test.each<[string, unknown, Json, string, string]>([
    ["no text", undefined, {}, "BAD_INPUT", "text: expected a string, got nothing"],
    ["a list", ["a"], {}, "BAD_INPUT", "text: expected a string, got an array"],
    [
      "a length below the special tokens",
      "a",
      { maxLength: 1 },
      "BAD_OPTION",
      "maxLength: expected an integer of at least 2, the special tokens, got 1",
    ],
    [
      "a length that is none",
      "a",
      { maxLength: Number.NaN },
      "BAD_OPTION",
      "maxLength: expected an integer of at least 2, the special tokens, got NaN",
    ],
    [
      "an unknown side",
      "a",
      { truncationSide: "both" },
      "BAD_OPTION",
      'truncationSide: expected "right" or "left", got "both"',
    ],
  ])("%s", (_, text, options, code, message) => {
    const error = errorOf(() => tokenizer.encode(text as string, options));
    expect(error.message).toBe(`encode: ${message}`);
    expect(error.code).toBe(code);
  });

  test("an unknown character where the model has no unknown token", () => {
    const without = parseTokenizer({ ...base, model: { type: "Unigram", unk_id: null, vocab: [["a", 0]] } });
    expect(without.encode("aa").ids).toEqual([0, 0]);
    const error = errorOf(() => without.encode("ab"));
    expect(error.message).toBe(
      "tokenizer.json: model.unk_id: expected the id of unknown text, which the text has, got nothing",
    );
    expect(error.code).toBe("BAD_CONFIG");
  });
});
