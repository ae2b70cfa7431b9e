import type { Random } from "../support/random.ts";

/** Characters that tokenizers stumble over, and a few of each of many scripts. */
const NASTY: readonly string[] = [
  ..."abcxyzABCXYZ019 .,!?'-_(){}<>[]/\\|#*+~^$\"",
  ..."  \t\n\r\u000b\f\u0085\u00a0\u1680\u2000\u2003\u2028\u2029\u202f\u205f\u3000\u200b\u200c\u200d\u200e\u200f\u2060\ufeff",
  ..."▁▁_＿♥©™ﬁﬂⅨ½①㎏㈱ªº",
  ..."абвгёйЁЙщЫэюя",
  ..."àéîõüçñßıİıŁłŐűſΣσςΩάΰ",
  ..."e\u0301a\u0300\u0323o\u0302\u0301\u0327\u0308\u0345\u0334\u0340\u0344\u0958\u0959\u20e3\ufe0f\u1dca",
  ..."अआकक्षत्रनी़र्हिं\u0929\u0931\u094d\u200dক্ষ\u09be\u09d7தமிழ்\u0bc6\u0bd7",
  ..."กขาำนี่้ๆ\u0e33\u0eb3ລາວ",
  ..."العربيةلاآأؤئ\u064b\u064e\u0651\u0653\u0654\u0640شسﷺﻻ",
  ..."שלום\u05b0\u05bc\u05c1",
  ..."日本語漢字かがカガｶﾞﾊﾟ゙゚、。！～〜",
  ..."한글가각ㄱㅏ\u1100\u1161\u11a8\u1100\u1100\ua960\ud7b0ﾡￂ",
  "😀",
  "👨‍👩‍👧",
  "🇫🇷",
  "🇫",
  "👍🏽",
  "❤️",
  "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
  "𝔸",
  "𠀀",
  "丽",
  "𐐀",
  "𑄮",
  "\u{1d15e}",
  "\u{11099}\u{110ba}",
  "\u{e0001}",
  "\u0000",
  "\u0001",
  "\u001f",
  "\u007f",
  "\u0080",
  "\u00ad",
  "\ufffd",
  "\ufffe",
  "\ue000",
  "\u0378",
  "\u{1f9ff}",
  "<s>",
  "</s>",
  "<mask>",
  "<unk>",
  "[SEP]",
  "[MASK]",
  "[UNK]",
  "<0x41>",
  "##",
];

const below = (random: Random, end: number): number => random.integer(0, end - 1);
const chance = (random: Random, probability: number): boolean => random.next() < probability;

/** Up to 40 characters: nasty ones, runs of one, words, pieces that the caller has, or any code point at all. */
export function randomText(random: Random, pieces: readonly string[]): string {
  const few = Array.from({ length: 1 + below(random, 6) }, () => random.pick(NASTY));
  let text = "";
  for (let left = below(random, chance(random, 0.1) ? 120 : 24); left > 0; left--) {
    const kind = below(random, 20);
    if (kind < 9) text += random.pick(NASTY);
    else if (kind < 13) text += random.pick(few);
    else if (kind < 14) text += random.pick(NASTY).repeat(1 + below(random, 8));
    else if (kind < 16) text += " ";
    else if (kind < 18 && pieces.length > 0) text += random.pick(pieces);
    else if (kind < 19) text += String.fromCodePoint(below(random, 0x3000));
    else text += anyCodePoint(random);
  }
  return text;
}

function anyCodePoint(random: Random): string {
  const codePoint = chance(random, 0.7) ? below(random, 0x10000) : below(random, 0x110000);
  return String.fromCodePoint(codePoint >= 0xd800 && codePoint < 0xe000 ? codePoint - 0x800 : codePoint);
}

// biome-ignore lint/suspicious/noExplicitAny: the shape of tokenizer.json
type Json = any;

/** A tokenizer.json of random components over a small vocabulary, and texts for it. */
export function randomTokenizer(random: Random, charsmap: string): { tokenizer: Json; texts: string[] } {
  const pieces = randomPieces(random);
  const xlmr = chance(random, 0.35);
  const tokenizer = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: randomAddedTokens(random, pieces),
    normalizer: xlmr
      ? randomXlmrNormalizer(random, charsmap)
      : chance(random, 0.2)
        ? null
        : randomNormalizer(random, charsmap, 0),
    pre_tokenizer: xlmr ? randomXlmrPreTokenizer(random) : chance(random, 0.2) ? null : randomPreTokenizer(random, 0),
    model: xlmr || chance(random, 0.5) ? randomUnigram(random, pieces) : randomWordPiece(random, pieces),
    post_processor: randomPostProcessor(random),
    decoder: chance(random, 0.3) ? null : randomDecoder(random, 0),
  };
  const texts = Array.from({ length: 30 }, () => randomText(random, pieces));
  return { tokenizer, texts };
}

function randomPieces(random: Random): string[] {
  const alphabet = Array.from({ length: 3 + below(random, 30) }, () => random.pick(NASTY));
  const pieces = new Set<string>();
  for (let left = 5 + below(random, 60); left > 0; left--) {
    let piece = chance(random, 0.3) ? "▁" : chance(random, 0.2) ? "##" : "";
    for (let k = below(random, 4); k >= 0; k--) piece += random.pick(chance(random, 0.8) ? alphabet : NASTY);
    pieces.add(chance(random, 0.3) ? piece.toLowerCase() : piece);
  }
  return [...pieces];
}

function randomAddedTokens(random: Random, pieces: readonly string[]): Json[] {
  const contents = [
    "<s>",
    "</s>",
    "<mask>",
    "[UNK]",
    "[MASK]",
    "a b",
    "ab",
    "abc",
    "É",
    " x",
    "日本",
    "\u0301",
    random.pick(pieces),
    random.pick(NASTY),
  ];
  const chosen = new Set(
    contents.filter((content) => chance(random, 0.3) && content.trim() !== "" && content !== "\u0000"),
  );
  // One at most: of several that normalize alike the reference takes any. And none that a normalizer may leave nothing of:
  // the reference then cuts characters in half.
  const normalized = random.pick(["", "a b", "abc", "É", "日本"]);
  return Array.from(chosen, (content, i) => ({
    id: i,
    content,
    single_word: chance(random, 0.3),
    lstrip: chance(random, 0.3),
    rstrip: chance(random, 0.3),
    normalized: content === normalized,
    special: chance(random, 0.6),
  }));
}

function randomNormalizer(random: Random, charsmap: string, depth: number): Json {
  const kind = below(random, depth > 1 ? 12 : 14);
  const forms = ["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Nmt"];
  if (kind < 7) return { type: forms[kind] };
  if (kind === 7) return { type: "Strip", strip_left: chance(random, 0.5), strip_right: chance(random, 0.5) };
  if (kind === 8) return { type: "Prepend", prepend: random.pick(["▁", "x", "ab", "é "]) };
  if (kind === 9) return randomReplace(random);
  if (kind === 10) return { type: "Precompiled", precompiled_charsmap: charsmap };
  if (kind === 11) {
    return {
      type: "BertNormalizer",
      clean_text: chance(random, 0.7),
      handle_chinese_chars: chance(random, 0.7),
      strip_accents: random.pick([null, true, false]),
      lowercase: chance(random, 0.6),
    };
  }
  const normalizers = Array.from({ length: below(random, 4) }, () => randomNormalizer(random, charsmap, depth + 1));
  return { type: "Sequence", normalizers };
}

function randomReplace(random: Random): Json {
  const regexes = [
    " {2,}",
    "\\s+",
    "[a-c]+",
    "[^a-z]",
    "ab",
    "\\S",
    "a{2}",
    "x?y",
    ".",
    "[\\s▁]{1,3}",
    "\\n",
    "\\.",
    "é+",
  ];
  const pattern = chance(random, 0.5)
    ? { Regex: random.pick(regexes.filter((regex) => regex !== "x?y")) }
    : { String: random.pick([" ", "a", "ab", "``", "▁", "日", "\u0301", "😀"]) };
  return { type: "Replace", pattern, content: random.pick(["", " ", "x", "▁", "ab", "日本", "😀"]) };
}

function randomPreTokenizer(random: Random, depth: number): Json {
  const kind = below(random, depth > 1 ? 5 : 6);
  if (kind === 0) return { type: "BertPreTokenizer" };
  if (kind === 1) return { type: "Whitespace" };
  if (kind === 2) return { type: "WhitespaceSplit" };
  if (kind === 3) return randomMetaspace(random);
  const behaviors = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"];
  if (kind === 4) return { type: "Punctuation", behavior: random.pick(behaviors) };
  return {
    type: "Sequence",
    pretokenizers: Array.from({ length: below(random, 4) }, () => randomPreTokenizer(random, depth + 1)),
  };
}

function randomMetaspace(random: Random): Json {
  const prepend_scheme = random.pick(["always", "first", "never"]);
  return {
    type: "Metaspace",
    replacement: random.pick(["▁", "▁", "_", "😀"]),
    prepend_scheme,
    split: chance(random, 0.7),
  };
}

function randomXlmrNormalizer(random: Random, charsmap: string): Json {
  const precompiled = { type: "Precompiled", precompiled_charsmap: charsmap };
  const replace = { type: "Replace", pattern: { Regex: " {2,}" }, content: " " };
  return chance(random, 0.5) ? precompiled : { type: "Sequence", normalizers: [precompiled, replace] };
}

function randomXlmrPreTokenizer(random: Random): Json {
  const metaspace = { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true };
  return chance(random, 0.5)
    ? metaspace
    : { type: "Sequence", pretokenizers: [{ type: "WhitespaceSplit" }, metaspace] };
}

/** Few scores, so that many sums are equal. */
function randomUnigram(random: Random, pieces: readonly string[]): Json {
  const byteFallback = chance(random, 0.2);
  const bytes = byteFallback
    ? Array.from({ length: chance(random, 0.8) ? 256 : 200 }, (_, byte) => byteToken(byte))
    : [];
  const vocab = ["<unk>", ...pieces, ...bytes].map((piece) => [
    piece,
    -below(random, 8) * (chance(random, 0.5) ? 1 : 0.37),
  ]);
  if (chance(random, 0.2)) vocab.push([random.pick(pieces), -1]);
  return { type: "Unigram", unk_id: chance(random, 0.95) ? 0 : null, vocab, byte_fallback: byteFallback };
}

function byteToken(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
}

function randomWordPiece(random: Random, pieces: readonly string[]): Json {
  const vocab = Object.fromEntries(["[UNK]", ...pieces].map((piece, id) => [piece, id]));
  return {
    type: "WordPiece",
    unk_token: "[UNK]",
    continuing_subword_prefix: random.pick(["##", "##", "@@", ""]),
    max_input_chars_per_word: random.pick([100, 100, 5, 1]),
    vocab,
  };
}

function randomPostProcessor(random: Random): Json {
  const kind = below(random, 4);
  if (kind === 0) return null;
  if (kind === 1) return { type: "BertProcessing", sep: ["[SEP]", 7], cls: ["[CLS]", 3] };
  const sequence = { Sequence: { id: "A", type_id: 0 } };
  const special = { SpecialToken: { id: "<s>", type_id: 0 } };
  return {
    type: "TemplateProcessing",
    single: random.pick([
      [special, sequence, special],
      [sequence, special],
      [special, special, sequence],
      [sequence],
      [sequence, special, sequence],
    ]),
    pair: [sequence, { Sequence: { id: "B", type_id: 1 } }],
    special_tokens: { "<s>": { id: "<s>", ids: random.pick([[1], [4, 5]]), tokens: ["<s>", "<s>"] } },
  };
}

function randomDecoder(random: Random, depth: number): Json {
  const kind = below(random, depth > 1 ? 6 : 7);
  if (kind === 0) return { type: "WordPiece", prefix: "##", cleanup: chance(random, 0.5) };
  if (kind === 1)
    return {
      type: "Metaspace",
      replacement: "▁",
      prepend_scheme: random.pick(["always", "first", "never"]),
      split: true,
    };
  if (kind === 2) return { type: "ByteFallback" };
  if (kind === 3) return { type: "Fuse" };
  if (kind === 4) return randomReplace(random);
  if (kind === 5) return { type: "Strip", content: random.pick([" ", "▁", "a"]), start: below(random, 3), stop: 0 };
  return {
    type: "Sequence",
    decoders: Array.from({ length: below(random, 4) }, () => randomDecoder(random, depth + 1)),
  };
}
