import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseTokenizer } from "siskin/tokenizer";
import { describe, expect, test } from "vitest";
import { BertNormalizer } from "../../dist/tokenizer/bert-normalizer.js";
import { bertPreTokenizer } from "../../dist/tokenizer/bert-pre-tokenizer.js";
import { NormalizedText } from "../../dist/tokenizer/normalized-text.js";
import { random } from "../support/random.ts";
import { configurations, hostileText, minilm, type WordPieceJson } from "../tokenizer/wordpiece-cases.ts";

const SCRIPT = fileURLToPath(new URL("wordpiece.py", import.meta.url));

/** Runs the reference; SISKIN_PYTHON is an interpreter that has tokenizers 0.23.3. */
function reference(command: string, input = ""): unknown {
  const python = process.env["SISKIN_PYTHON"] ?? "python3";
  return JSON.parse(execFileSync(python, [SCRIPT, command], { input, maxBuffer: 1 << 30 }).toString());
}

describe("every code point", () => {
  const theirs = reference("characters") as Record<string, string[]>;
  const all = Array.from({ length: 0x110000 }, (_, c) => c).filter((c) => c < 0xd800 || c >= 0xe000);
  const text = (string: string): NormalizedText => NormalizedText.of(string, 0, string.length, false);
  const normalize = (...flags: [boolean, boolean, boolean, boolean]) => {
    const normalizer = new BertNormalizer(...flags);
    return (c: number): string => {
      const normalized = text(String.fromCodePoint(c));
      normalizer.normalize(normalized);
      return normalized.text;
    };
  };
  const split = (c: number): string => {
    const pieces = bertPreTokenizer.split(text(`a${String.fromCodePoint(c)}b`));
    return pieces.map((piece) => piece.text).join(" ");
  };

  test.each<[string, (c: number) => string]>([
    ["clean", normalize(true, false, false, false)],
    ["ideographs", normalize(false, true, false, false)],
    ["strip", normalize(false, false, true, false)],
    ["lower", normalize(false, false, false, true)],
    ["pieces", split],
  ])("%s", (name, step) => {
    const different = all.filter((c, k) => step(c) !== theirs[name]![k]);
    expect(different.map((c) => c.toString(16))).toEqual([]);
  });
});

describe("10,000 hostile texts a configuration: ids, also step by step, and offsets", () => {
  const seed = Number(process.env["SISKIN_SEED"] ?? 20_261_124);
  const words = Object.keys(minilm().model.vocab).map((token) => token.replace("##", ""));

  test.each(configurations())("%s", (_, json: WordPieceJson) => {
    const source = random(seed);
    const texts = Array.from({ length: 10_000 }, () => hostileText(source, words));
    const theirs = reference("encode", JSON.stringify({ tokenizer: json, texts })) as [number[], number[]][];
    const fast = parseTokenizer(json);
    const general = parseTokenizer(json, { general: true });
    for (const [k, text] of texts.entries()) {
      const [ids, offsets] = theirs[k]!;
      const place = `seed ${seed}, text ${k}: ${JSON.stringify(text)}`;
      expect(fast.encode(text, { addSpecialTokens: false }).ids, place).toEqual(ids);
      const encoding = general.encode(text, { addSpecialTokens: false, offsets: true });
      expect(encoding.ids, place).toEqual(ids);
      expect(encoding.offsets, place).toEqual(inUnits(text, offsets));
    }
  });
});

/** Offsets in code points as offsets in UTF-16 units. */
function inUnits(text: string, offsets: readonly number[]): number[] {
  const starts = [0];
  for (const character of text) starts.push(starts.at(-1)! + character.length);
  return offsets.map((offset) => starts[offset]!);
}
