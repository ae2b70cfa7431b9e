import { readFileSync } from "node:fs";
import { parse, parseHeader, serialize, view } from "safetensors-ts";
import { SiskinError } from "siskin";
import { compileTokenizer, loadCompiled, parseTokenizer } from "siskin/tokenizer";
import { describe, expect, test } from "vitest";
import { inCheckout } from "../support/paths.ts";
import { random } from "../support/random.ts";
import { randomText, randomTokenizer } from "./random-tokenizers.ts";
import { compiled, toArrays } from "./ways.ts";

const json = JSON.parse(readFileSync(inCheckout("models/multilingual-e5-small/tokenizer.json"), "utf8"));
const { normalizer } = json;

/** The XLM-R family with a few pieces. */
const small = {
  ...json,
  model: {
    type: "Unigram",
    unk_id: 0,
    vocab: [
      ["<unk>", 0],
      ["<s>", 0],
      ["</s>", 0],
      ["▁", -2],
      ["a", -1.5],
      ["▁ab", -1.25],
      ["b", -3],
      ["a", -7],
    ],
  },
};

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof SiskinError) return `${error.code} ${error.message}`;
    throw error;
  }
  return "no error";
}

test("through a safetensors file: the same tokenizer", () => {
  const { tensors, metadata } = compileTokenizer(small, "abc");
  const bytes = serialize(
    Array.from(tensors, ([name, tensor]) => ({ name, ...tensor })),
    metadata,
  );
  const arrays = new Map([...parse(bytes)].map(([name, tensor]) => [name, view(tensor)]));
  const loaded = loadCompiled(arrays, parseHeader(bytes, bytes.length, "file").metadata, { expectedChecksum: "abc" });
  const parsed = parseTokenizer(small);
  for (const text of ["ab a b", "ab<s> <mask>x", ""]) {
    expect(loaded.encode(text, { offsets: true })).toEqual(parsed.encode(text, { offsets: true }));
  }
  const tokens = small.model.vocab.map((_: unknown, id: number) => loaded.idToToken(id));
  expect(tokens).toEqual(small.model.vocab.map(([piece]: [string]) => piece));
  expect(loaded.tokenToId("a")).toBe(7);
  expect(loaded.vocabSize).toBe(parsed.vocabSize);
});

test("the vocabulary and the charsmap are arrays, the rest is JSON; scores are exact", () => {
  const { tensors, metadata } = compileTokenizer(small, "abc");
  const shapes = Array.from(tensors, ([name, { dtype, shape }]) => `${name} ${dtype} [${shape}]`);
  expect(shapes).toEqual([
    expect.stringMatching(/^model\.trie F64 \[\d+,2\]$/),
    expect.stringMatching(/^model\.trie_ids I32 \[\d+\]$/),
    "model.unit_numbers U16 [65536]",
    "model.size I32 [1]",
    "model.min_score F64 [1]",
    "model.duplicates I32 [1,2]",
    "scanner.classes U8 [65536]",
    "scanner.joins U16 [65536]",
    "normalizer.charsmap.0 U8 [237544]",
  ]);
  expect([...metadata.keys()]).toEqual(["format", "format_version", "tokenizer_checksum", "tokenizer"]);
  const rest = JSON.parse(metadata.get("tokenizer")!);
  expect(rest.model).toEqual({ type: "Unigram", unk_id: 0 });
  expect(rest.normalizer).toEqual({ type: "Precompiled", precompiled_charsmap: { tensor: "normalizer.charsmap.0" } });
});

test("charsmaps within sequences", () => {
  const sequence = { type: "Sequence", normalizers: [normalizer, { type: "Lowercase" }, normalizer] };
  const nested = { ...small, normalizer: { type: "Sequence", normalizers: [sequence] } };
  expect(compiled(nested).encode("ＡＢ").ids).toEqual(parseTokenizer(nested).encode("ＡＢ").ids);
});

test("the compiled form of one tokenizer is always the same bytes", () => {
  const bytes = () => {
    const { tensors, metadata } = compileTokenizer(small, "abc");
    return serialize(
      Array.from(tensors, ([name, tensor]) => ({ name, ...tensor })),
      metadata,
    );
  };
  expect(bytes()).toEqual(bytes());
});

test("signs at the end of a word are cut off only where no piece joins them", () => {
  const { next, pick, integer } = random(41);
  const word = () =>
    Array.from({ length: integer(0, 9) }, () => pick(["a", "b", "x", ",", ".", ")", "。", "▁"])).join("");
  for (let round = 0; round < 12; round++) {
    const signs = [",", ".", ")", "a,", "b.", ").", "▁,", "▁b)", ",.", ".a"].filter(() => next() < 0.5);
    const pieces = ["▁", "a", "b", "ab", "▁a", ...signs];
    const vocab = [...small.model.vocab.slice(0, 3), ...pieces.map((piece) => [piece, -integer(1, 5)])];
    const model = { ...small.model, vocab };
    const text = Array.from({ length: 30 }, word).join(" ");
    const expected = parseTokenizer({ ...small, model }, { general: true }).encode(text).ids;
    expect(compiled({ ...small, model }).encode(text).ids, `${JSON.stringify(vocab)} ${text}`).toEqual(expected);
  }
});

describe("refused", () => {
  const { tensors, metadata } = compileTokenizer(small, "abc");
  const arrays = toArrays(tensors);
  const load = (changes: [string, unknown][], meta: [string, string][] = [], expectedChecksum?: string) =>
    messageOf(() =>
      loadCompiled(new Map([...arrays, ...changes]), new Map([...metadata, ...meta]), {
        where: "file",
        expectedChecksum,
      }),
    );

  test.each<[string, string, string]>([
    [
      "one of another tokenizer.json",
      load([], [], "def"),
      'TOKENIZER_STALE file: tokenizer_checksum: expected "def", got "abc": run `siskin compile FOLDER` again, or delete the file',
    ],
    [
      "one of another version",
      load([], [["format_version", "0"]]),
      'TOKENIZER_STALE file: format_version: expected "3", got "0": run `siskin compile FOLDER` again, or delete the file',
    ],
    ["another file", load([], [["format", "pt"]]), 'BAD_FILE file: format: expected "siskin-tokenizer", got "pt"'],
    ["no JSON", load([], [["tokenizer", "{"]]), 'BAD_FILE file: tokenizer: expected JSON, got "{"'],
    ["JSON of something else", load([], [["tokenizer", "7"]]), "BAD_CONFIG file: expected an object, got 7"],
    [
      "an array of another type",
      load([["model.trie", new Float32Array(4)]]),
      "BAD_FILE compiled tokenizer: model.trie: expected F64, got F32",
    ],
    [
      "an array of no type",
      load([["x", [1]]]),
      "BAD_FILE file: x: expected an array of U8, U16, I32, F32 or F64, got another",
    ],
    [
      "an array of another length",
      load([["scanner.classes", new Uint8Array(3)]]),
      "BAD_FILE compiled tokenizer: scanner.classes: expected 65536 elements, got 3",
    ],
    [
      "a trie without its ids",
      load([["model.trie_ids", new Int32Array(3)]]),
      expect.stringMatching(/^BAD_FILE compiled tokenizer: model\.trie: expected 6 elements, got \d+$/),
    ],
    [
      "no piece for unk_id",
      load([["model.size", Int32Array.of(0)]]),
      "BAD_CONFIG file: model.unk_id: expected an id below 0, got 0",
    ],
    [
      "more ids than pieces",
      load([["model.size", Int32Array.of(2 ** 30)]]),
      expect.stringMatching(/^BAD_FILE compiled tokenizer: model\.size: expected at most \d+, got 1073741824$/),
    ],
    [
      "half a charsmap",
      load([["normalizer.charsmap.0", new Uint8Array([8, 0, 0, 0, 1])]]),
      expect.stringMatching(/^BAD_CONFIG file: normalizer\.precompiled_charsmap: expected a trie/),
    ],
  ])("%s", (_, message, expected) => {
    expect(message).toEqual(expected);
  });

  test("a missing array", () => {
    for (const name of arrays.keys()) {
      const fewer = new Map(arrays);
      fewer.delete(name);
      const message = messageOf(() => loadCompiled(fewer, metadata));
      // Without its classes the scanner is left out and the general steps run.
      if (name === "scanner.classes") expect(message).toBe("no error");
      else expect(message).toMatch(new RegExp(`^BAD_FILE compiled tokenizer: ${name}: expected \\w+, got nothing$`));
    }
  });
});

test("arrays of any numbers do no harm: some ids or an error, in time", () => {
  const seed = 20_261_124;
  const source = random(seed);
  for (let k = 0; k < 120; k++) {
    const tokenizer = source.next() < 0.5 ? small : randomTokenizer(source, normalizer.precompiled_charsmap).tokenizer;
    const { tensors, metadata } = compileTokenizer(tokenizer, "");
    const arrays = toArrays(tensors);
    for (const [name, array] of arrays) {
      if (source.next() < 0.4) arrays.set(name, corrupt(array));
    }
    const start = performance.now();
    const message = messageOf(() => {
      const loaded = loadCompiled(arrays, metadata);
      const text = randomText(source, ["ab"]).repeat(20);
      for (const offsets of [false, true]) loaded.decode(loaded.encode(text, { offsets }).ids);
    });
    expect(message, `seed ${seed}, case ${k}`).toMatch(/^(no error|BAD_\w+ |UNKNOWN_COMPONENT )/);
    expect(performance.now() - start, `seed ${seed}, case ${k}`).toBeLessThan(2000);
  }

  function corrupt(array: ArrayBufferView): ArrayBufferView {
    const copy = Uint8Array.from(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    for (let left = source.integer(1, 200); left > 0 && copy.length > 0; left--) {
      copy[source.integer(0, copy.length - 1)] = source.integer(0, 255);
    }
    return new (array.constructor as new (buffer: ArrayBuffer) => ArrayBufferView)(copy.buffer);
  }
});
