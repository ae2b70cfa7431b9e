import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { type LoadOptions, load } from "siskin";
import { parseTokenizer } from "siskin/tokenizer";
import { afterEach, beforeEach, expect, test } from "vitest";
import { inCheckout } from "../support/paths.ts";
import { tinyModel } from "../support/tiny-model.ts";

const JSON_TEXT = readFileSync(inCheckout("fixtures/tokenizer/minilm-tokenizer.json"), "utf8");
const TEXT = "Statutes of limitation, e.g. 3 years: naïve œuvre";
const expected = parseTokenizer(JSON.parse(JSON_TEXT)).encode(TEXT).ids;

let cacheDir: string;
beforeEach(() => {
  cacheDir = mkdtempSync(join(tmpdir(), "siskin-compiled-"));
});
afterEach(() => rmSync(cacheDir, { recursive: true }));

const kept = () => readdirSync(join(cacheDir, "tokenizers")).sort();
const keptPath = () => join(cacheDir, "tokenizers", kept()[0]!);

async function idsOf(
  tokenizerJson: string,
  options: LoadOptions = { cacheDir },
  settings = {},
): Promise<readonly number[]> {
  const files = {
    "tokenizer.json": tokenizerJson,
    "sentence_bert_config.json": JSON.stringify({ max_seq_length: 16, ...settings }),
  };
  using model = await load(tinyModel({ files }), options);
  return model.tokenizer.encode(TEXT).ids;
}

test("a large tokenizer.json is compiled the first time, and comes from the cache after that", async () => {
  expect(await idsOf(JSON_TEXT)).toEqual(expected);
  expect(kept()).toEqual([expect.stringMatching(/^[0-9a-f]{64}-\d+\.safetensors$/)]);

  // To see which one is read: one with another special token's id, under the name of this content.
  const bytes = readFileSync(keptPath());
  const changed = Buffer.from(bytes.toString("latin1").replaceAll("[101]", "[777]"), "latin1");
  expect(changed.equals(bytes)).toBe(false);
  changed.writeUInt32LE(crc32(changed.subarray(0, -4)), changed.length - 4);
  writeFileSync(keptPath(), changed);
  expect(await idsOf(JSON_TEXT)).not.toEqual(expected);
});

test("other content, and the same lowercased, are other files", async () => {
  const other = JSON_TEXT.replace('"##ing"', '"##gni"');
  expect(other).not.toBe(JSON_TEXT);
  await idsOf(JSON_TEXT);
  await idsOf(other);
  await idsOf(JSON_TEXT, { cacheDir }, { do_lower_case: true });
  expect(new Set(kept()).size).toBe(3);
});

test.each([
  ["cut short", (bytes: Buffer) => bytes.subarray(0, 1000)],
  ["empty", () => Buffer.alloc(0)],
  ["zero in a block", (bytes: Buffer) => Buffer.from(bytes).fill(0, 400_000, 404_096)],
  [
    "of another version",
    (bytes: Buffer) => Buffer.from(bytes.toString("latin1").replace('version":"', 'version":"9'), "latin1"),
  ],
])("a cached file that is %s is made anew", async (_, damage) => {
  await idsOf(JSON_TEXT);
  const good = readFileSync(keptPath());
  writeFileSync(keptPath(), damage(good));
  expect(await idsOf(JSON_TEXT)).toEqual(expected);
  expect(readFileSync(keptPath()).equals(good)).toBe(true);
});

test("without a place to write nothing is compiled, and the tokenizer is the same", async () => {
  const file = join(cacheDir, "file");
  writeFileSync(file, "");
  expect(await idsOf(JSON_TEXT, { cacheDir: file })).toEqual(expected);
});

test("a file that cannot be kept leaves nothing behind", async () => {
  await idsOf(JSON_TEXT);
  const name = kept()[0]!;
  rmSync(keptPath());
  mkdirSync(join(cacheDir, "tokenizers", name)); // a rename to it fails
  expect(await idsOf(JSON_TEXT)).toEqual(expected);
  expect(kept()).toEqual([name]);
});

test("drafts of processes that ended are removed", async () => {
  mkdirSync(join(cacheDir, "tokenizers"));
  for (const [name, age] of [
    ["old.draft", 120],
    ["new.draft", 1],
  ] as const) {
    writeFileSync(join(cacheDir, "tokenizers", name), "");
    const seconds = Date.now() / 1000 - age;
    utimesSync(join(cacheDir, "tokenizers", name), seconds, seconds);
  }
  await idsOf(JSON_TEXT);
  expect(kept().filter((name) => name.endsWith(".draft"))).toEqual(["new.draft"]);
});

test("a broken tokenizer.json is the error that it is without a cache, and leaves nothing behind", async () => {
  await expect(idsOf(JSON_TEXT.slice(0, -10))).rejects.toThrow("tokenizer.json: expected JSON, got");
  await expect(idsOf(JSON_TEXT.replace('"WordPiece"', '"Nonsense"'))).rejects.toThrow(
    "tokenizer.json: decoder: unknown type",
  );
  expect(kept()).toEqual([]);
});

test("a small tokenizer.json is not kept", async () => {
  using _ = await load(tinyModel(), { cacheDir });
  expect(readdirSync(cacheDir)).toEqual([]);
});
