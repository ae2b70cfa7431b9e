import { describe, expect, test } from "vitest";
import { BertNormalizer, isIdeograph } from "../../dist/tokenizer/bert-normalizer.js";
import { NormalizedText } from "../../dist/tokenizer/normalized-text.js";

const NOTHING = { clean: false, ideographs: false, strip: false, lower: false };

function normalize(text: string, options: Partial<typeof NOTHING>): string {
  const { clean, ideographs, strip, lower } = { ...NOTHING, ...options };
  const normalized = NormalizedText.of(text, 0, text.length, false);
  new BertNormalizer(clean, ideographs, strip, lower).normalize(normalized);
  return normalized.text;
}

const ALL = { clean: true, ideographs: true, strip: true, lower: true };

describe("one step at a time", () => {
  const cases: [fact: string, options: Partial<typeof NOTHING>, before: string, after: string][] = [
    ["nothing asked for, nothing done", {}, "É\u0000\u3000中", "É\u0000\u3000中"],
    [
      "controls, formats, private use, U+0000 and U+FFFD go",
      { clean: true },
      "a\u0000\u0007\u00ad\u200d\ue000\ufffdb",
      "ab",
    ],
    ["tab, line feed and carriage return are spaces", { clean: true }, "a\tb\nc\rd", "a b c d"],
    ["vertical tab, form feed and next line are controls", { clean: true }, "a\u000bb\u000cc\u0085d", "abcd"],
    [
      "every other white space is a space",
      { clean: true },
      "\u00a0\u1680\u2003\u2028\u202f\u205f\u3000",
      " ".repeat(7),
    ],
    ["U+180E is no white space", { clean: true }, "a\u180eb", "ab"],
    ["unassigned code points stay", { clean: true }, "a\u0378\u{1fffe}b", "a\u0378\u{1fffe}b"],
    ["spaces around ideographs", { ideographs: true }, "a中国b", "a 中  国 b"],
    ["kana and Hangul are no ideographs", { ideographs: true }, "かナ한", "かナ한"],
    ["decomposed, without marks, not composed again", { strip: true }, "Ça ệ 한", "Ca e 한".normalize("NFD")],
    ["spacing marks stay", { strip: true }, "\u0995\u09cb", "\u0995\u09c7\u09be"],
    ["compatibility characters stay", { strip: true }, "ﬁ①ｱ", "ﬁ①ｱ"],
    ["a singleton is replaced", { strip: true }, "\u212a\u037e\ufa30", "K;侮"],
    ["marks that stay come in canonical order", { strip: true }, "a\u{1d16d}\u0301\u{1d165}", "a\u{1d165}\u{1d16d}"],
    ["a removed mark of class 0 keeps them apart", { strip: true }, "\u302e\u0e31\u1baa", "\u302e\u1baa"],
    ["marks younger than Unicode 9 stay", { strip: true }, "a\u08d4\u1df6", "a\u08d4\u1df6"],
    ["no final sigma", { lower: true }, "ΌΔΟΣ", "όδοσ"],
    ["İ has two letters", { lower: true }, "İ", "i\u0307"],
    ["lowercase in any plane", { lower: true }, "𐐀𞤀Ა", "𐐨𞤢ა"],
    ["letters younger than this runtime's Unicode", { lower: true }, "\ua7dc\u{10d50}", "\u019b\u{10d70}"],
  ];

  test.each(cases)("%s", (_, options, before, after) => expect(normalize(before, options)).toBe(after));
});

describe("together", () => {
  const cases: [fact: string, before: string, after: string][] = [
    ["an ideograph is isolated before it is decomposed", "a\uf900b", "a 豈 b"],
    ["a control inside a run of marks does not keep them apart", "\u302f\u200b\u302a", "\u302f"],
    ["İ loses its dot", "İ", "i"],
    ["an empty text", "", ""],
    ["a text of which nothing stays", "\u0000\u0301", ""],
  ];

  test.each(cases)("%s", (_, before, after) => expect(normalize(before, ALL)).toBe(after));
});

test("the ideographs are the eight blocks of the original BERT, with its gap from U+2B820 to U+2B91F", () => {
  const blocks: number[][] = [];
  for (let c = 0; c < 0x110000; c++) {
    if (isIdeograph(c) && !isIdeograph(c - 1)) blocks.push([c]);
    if (isIdeograph(c) && !isIdeograph(c + 1)) blocks.at(-1)!.push(c);
  }
  expect(blocks).toEqual([
    [0x3400, 0x4dbf],
    [0x4e00, 0x9fff],
    [0xf900, 0xfaff],
    [0x20000, 0x2a6df],
    [0x2a700, 0x2b81f],
    [0x2b920, 0x2ceaf],
    [0x2f800, 0x2fa1f],
  ]);
});
