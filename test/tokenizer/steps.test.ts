import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { asFields } from "../../dist/fields.js";
import { parseDecoder } from "../../dist/tokenizer/decoders.js";
import { NormalizedText } from "../../dist/tokenizer/normalized-text.js";
import { parseNormalizer, parsePreTokenizer } from "../../dist/tokenizer/parse.js";
import { inCheckout } from "../support/paths.ts";
import { toUtf16, ways } from "./ways.ts";

const readJson = (path: string) => JSON.parse(readFileSync(inCheckout(path), "utf8"));
const cases = readJson("fixtures/tokenizer/cases.json");
const charsmap = readJson("models/multilingual-e5-small/tokenizer.json").normalizer.precompiled_charsmap;

/** A component of the fixture, with the charsmap in its place. */
const component = (json: unknown) => JSON.parse(JSON.stringify(json).replaceAll('"XLM-R"', JSON.stringify(charsmap)));
const fields = (json: unknown) => asFields(component(json), "cases.json: component");
const textOf = (text: string, withOffsets: boolean) => NormalizedText.of(text, 0, text.length, withOffsets);

describe("normalizers", () => {
  test.each<[object, string, string]>(cases.normalizers)("%j %j", (json, text, expected) => {
    for (const withOffsets of [false, true]) {
      const normalized = textOf(text, withOffsets);
      parseNormalizer(fields(json)).normalize(normalized);
      expect(normalized.text).toBe(expected);
    }
  });
});

describe("pre-tokenizers", () => {
  test.each<[object, string, [string, number, number][]]>(cases.preTokenizers)("%j %j", (json, text, expected) => {
    const pieces = parsePreTokenizer(fields(json))
      .split(textOf(text, true))
      .filter((piece) => piece.text !== "")
      .map((piece) => [piece.text, piece.originalStart(0), piece.originalEnd(piece.text.length)]);
    expect(pieces).toEqual(expected.map(([piece, ...offsets]) => [piece, ...toUtf16(text, offsets)]));
  });
});

describe("decoders", () => {
  test.each<[object, string[], string]>(cases.decoders)("%j %j", (json, tokens, expected) => {
    expect(parseDecoder(fields(json))(tokens).join("")).toBe(expected);
  });
});

interface Encoding {
  readonly text: string;
  readonly ids: number[];
  readonly offsets: number[];
  readonly decoded: string;
}

describe("tokenizers", () => {
  test.each<[string, object, Encoding[]]>(cases.tokenizers)("%s", (_, json, encodings) => {
    for (const [way, tokenizer] of ways(component(json))) {
      for (const { text, ids, offsets, decoded } of encodings) {
        const place = `${way}: ${JSON.stringify(text)}`;
        expect(tokenizer.encode(text).ids, place).toEqual(ids);
        const encoding = tokenizer.encode(text, { offsets: true });
        expect(encoding, place).toEqual({ ids, offsets: toUtf16(text, offsets), total: ids.length, truncated: false });
        expect(tokenizer.decode(ids), place).toBe(decoded);
      }
    }
  });
});
