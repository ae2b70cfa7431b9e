/**
 * Random texts and random tokenizers, through the reference and through siskin: the same ids, offsets and decoded texts, by the
 * general steps, by the scanners and by the compiled form. SISKIN_PYTHON is a Python with tokenizers 0.23.3; SISKIN_SEED and
 * SISKIN_CASES choose another run.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { compileTokenizer, loadCompiled, parseTokenizer, type Tokenizer } from "siskin/tokenizer";
import { expect, test } from "vitest";
import { inCheckout } from "../support/paths.ts";
import { random } from "../support/random.ts";
import { randomText, randomTokenizer } from "../tokenizer/random-tokenizers.ts";

const python = process.env["SISKIN_PYTHON"];
const seed = Number(process.env["SISKIN_SEED"] ?? 1);
const cases = Number(process.env["SISKIN_CASES"] ?? 300);
const XLMR = inCheckout("models/multilingual-e5-small/tokenizer.json");
const MINILM = inCheckout("fixtures/tokenizer/minilm-tokenizer.json");

interface Reference {
  readonly error?: string;
  readonly encodings?: readonly {
    readonly error?: string;
    readonly ids: number[];
    readonly offsets: number[];
    readonly decoded: string;
    readonly decodedSpecial: string;
  }[];
}

interface Case {
  readonly tokenizer: unknown;
  readonly texts: readonly string[];
}

function askReference(asked: readonly Case[]): Reference[] {
  if (python === undefined) throw new Error("SISKIN_PYTHON must name a Python with tokenizers 0.23.3");
  const input = asked.map((one) => JSON.stringify(one)).join("\n");
  const { stdout, stderr, status, signal, error } = spawnSync(python, [inCheckout("test/parity/tokenizer.py")], {
    input,
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new Error(`tokenizer.py: exit ${status} ${signal} ${error}: ${stderr.slice(0, 3000)}`);
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** Every way in which siskin runs a tokenizer. */
function ways(json: unknown): [string, Tokenizer][] {
  const { tensors, metadata } = compileTokenizer(json, "");
  const arrays = new Map(Array.from(tensors, ([name, { data }]) => [name, data]));
  return [
    ["general", parseTokenizer(json, { general: true })],
    ["scanner", parseTokenizer(json)],
    ["compiled", loadCompiled(arrays, metadata)],
  ];
}

/** Differences, in words, between the reference and siskin for one text. */
function compare(
  name: string,
  tokenizer: Tokenizer,
  text: string,
  wanted: NonNullable<Reference["encodings"]>[number],
): string[] {
  const shown = JSON.stringify(text.slice(0, 400));
  const differences: string[] = [];
  const check = (what: string, got: unknown, expected: unknown) => {
    const [a, b] = [JSON.stringify(got), JSON.stringify(expected)];
    if (a !== b) differences.push(`${name}: ${what} of ${shown}: expected ${b.slice(0, 600)}, got ${a.slice(0, 600)}`);
  };
  try {
    check("ids", tokenizer.encode(text).ids, wanted.ids);
    if (name !== "general") return differences;
    const { ids, offsets } = tokenizer.encode(text, { offsets: true });
    check("ids with offsets", ids, wanted.ids);
    check("offsets", offsets, toUtf16(text, wanted.offsets));
    check("decoded", tokenizer.decode(wanted.ids), wanted.decoded);
    check(
      "decoded with special tokens",
      tokenizer.decode(wanted.ids, { skipSpecialTokens: false }),
      wanted.decodedSpecial,
    );
  } catch (error) {
    if (wanted.error === undefined) differences.push(`${name}: ${shown}: ${error}`);
    return differences;
  }
  if (wanted.error !== undefined) return [`${name}: ${shown}: expected an error, ${wanted.error}, got ids`];
  return differences;
}

/** Positions in code points as positions in UTF-16 units. */
function toUtf16(text: string, positions: readonly number[]): number[] {
  const units = [0];
  for (const character of text) units.push(units.at(-1)! + character.length);
  return positions.map((position) => units[position]!);
}

test.each([
  ["XLM-R", XLMR],
  ["MiniLM", MINILM],
])("%s: random texts", (_, file) => {
  const source = random(seed);
  const json = JSON.parse(readFileSync(file, "utf8"));
  const texts = Array.from({ length: 40 * cases }, () => randomText(source, []));
  const [reference] = askReference([{ tokenizer: file, texts }]);
  const differences = ways(json).flatMap(([name, tokenizer]) =>
    texts.flatMap((text, i) => compare(name, tokenizer, text, reference!.encodings![i]!)),
  );
  expect(differences.slice(0, 5), `seed ${seed}: ${differences.length} differences`).toEqual([]);
});

test("random tokenizers", () => {
  const source = random(seed);
  const charsmap = JSON.parse(readFileSync(XLMR, "utf8")).normalizer.precompiled_charsmap;
  const asked = Array.from({ length: cases }, () => randomTokenizer(source, charsmap));
  const differences: string[] = [];
  for (const [i, { encodings, error }] of askReference(asked).entries()) {
    const { tokenizer, texts } = asked[i]!;
    const { vocab: _, ...model } = tokenizer.model;
    const described = JSON.stringify({ ...tokenizer, model }).replaceAll(charsmap, "…");
    let tried: [string, Tokenizer][] = [];
    try {
      tried = ways(tokenizer);
    } catch (ours) {
      if (error === undefined) differences.push(`${described}: expected a tokenizer, got ${ours}`);
      continue;
    }
    if (error !== undefined) differences.push(`${described}: expected an error, ${error}, got a tokenizer`);
    for (const [name, one] of tried) {
      for (const [k, text] of texts.entries()) {
        if (encodings === undefined) continue;
        const found = compare(name, one, text, encodings[k]!);
        differences.push(...found.map((difference) => `case ${i}: ${difference}\n  ${described}`));
      }
    }
  }
  expect(differences.slice(0, 5), `seed ${seed}: ${differences.length} differences`).toEqual([]);
});
