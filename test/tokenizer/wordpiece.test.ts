import { compileTokenizer, loadCompiled, parseTokenizer } from "siskin/tokenizer";
import { describe, expect, test } from "vitest";
import { buildTrie } from "../../dist/tokenizer/wordpiece-trie.js";
import { minilm, readJson, tokenizerOf, type WordPieceJson } from "./wordpiece-cases.ts";

const golden = readJson("fixtures/tokenizer/wordpiece.json") as [text: string, ids: number[]][];

describe("all-MiniLM-L6-v2", () => {
  const json = minilm();
  const compiled = compileTokenizer(json, "0");
  const arrays = new Map(Array.from(compiled.tensors, ([name, tensor]) => [name, tensor.data]));
  const tokenizers = {
    "in one pass": parseTokenizer(json),
    "step by step": parseTokenizer(json, { general: true }),
    compiled: loadCompiled(arrays, compiled.metadata),
  };

  test.each(Object.entries(tokenizers))("%s: the ids of the reference on every golden text", (_, tokenizer) => {
    const wrong = golden.filter(([text, ids]) => tokenizer.encode(text).ids.join() !== ids.join());
    expect(wrong).toEqual([]);
  });

  test("tokens by id and ids by token", () => {
    for (const tokenizer of Object.values(tokenizers)) {
      expect(tokenizer.vocabSize).toBe(30_522);
      expect(tokenizer.tokenToId("##ing")).toBe(2075);
      expect(tokenizer.idToToken(2075)).toBe("##ing");
      expect(tokenizer.tokenToId("##in")).toBe(2378);
      expect(tokenizer.tokenToId("no such token")).toBeUndefined();
      expect(tokenizer.idToToken(30_522)).toBeUndefined();
    }
  });
});

describe("the longest piece first", () => {
  const tokens = [
    "[UNK]",
    "a",
    "ab",
    "abc",
    "##c",
    "##d",
    "##cd",
    "x",
    "##😀",
    "😀",
    "##",
    "é",
    "",
    "0",
    "__proto__",
    "#",
  ];
  const cases: [fact: string, text: string, ids: number[], model?: object, normalizer?: object][] = [
    ["a whole word", "ab", [2]],
    ["a longer piece beats a shorter one that would let the rest fit better", "abcd", [3, 5]],
    ["pieces after the first are looked up with the prefix", "acd", [1, 6]],
    ["one unknown piece makes the whole word unknown", "abcde x", [0, 7]],
    ["a piece that only continues does not begin a word", "cd", [0]],
    ["a supplementary character is one character", "x😀😀 😀", [7, 8, 8, 9]],
    ["half of one is none", "x😁", [0]],
    ["a word as long as the limit", "abc", [3], { max_input_chars_per_word: 3 }],
    ["a word over the limit is unknown", "abcd", [0], { max_input_chars_per_word: 3 }],
    ["the limit counts code points", "x😀😀", [7, 8, 8], { max_input_chars_per_word: 3 }],
    ["without a prefix any piece continues a word", "abax", [2, 1, 7], { continuing_subword_prefix: "" }],
    ["a prefix that no token begins with", "aba", [0], { continuing_subword_prefix: "@@" }],
    ["another unknown token", "zzz x", [7, 7], { unk_token: "x" }],
    ["a name that every JavaScript object has is no token", "constructor", [0]],
    ["a digit, which JavaScript's objects put first", "0 a", [13, 1]],
    ["nothing of an empty text", "", []],
    ["nothing of white space", " \t\n", []],
  ];

  test.each(cases)("%s", (_, text, ids, model = {}, normalizer = {}) => {
    const json = tokenizerOf(tokens, normalizer, model);
    expect(parseTokenizer(json).encode(text).ids).toEqual(ids);
    expect(parseTokenizer(json, { general: true }).encode(text).ids).toEqual(ids);
  });

  test("offsets of the pieces", () => {
    const { ids, offsets } = parseTokenizer(tokenizerOf(tokens)).encode("Ácd x😀 ?", { offsets: true });
    expect(ids).toEqual([1, 6, 7, 8, 0]);
    expect(offsets).toEqual([0, 1, 1, 3, 4, 5, 5, 7, 8, 9]);
  });

  test("ids may have gaps and any order", () => {
    const json = tokenizerOf([]);
    json.model.vocab = { "[UNK]": 70_000, b: 5, a: 0x7fffffff };
    const tokenizer = parseTokenizer(json);
    expect(tokenizer.encode("a b c").ids).toEqual([0x7fffffff, 5, 70_000]);
    expect(tokenizer.vocabSize).toBe(3);
  });
});

describe("refused, with the place in the file", () => {
  const model = (change: object): WordPieceJson => tokenizerOf(["[UNK]", "a"], {}, change);
  const normalizer = (change: object): WordPieceJson => tokenizerOf(["[UNK]", "a"], change);
  const cases: [string, WordPieceJson][] = [
    ["model.unk_token: expected a string, got 0", model({ unk_token: 0 })],
    ["model.unk_token: expected a string, got nothing", model({ unk_token: null })],
    ['model.unk_token: expected well-formed Unicode, got "\\ud800"', model({ unk_token: "\ud800" })],
    [
      "model.continuing_subword_prefix: expected a string, got nothing",
      model({ continuing_subword_prefix: undefined }),
    ],
    [
      "model.max_input_chars_per_word: expected an integer from 0 to 18446744073709552000, got -1",
      model({ max_input_chars_per_word: -1 }),
    ],
    [
      "model.max_input_chars_per_word: expected an integer from 0 to 18446744073709552000, got 1.5",
      model({ max_input_chars_per_word: 1.5 }),
    ],
    ["model.vocab: expected an object, got an array", model({ vocab: ["a"] })],
    ['model.vocab["a"]: expected an integer from 0 to 2147483647, got "1"', model({ vocab: { a: "1" } })],
    ['model.vocab["a"]: expected an integer from 0 to 2147483647, got 2147483648', model({ vocab: { a: 2 ** 31 } })],
    ['model.vocab["\\""]: expected an integer from 0 to 2147483647, got -1', model({ vocab: { '"': -1 } })],
    ['model.vocab: expected tokens of well-formed Unicode, got "\\ud83d"', model({ vocab: { "\ud83d": 1 } })],
    [
      "model.vocab: expected tokens that fit in a trie, got too many",
      model({ vocab: { ["a".repeat(2 ** 24 + 1)]: 1 } }),
    ],
    ["normalizer.clean_text: expected true or false, got nothing", normalizer({ clean_text: undefined })],
    ["normalizer.lowercase: expected true or false, got 1", normalizer({ lowercase: 1 })],
    ['normalizer.handle_chinese_chars: expected true or false, got "yes"', normalizer({ handle_chinese_chars: "yes" })],
    ['normalizer.strip_accents: expected true or false, got ""', normalizer({ strip_accents: "" })],
  ];

  test.each(cases)("%s", (message, json) => {
    const thrown = expect.objectContaining({ code: "BAD_CONFIG", message: `tokenizer.json: ${message}` });
    expect(() => parseTokenizer(json)).toThrow(thrown);
  });

  test("a vocabulary without the unknown token, once a text needs it", () => {
    const json = tokenizerOf(["a", "."], {}, { max_input_chars_per_word: 3 });
    const message = 'tokenizer.json: model.unk_token: expected a token of model.vocab, got "[UNK]"';
    const thrown = expect.objectContaining({ code: "BAD_CONFIG", message });
    for (const tokenizer of [parseTokenizer(json), parseTokenizer(json, { general: true })]) {
      expect(tokenizer.encode("a.").ids).toEqual([0, 1]);
      for (const text of ["b", "a!", "aaaa", "中"]) expect(() => tokenizer.encode(text)).toThrow(thrown);
    }
  });

  test("a compiled form that lacks an array, or has it in another type", () => {
    const compiled = compileTokenizer(tokenizerOf(["[UNK]", "a"]), "0");
    const arrays = (change: [string, unknown]) =>
      new Map<string, unknown>([
        ...Array.from(compiled.tensors, ([name, t]): [string, unknown] => [name, t.data]),
        change,
      ]);
    const load = (change: [string, unknown]) => () => loadCompiled(arrays(change), compiled.metadata);
    const fails = (message: string) => expect.objectContaining({ code: "BAD_FILE", message });
    expect(load(["model.trie_ids", new Uint8Array(1)])).toThrow(
      fails("compiled tokenizer: model.trie_ids: expected I32, got U8"),
    );
    expect(load(["model.trie", new Int32Array(3)])).toThrow(
      fails(
        `compiled tokenizer: model.trie: expected ${2 * compiled.tensors.get("model.trie_ids")!.data.length} elements, got 3`,
      ),
    );
    expect(load(["model.unit_numbers", new Uint16Array(1)])).toThrow(
      fails("compiled tokenizer: model.unit_numbers: expected 65536 elements, got 1"),
    );
  });

  test("a compiled form in which every slot is its own parent decodes in no time, to what it says", () => {
    const compiled = compileTokenizer(tokenizerOf(["[UNK]", "a"]), "0");
    const arrays = new Map(Array.from(compiled.tensors, ([name, { data }]) => [name, data]));
    const slots = 1 << 16;
    arrays.set(
      "model.trie",
      Int32Array.from({ length: 2 * slots }, (_, i) => (i % 2 === 0 ? 0 : i - 1)),
    );
    arrays.set(
      "model.trie_ids",
      Int32Array.from({ length: slots }, (_, slot) => slot),
    );
    const tokenizer = loadCompiled(arrays, compiled.metadata);
    expect(tokenizer.decode([1, 5, 65_535]).length).toBeLessThan(1 << 18);
  });
});

describe("the trie", () => {
  test("leads to every token and to nothing else", () => {
    const vocabulary = new Map(Object.entries(minilm().model.vocab));
    const trie = buildTrie(vocabulary)!;
    const read = new Map<string, number>();
    const walk = (node: number, spelled: string): void => {
      if (trie.ids[node >> 1]! >= 0) read.set(spelled, trie.ids[node >> 1]!);
      for (const unit of units) {
        const next = trie.nodes[node]! + 2 * trie.numbers[unit]!;
        if (trie.nodes[next + 1] === node) walk(next, spelled + String.fromCharCode(unit));
      }
    };
    const units = Array.from(trie.numbers.keys()).filter((unit) => trie.numbers[unit]! > 0);
    walk(0, "");
    expect(read).toEqual(vocabulary);
    expect(trie.ids.length).toBeLessThan(70_000); // 64,583 nodes: it is packed
  });

  test("is given up when it would be large for its tokens", () => {
    const vocabulary = new Map(Array.from({ length: 60_000 }, (_, k) => [String.fromCharCode(k + 1), k]));
    expect(buildTrie(vocabulary)).toBeDefined();
    expect(buildTrie(vocabulary, 10_000)).toBeUndefined();
  });
});
