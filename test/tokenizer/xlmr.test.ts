import { readFileSync } from "node:fs";
import { parseTokenizer, type Tokenizer, type TokenSink } from "siskin/tokenizer";
import { describe, expect, test } from "vitest";
import { inCheckout } from "../support/paths.ts";
import { random } from "../support/random.ts";
import { randomText } from "./random-tokenizers.ts";
import { compiled, ways } from "./ways.ts";

const json = JSON.parse(readFileSync(inCheckout("models/multilingual-e5-small/tokenizer.json"), "utf8"));
const golden: [string, number[]][] = JSON.parse(readFileSync(inCheckout("fixtures/tokenizer/xlmr.json"), "utf8"));
const tokenizers = ways(json);

/** The newer form of the file, in which spaces and not white space end a word. */
const newer = {
  ...json,
  normalizer: {
    type: "Sequence",
    normalizers: [json.normalizer, { type: "Replace", pattern: { Regex: " {2,}" }, content: " " }],
  },
  pre_tokenizer: { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true },
};
const spacesKept = { ...newer, normalizer: json.normalizer };

describe("the golden texts", () => {
  test.each(tokenizers)("%s: ids of 2,332 texts", (_, tokenizer) => {
    expect(golden).toHaveLength(2332);
    const wrong = golden.filter(([text, ids]) => tokenizer.encode(text).ids.join() !== ids.join());
    expect(wrong.map(([text]) => text)).toEqual([]);
  });

  test("offsets change no id and stay in the text", () => {
    const [[, general]] = tokenizers as [[string, Tokenizer]];
    for (const [text, ids] of golden) {
      const encoding = general.encode(text, { offsets: true });
      expect(encoding.ids).toEqual(ids);
      expect(encoding.offsets).toHaveLength(2 * ids.length);
      expect(encoding.offsets!.every((position) => position >= 0 && position <= text.length)).toBe(true);
    }
  });
});

describe("the scanner gives the ids of the general steps", () => {
  test.each([
    ["the older form", json],
    ["the newer form", newer],
    ["the newer form, spaces kept", spacesKept],
  ])("%s: 20,000 hostile texts", (_, form) => {
    const general = parseTokenizer(form, { general: true });
    const scanner = form === json ? tokenizers[2]![1] : parseTokenizer(form);
    const seed = 20_261_124;
    const source = random(seed);
    for (let k = 0; k < 20_000; k++) {
      const text = randomText(source, ["▁", " ", "न\u093c", "\u0e33", "\u1100\u1161"]);
      const place = `seed ${seed}, text ${k}: ${JSON.stringify(text)}`;
      expect(scanner.encode(text).ids.join(), place).toBe(general.encode(text).ids.join());
    }
  });

  test("after the cache of words was emptied", () => {
    const scanner = parseTokenizer(json);
    const general = tokenizers[0]![1];
    const words = Array.from({ length: 80_000 }, (_, k) => k.toString(36).split("").reverse().join(""));
    scanner.encode(words.join(" "));
    const again = words.slice(0, 5000).join(" ");
    expect(scanner.encode(again).ids).toEqual(general.encode(again).ids);
  });

  test("of a word as long as the cache takes, and longer", () => {
    for (const length of [30, 31, 32, 33, 34, 5000, 70_000, 3]) {
      const text = "abc".repeat(length).slice(0, length);
      expect(tokenizers[1]![1].encode(text).ids).toEqual(tokenizers[0]![1].encode(text).ids);
    }
  });
});

describe("a million characters take time in proportion", () => {
  const million = (part: string) => part.repeat(Math.ceil(1e6 / part.length)).slice(0, 1e6);
  const texts: [string, string][] = [
    ["no space", million("каковысроки")],
    ["combining marks", million("\u0301")],
    ["marks that rules are for", million("\u093c")],
    ["one grapheme cluster", `e${million("\u0301")}`],
    ["conjuncts", million("क\u094d")],
    ["joined emoji", million("👩\u200d")],
    ["flags", million("🇫🇷")],
    ["▁", million("▁")],
    ["spaces", million(" ")],
    ["CR LF", million("\r\n")],
    ["<s>", million("<s>")],
    ["<", million("<")],
    ["<mask> and spaces", million("   <mask>")],
    ["jamo", million("\u1100\u1161\u11a8")],
    ["unknown characters", million("\u{20000}")],
    ["a joiner at the end of many", million("न".repeat(1000) + "\u093c")],
    ["lone surrogates", million("\ud800")],
  ];
  // Quadratic work would take minutes; the slowest of these takes a fifth of a second on an idle core.
  test.each(texts)("%s", (_, text) => {
    const start = performance.now();
    tokenizers[2]![1].encode(text);
    tokenizers[0]![1].encode(text);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

describe("what is asked of encode", () => {
  const [, [, tokenizer]] = tokenizers as [unknown, [string, Tokenizer]];
  const text = "мама мыла раму";
  const { ids } = tokenizer.encode(text);

  test("maxLength counts special tokens and cuts the right end", () => {
    expect(tokenizer.encode(text, { maxLength: ids.length - 2 })).toEqual({
      ids: [...ids.slice(0, -3), 2],
      total: ids.length,
      truncated: true,
    });
    expect(tokenizer.encode(text, { maxLength: ids.length }).truncated).toBe(false);
    expect(tokenizer.encode(text, { maxLength: 2 }).ids).toEqual([0, 2]);
  });

  test("or the left one", () => {
    const { ids: cut, offsets } = tokenizer.encode(text, { maxLength: 4, truncationSide: "left", offsets: true });
    expect(cut).toEqual([0, ...ids.slice(-3)]);
    expect(offsets!.slice(-4, -2)).toEqual([13, 14]);
  });

  test("without special tokens", () => {
    expect(tokenizer.encode(text, { addSpecialTokens: false }).ids).toEqual(ids.slice(1, -1));
    expect(tokenizer.encode(text, { addSpecialTokens: false, maxLength: 1 }).ids).toEqual([ids[1]]);
    expect(tokenizer.encode(text, { addSpecialTokens: false, maxLength: 0 }).ids).toEqual([]);
  });

  test("lone surrogates are as U+FFFD", () => {
    expect(tokenizer.encode("a\ud800b\udc00").ids).toEqual(tokenizer.encode("a\ufffdb\ufffd").ids);
    expect(tokenizer.encode("\udc00\ud800", { offsets: true }).ids).toEqual(tokenizer.encode("\ufffd\ufffd").ids);
  });

  test("encodeInto appends to the list, cuts, and tells how many tokens there were", () => {
    const sink: TokenSink = { ids: new Int32Array(4), length: 0 };
    expect(tokenizer.encodeInto(text, sink)).toBe(ids.length);
    expect(tokenizer.encodeInto(text, sink, 4)).toBe(ids.length);
    expect(Array.from(sink.ids.subarray(0, sink.length))).toEqual([...ids, ...ids.slice(0, 3), 2]);
  });

  test("tokens, ids and back", () => {
    expect(tokenizer.vocabSize).toBe(250_002);
    expect(tokenizer.tokenToId("▁")).toBe(6);
    expect(tokenizer.idToToken(250_001)).toBe("<mask>");
    expect(tokenizer.idToToken(250_002)).toBeUndefined();
    expect(tokenizer.tokenToId("no such piece")).toBeUndefined();
    expect(tokenizer.isSpecial(0)).toBe(true);
    expect(tokenizer.isSpecial(6)).toBe(false);
    expect(tokenizer.decode(ids)).toBe(text);
    expect(tokenizer.decode(ids, { skipSpecialTokens: false })).toBe(`<s> ${text}</s>`);
    expect(tokenizer.decode([...ids, 999_999])).toBe(text);
    const { vocab } = json.model;
    const all = compiled(json);
    expect(vocab.findIndex(([piece]: [string], id: number) => all.idToToken(id) !== piece)).toBe(-1);
  });
});
