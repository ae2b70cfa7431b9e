/** Tokenizers and texts for the tests of the WordPiece family. */
import { readFileSync } from "node:fs";
import { inCheckout } from "../support/paths.ts";
import { type Random, random } from "../support/random.ts";

export interface WordPieceJson {
  version: "1.0";
  added_tokens: unknown[];
  normalizer: Record<string, unknown>;
  pre_tokenizer: { type: "BertPreTokenizer" };
  model: Record<string, unknown> & { vocab: Record<string, number> };
  [key: string]: unknown;
}

export const readJson = (path: string): unknown => JSON.parse(readFileSync(inCheckout(path), "utf8"));

export const minilm = (): WordPieceJson => readJson("fixtures/tokenizer/minilm-tokenizer.json") as WordPieceJson;

/** A tokenizer of these tokens, whose ids are their places in the list, with nothing around a text. */
export function tokenizerOf(tokens: readonly string[], normalizer = {}, model = {}): WordPieceJson {
  return {
    version: "1.0",
    added_tokens: [],
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
      ...normalizer,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      ...model,
    },
  };
}

/** Configurations that take each way through the steps: all-MiniLM-L6-v2's vocabulary, and one of all scripts. */
export function configurations(): [name: string, json: WordPieceJson][] {
  const changes: [name: string, normalizer: object, model: object][] = [
    ["as published", {}, {}],
    ["cased", { lowercase: false }, {}],
    ["cased, accents stripped", { lowercase: false, strip_accents: true }, {}],
    ["accents kept", { strip_accents: false }, {}],
    ["ideographs not isolated", { handle_chinese_chars: false }, {}],
    ["not cleaned", { clean_text: false }, {}],
    ["neither cleaned nor isolated", { clean_text: false, handle_chinese_chars: false }, {}],
    [
      "nothing normalized",
      { clean_text: false, handle_chinese_chars: false, strip_accents: false, lowercase: false },
      {},
    ],
    ["at most 3 characters a word", {}, { max_input_chars_per_word: 3 }],
    ["no character a word", {}, { max_input_chars_per_word: 0 }],
    ["any number of characters a word", {}, { max_input_chars_per_word: 1e15 }],
    ["no prefix", {}, { continuing_subword_prefix: "" }],
    ["a prefix of letters", {}, { continuing_subword_prefix: "un" }],
    ["a prefix that no token has", {}, { continuing_subword_prefix: "☃" }],
    ["another unknown token", {}, { unk_token: "the" }],
  ];
  const published = minilm();
  const scripts = allScripts();
  const make = (base: WordPieceJson, normalizer: object, model: object): WordPieceJson => ({
    ...base,
    normalizer: { ...base.normalizer, ...normalizer },
    model: { ...base.model, ...model },
  });
  return [
    ...changes.map(([name, normalizer, model]): [string, WordPieceJson] => [name, make(published, normalizer, model)]),
    ...changes
      .slice(0, 8)
      .map(([name, normalizer, model]): [string, WordPieceJson] => [
        `all scripts, ${name}`,
        make(scripts, normalizer, model),
      ]),
  ];
}

/** Tokens out of hostile texts themselves, with gaps in their ids, so that pieces of every script are found. */
function allScripts(): WordPieceJson {
  const source = random(99);
  const tokens = new Set(["[UNK]"]);
  while (tokens.size < 20_000) {
    const characters = [...hostileText(source, ["the", "un", "ing"])];
    const text = source.pick([characters.join("").normalize("NFD").toLowerCase(), characters.join("")]);
    const start = source.integer(0, characters.length);
    const token = [...text].slice(start, start + source.integer(1, 3)).join("");
    if (token !== "") tokens.add(source.pick(["", "##"]) + token);
  }
  const json = tokenizerOf([]);
  for (const [k, token] of [...tokens].entries()) json.model.vocab[token] = 3 * k + 7;
  return json;
}

/** First and last code point of stretches where something may go wrong. */
// biome-ignore format: a table
const STRETCHES = [
  [0x0, 0x7f], [0x20, 0x7e], [0x61, 0x7a], [0x80, 0x24f], [0x300, 0x36f], [0x370, 0x52f], [0x590, 0x8ff], [0x900, 0xdff],
  [0xe00, 0x11ff], [0x1a00, 0x1fff], [0x2000, 0x206f], [0x2070, 0x2bff], [0x2c00, 0x2fff], [0x3000, 0x30ff],
  [0x302a, 0x302f], [0x4e00, 0x9fff], [0xac00, 0xd7ff], [0xe000, 0xffff], [0xf900, 0xfaff], [0xfb00, 0xfdff],
  [0xff00, 0xffef], [0xfff0, 0xffff], [0x10000, 0x10fff], [0x11000, 0x11fff], [0x16800, 0x16fff], [0x1b000, 0x1d7ff],
  [0x1d100, 0x1d1ff], [0x1e000, 0x1e02a], [0x1e000, 0x1e9ff], [0x1f000, 0x1ffff], [0x20000, 0x2ceff], [0x2f800, 0x2fa1f],
  [0xe0000, 0xe01ff], [0xf0000, 0x10ffff], [0x0, 0xffff], [0x0, 0x10ffff],
] as const;

/** Marks that stay and change places, lowercases of two characters, what decomposes into punctuation, halves of blocks, … */
// biome-ignore format: a table
const TRAPS = [
  0x0, 0x85, 0xa0, 0xad, 0x130, 0x131, 0x301, 0x316, 0x334, 0x345, 0x37e, 0x3a3, 0x3c2, 0x8d4, 0x8d9, 0x9cb, 0x9d7,
  0x1161, 0x11a8, 0x1680, 0x180e, 0x1b44, 0x1bf2, 0x1dfb, 0x1e9e, 0x1fef, 0x200b, 0x200d, 0x2028, 0x226e, 0x3000, 0x302e,
  0x302f, 0xa953, 0xac00, 0xac01, 0xfa6c, 0xfe0f, 0xfeff, 0xfffd, 0x1d15e, 0x1d165, 0x1d166, 0x1d16d, 0x1e944, 0x1f600,
  0x20000, 0x2b820, 0x2b920, 0x2f800,
];

/** A well-formed text of words, separators and characters from anywhere in Unicode, some of them many times over. */
export function hostileText(source: Random, words: readonly string[]): string {
  const isLong = source.next() < 0.2;
  let text = "";
  for (let k = Math.ceil(40 * source.next() * source.next()); k > 0; k--) {
    const kind = source.next();
    if (kind < 0.3) text += source.pick(words);
    else if (kind < 0.4) text += " ";
    else if (kind < 0.45) text += ",";
    else if (kind < 0.5) text += source.pick(words).toUpperCase();
    else if (kind < 0.52 && isLong) text += character(source).repeat(source.integer(0, 130));
    else text += character(source);
  }
  return text;
}

function character(source: Random): string {
  if (source.next() < 0.25) return String.fromCodePoint(source.pick(TRAPS));
  const [first, last] = source.pick(STRETCHES);
  const c = source.integer(first, last);
  return String.fromCodePoint(c >= 0xd800 && c < 0xe000 ? 0x61 : c);
}
