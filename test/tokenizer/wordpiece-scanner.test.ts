import { parseTokenizer, type TokenSink } from "siskin/tokenizer";
import { describe, expect, test } from "vitest";
import { random } from "../support/random.ts";
import { configurations, hostileText, minilm, tokenizerOf } from "./wordpiece-cases.ts";

describe("the same ids as the general steps", () => {
  const words = Object.keys(minilm().model.vocab).map((token) => token.replace("##", ""));

  test.each(configurations())("%s: 1,500 hostile texts", (_, json) => {
    const seed = 20_261_124;
    const source = random(seed);
    const fast = parseTokenizer(json);
    const general = parseTokenizer(json, { general: true });
    for (let k = 0; k < 1500; k++) {
      const text = hostileText(source, words);
      const ids = fast.encode(text).ids.join();
      expect(ids, `seed ${seed}, text ${k}: ${JSON.stringify(text)}`).toBe(general.encode(text).ids.join());
    }
  });
});

describe("what a scan may meet", () => {
  const tokens = [
    "[UNK]",
    "a",
    "b",
    "##b",
    ",",
    "中",
    "豈",
    "𠀀",
    "ᄒ",
    "##ᅡ",
    "##ᆫ",
    "ো",
    "i",
    "##̇",
    "é",
    "e",
    "\u302e",
    "##\u302f",
  ];
  const cases: [fact: string, text: string, ids: number[], normalizer?: object][] = [
    ["removed characters inside a word", "a\u0000\u200b\u0301b", [1, 3]],
    ["removed characters alone", "\u0301 \u200b", []],
    ["ideographs without spaces", "a中b", [1, 5, 2]],
    ["CJK extension B is isolated like the rest", "𠀀a", [7, 1]],
    ["a compatibility ideograph is decomposed after it is isolated", "豈a豈", [6, 1, 6]],
    ["U+2B820 is no ideograph to BERT", "a\u{2b820}", [0]],
    ["a Hangul syllable is its jamo", "한,한", [8, 9, 10, 4, 8, 9, 10]],
    ["İ is i once accents are stripped", "İ", [12]],
    ["İ is i and a dot while they are kept", "İ", [12, 13], { strip_accents: false }],
    ["kept accents", "É", [14], { strip_accents: false }],
    ["stripped accents, composed and not", "É e\u0301", [15, 15]],
    ["marks that are kept change places", "\u302f\u0301\u302e", [0]],
    ["and do not when they need not", "\u302e\u0301\u302f", [16, 17]],
    ["nor over a character that is no mark", "\u302ea", [0]],
    ["tags and private use are removed", "a\u{e0041}\u{10fffd}\ue000b", [1, 3]],
    ["and stay where nothing is cleaned", "a\ue000b", [0], { clean_text: false }],
    ["U+0085 separates where it is not removed", "a\u0085b", [1, 2], { clean_text: false }],
    ["and is removed where it is", "a\u0085b", [1, 3]],
    ["supplementary punctuation", "a\u{10100}b", [1, 0, 2]],
    ["a lone surrogate is U+FFFD, so it is removed", "a\ud800b", [1, 3]],
  ];

  test.each(cases)("%s", (_, text, ids, normalizer = {}) => {
    const json = tokenizerOf(tokens, normalizer);
    const fast = parseTokenizer(json);
    expect(fast.encode(text).ids).toEqual(ids);
    expect(fast.encode(text).ids).toEqual(ids); // with its table filled
    expect(parseTokenizer(json, { general: true }).encode(text).ids).toEqual(ids);
  });

  test("ids are added to those of the sink, which grows", () => {
    const sink: TokenSink = { ids: Int32Array.of(7, 0), length: 1 };
    parseTokenizer(tokenizerOf(tokens)).encodeInto("ab,".repeat(1000), sink);
    expect(Array.from(sink.ids.subarray(0, sink.length))).toEqual([7, ...Array(1000).fill([1, 3, 4]).flat()]);
  });
});

describe("a million hostile units take a time in line with their number", () => {
  const million = 1_000_000;
  const cases: [fact: string, unit: string][] = [
    ["one word", "a"],
    ["words of the longest length", `${"unaffable".repeat(11)}x `],
    ["combining marks", "\u0301"],
    ["marks in falling order", "\u302f\u0301\u0316"],
    ["marks that stay", "\u302e\u302f"],
    ["ideographs", "中"],
    ["supplementary ideographs", "𠀀"],
    ["punctuation", "."],
    ["white space", "\u3000"],
    ["control characters", "\u0000"],
    ["emoji", "😀"],
    ["lone surrogates", "\ud800"],
    ["Hangul", "한"],
    ["uppercase letters of plane 1", "𐐀"],
    ["musical symbols that decompose", "\u{1d160}"],
    ["İ", "İ"],
    ["the beginning of a special token", "[SEP"],
  ];
  const tokenizer = parseTokenizer(minilm());

  test.each(cases)("%s", (_, unit) => {
    const text = unit.repeat(million / unit.length);
    const start = performance.now();
    tokenizer.encode(text);
    expect(performance.now() - start).toBeLessThan(3000); // 2 to 150 ms measured; anything quadratic takes minutes
  });
});
