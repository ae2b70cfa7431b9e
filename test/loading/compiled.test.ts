import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { serialize } from "safetensors-ts";
import { load } from "siskin";
import { compileTokenizer, tokenizerChecksum } from "siskin/tokenizer";
import { afterAll, beforeEach, expect, test } from "vitest";
import { tinyModel } from "../support/tiny-model.ts";

const folder = mkdtempSync(join(tmpdir(), "siskin-compiled-"));
afterAll(() => rmSync(folder, { recursive: true }));

const json = join(folder, "tokenizer.json");
const compiled = join(folder, "tokenizer.siskin.safetensors");
const changeJson = (from: string, to: string) => writeFileSync(json, readFileSync(json, "utf8").replace(from, to));
const loading = async () => {
  using model = await load(folder);
  return model.tokenizer.encode("river").ids.length;
};

beforeEach(() => {
  for (const [name, bytes] of tinyModel()) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  const bytes = new Uint8Array(readFileSync(json));
  const { tensors, metadata } = compileTokenizer(JSON.parse(readFileSync(json, "utf8")), tokenizerChecksum(bytes));
  writeFileSync(
    compiled,
    serialize(
      Array.from(tensors, ([name, tensor]) => ({ name, ...tensor })),
      metadata,
    ),
  );
});

test("the compiled form of this tokenizer.json loads", async () => {
  expect(await loading()).toBe(3);
});

test.each([
  ["the same size", '"rover"'],
  ["another size", '"rivers"'],
])("a tokenizer.json of %s is refused, whenever it was written", async (_, piece) => {
  changeJson('"river"', piece);
  await expect(loading()).rejects.toMatchObject({ code: "TOKENIZER_STALE" });
  utimesSync(json, 1000, 1000);
  await expect(loading()).rejects.toMatchObject({ code: "TOKENIZER_STALE" });
});
