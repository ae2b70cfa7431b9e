import { serialize } from "safetensors-ts";
import { expect, test } from "vitest";
import { readReferences } from "../../dist/evaluation/references.js";
import { writeNpy } from "../../dist/output/npy.js";

const utf8 = (text: string) => new TextEncoder().encode(text);
const vectors = [Float32Array.of(1, 2), Float32Array.of(3, 4)];
const texts = ["раз", "два"];

test("a line of JSON a text, with a BOM, CRLF and empty lines", async () => {
  const lines = '\ufeff{"text":"раз","embedding":[1,2]}\r\n\r\n{"embedding":[0.1,4],"text":"два"}\r\n';
  expect(await readReferences(utf8(lines), "r.jsonl")).toEqual({
    texts,
    vectors: [
      [1, 2],
      [0.1, 4],
    ],
  });
});

test("a NumPy file with texts beside it", async () => {
  expect(await readReferences(writeNpy(vectors), "r.npy", texts)).toEqual({ texts, vectors });
});

test.each(["embeddings", "anything"])("the float matrix %s of a safetensors file", async (name) => {
  const file = serialize([
    { name, shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
    { name: "ids", shape: [2, 2], data: Int32Array.of(1, 2, 3, 4) },
  ]);
  expect(await readReferences(file, "r.safetensors", texts)).toEqual({ texts, vectors });
});

test("embeddings is taken before other matrices, in float64 unrounded", async () => {
  const file = serialize([
    { name: "embeddings", shape: [2, 1], data: Float64Array.of(1 / 3, 2) },
    { name: "hidden", shape: [1, 2], data: Float32Array.of(1, 2) },
  ]);
  const { vectors: read } = await readReferences(file, "r.safetensors", texts);
  expect(read).toEqual([Float64Array.of(1 / 3), Float64Array.of(2)]);
});

const two = serialize([
  { name: "a", shape: [1, 1], data: Float32Array.of(1) },
  { name: "b", shape: [1, 1], data: Float32Array.of(1) },
]);
test.each([
  [
    "another ending",
    "r.csv",
    utf8(""),
    undefined,
    "r.csv: expected a .jsonl, .npy or .safetensors file, got another ending",
  ],
  ["no JSON", "r.jsonl", utf8('{"text":"a","embedding":[1]}\nno'), undefined, 'r.jsonl:2: expected JSON, got "no"'],
  ["no object", "r.jsonl", utf8("null"), undefined, 'r.jsonl:1: expected "text", a string, got nothing'],
  ["no text", "r.jsonl", utf8('{"text":7,"embedding":[1]}'), undefined, 'r.jsonl:1: expected "text", a string, got 7'],
  [
    "no list",
    "r.jsonl",
    utf8('{"text":"a"}'),
    undefined,
    'r.jsonl:1: expected "embedding", a list of numbers, got undefined',
  ],
  [
    "no numbers",
    "r.jsonl",
    utf8('{"text":"a","embedding":[null]}'),
    undefined,
    'r.jsonl:1: expected "embedding", a list of numbers, got another list',
  ],
  [
    "two lengths",
    "r.jsonl",
    utf8('{"text":"a","embedding":[1]}\n{"text":"b","embedding":[1,2]}'),
    undefined,
    "r.jsonl:2: expected 1 components, as the first line has, got 2",
  ],
  ["other bytes", "r.jsonl", Uint8Array.of(0xff, 0xfe), undefined, "r.jsonl: expected UTF-8 text, got other bytes"],
  ["no texts", "r.npy", writeNpy(vectors), undefined, "r.npy: expected the texts of its vectors beside it, got none"],
  ["other texts", "r.npy", writeNpy(vectors), ["one"], "r.npy: expected as many vectors as texts, 1, got 2"],
  [
    "two matrices",
    "r.safetensors",
    two,
    ["a"],
    'r.safetensors: expected a tensor "embeddings" or one float matrix, got 2 float matrices',
  ],
])("%s is refused", async (_, name, bytes, given, message) => {
  await expect(readReferences(bytes, name, given)).rejects.toThrow(
    expect.objectContaining({ code: "BAD_INPUT", message }),
  );
});
