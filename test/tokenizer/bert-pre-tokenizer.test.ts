import { expect, test } from "vitest";
import { bertPreTokenizer } from "../../dist/tokenizer/bert-pre-tokenizer.js";
import { NormalizedText } from "../../dist/tokenizer/normalized-text.js";

function split(text: string): string[] {
  return bertPreTokenizer.split(NormalizedText.of(text, 0, text.length, false)).map((piece) => piece.text);
}

test.each([
  [
    "white space goes, punctuation is a piece of its own",
    "Hey friend!  What's up?!",
    ["Hey", "friend", "!", "What", "'", "s", "up", "?", "!"],
  ],
  ["symbols of ASCII are punctuation", "a$b^c~d`e", ["a", "$", "b", "^", "c", "~", "d", "`", "e"]],
  ["other symbols are not", "a€b×c°", ["a€b×c°"]],
  ["white space is the Unicode property", "a\u00a0b\u3000c\u200bd\ufeffe\u0085f", ["a", "b", "c\u200bd\ufeffe", "f"]],
  ["punctuation of any script", "a،b。c‽d\u{10100}e", ["a", "،", "b", "。", "c", "‽", "d", "\u{10100}", "e"]],
  ["punctuation younger than Unicode 9 is none", "a\u2e4fb", ["a\u2e4fb"]],
  ["ideographs are letters", "中国", ["中国"]],
  ["nothing", "", []],
  ["nothing but white space", " \n", []],
])("%s", (_, text, pieces) => expect(split(text)).toEqual(pieces));

test("pieces know where they come from", () => {
  const text = "x — y";
  const pieces = bertPreTokenizer.split(NormalizedText.of(text, 0, text.length, true));
  expect(pieces.map((piece) => [piece.originalStart(0), piece.originalEnd(1)])).toEqual([
    [0, 1],
    [2, 3],
    [4, 5],
  ]);
});
