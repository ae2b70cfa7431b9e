/** Random tokenizers of all components: ids, offsets and decoded texts are what the reference gave (fixtures/README.md). */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { inCheckout } from "../support/paths.ts";
import { toUtf16, ways } from "./ways.ts";

interface Case {
  readonly tokenizer: object;
  readonly texts: string[];
  readonly encodings: { ids: number[]; offsets: number[]; decoded: string; decodedSpecial: string }[];
}

const xlmr = JSON.parse(readFileSync(inCheckout("models/multilingual-e5-small/tokenizer.json"), "utf8"));
const charsmap = JSON.stringify(xlmr.normalizer.precompiled_charsmap);
const text = readFileSync(inCheckout("fixtures/tokenizer/components.json"), "utf8").replaceAll('"XLM-R"', charsmap);
const cases: Case[] = JSON.parse(text);

test.each(cases.map((item, i) => [i, item] as const))("tokenizer %i", (_, { tokenizer: json, texts, encodings }) => {
  for (const [way, tokenizer] of ways(json)) {
    for (const [i, text] of texts.entries()) {
      const { ids, offsets, decoded, decodedSpecial } = encodings[i]!;
      const place = `${way}: ${JSON.stringify(text)}`;
      expect(tokenizer.encode(text).ids, place).toEqual(ids);
      expect(tokenizer.encode(text, { offsets: true }).offsets, place).toEqual(toUtf16(text, offsets));
      expect(tokenizer.decode(ids), place).toBe(decoded);
      expect(tokenizer.decode(ids, { skipSpecialTokens: false }), place).toBe(decodedSpecial);
    }
  }
});
