import { load, SiskinError } from "siskin";
import { expect, test } from "vitest";
import { inCheckout } from "./support/paths.ts";
import { tinyModel } from "./support/tiny-model.ts";

const model = await load(tinyModel());
const LONG = "river stone ".repeat(20); // 42 tokens, of which the model reads 16

test("an empty list gives an empty list", async () => {
  expect(await model.encode([])).toEqual([]);
  expect(await model.encodeDetailed([])).toEqual([]);
});

test("a text gives a vector, a list a list in its order", async () => {
  const texts = ["a", "river stone c", "b", LONG, ""];
  const alone = [];
  for (const text of texts) alone.push(await model.encode(text));
  expect(await model.encode(texts)).toEqual(alone);
  expect(await model.encode(texts, { batchTokens: 1 })).toEqual(alone);
  expect((await model.encode([...texts].reverse())).reverse()).toEqual(alone);
});

test("an empty text is its special tokens", async () => {
  const [detailed] = await model.encodeDetailed([""]);
  expect(detailed!.tokens).toBe(2);
  expect(Math.hypot(...detailed!.vector)).toBeCloseTo(1, 6);
});

test.each(["mean", "cls"])("a text without any tokens is zeros, first or beside others, pooled by %s", async (mode) => {
  const tokenizer = JSON.parse(new TextDecoder().decode(tinyModel().get("tokenizer.json")));
  const plain = {
    "tokenizer.json": JSON.stringify({ ...tokenizer, post_processor: null }),
    "1_Pooling/config.json": JSON.stringify({ embedding_dimension: 12, pooling_mode: mode }),
  };
  for (const backend of ["auto", "scalar"] as const) {
    const bare = await load(tinyModel({ files: plain }), { backend });
    const zeros = new Float32Array(12);
    expect(await bare.encode("")).toEqual(zeros);
    const river = await bare.encode("river");
    expect(await bare.encode(["", "river", ""])).toEqual([zeros, river, zeros]);
    expect(await (await load(tinyModel({ files: plain }), { backend })).encodeTokens("")).toEqual({
      ids: new Int32Array(0),
      hidden: new Float32Array(0),
    });
  }
});

test("a lone surrogate is read as U+FFFD", async () => {
  expect(await model.encode("a \ud800 b")).toEqual(await model.encode("a \ufffd b"));
});

test("encodeDetailed tells the tokens before the cut, and whether there was one", async () => {
  const detailed = await model.encodeDetailed(["river stones", LONG]);
  expect(detailed.map(({ tokens, truncated }) => ({ tokens, truncated }))).toEqual([
    { tokens: 5, truncated: false },
    { tokens: 42, truncated: true },
  ]);
});

test("a text of a megabyte is cut like any other", async () => {
  const [detailed] = await model.encodeDetailed(["river ".repeat(170_000)]);
  expect(detailed).toMatchObject({ tokens: 170_002, truncated: true });
});

test("encodeTokens gives ids and hidden states [tokens, hidden]", async () => {
  const { ids, hidden } = await model.encodeTokens("river stones");
  expect([...ids]).toEqual([2, 10, 11, 12, 3]);
  expect(hidden.length).toBe(5 * 12);
});

test("prompts: by name, as text, by encodeQuery and encodeDocument", async () => {
  const query = await model.encode("query : river");
  expect(await model.encode("river", { promptName: "query" })).toEqual(query);
  expect(await model.encode("river", { prompt: "query : ", promptName: "passage" })).toEqual(query);
  expect(await model.encodeQuery("river")).toEqual(query);
  expect(await model.encodeDocument(["river"])).toEqual([await model.encode("passage : river")]);
  expect(await model.encodeQuery("river", { prompt: "" })).toEqual(await model.encode("river"));
});

test("dimensions keep the first components, and normalize makes them a unit vector", async () => {
  const whole = await model.encode("river");
  const cut = await model.encode("river", { dimensions: 5 });
  expect(cut).toEqual(whole.slice(0, 5));
  const norm = Math.hypot(...cut);
  const unit = await model.encode("river", { dimensions: 5, normalize: true });
  unit.forEach((v, i) => {
    expect(v).toBeCloseTo(cut[i]! / norm, 6);
  });
});

test("precision: bits and bytes", async () => {
  const whole = await model.encode("river");
  const bits = await model.encode("river", { precision: "ubinary" });
  expect(bits).toBeInstanceOf(Uint8Array);
  expect([...bits].flatMap((byte) => Array.from({ length: 8 }, (_, i) => (byte >> (7 - i)) & 1)).slice(0, 12)).toEqual(
    [...whole].map((v) => (v > 0 ? 1 : 0)),
  );
  const ranges = { min: whole.map((v) => v - 1), max: whole.map((v) => v + 1) };
  expect(await model.encode(["river"], { precision: "int8", ranges })).toEqual([new Int8Array(12).fill(-1)]);
});

test("the vectors of a list are views into one buffer", async () => {
  const [first, second] = await model.encode(["a", "b"]);
  expect(first!.buffer).toBe(second!.buffer);
});

test("similarity is the model's: cosine", async () => {
  const [a, b] = await model.encode(["a", "river"]);
  const scores = model.similarity([a!, b!], [a!]);
  expect(scores[0]![0]).toBeCloseTo(1, 6);
  expect(model.similarityPairwise([b!], [a!])[0]).toBe(scores[1]![0]);
});

test("info says what the model is", () => {
  expect(model.info).toMatchObject({
    name: "files in memory",
    dimensions: 12,
    maxTokens: 16,
    pooling: ["mean"],
    prompts: { query: "query : ", passage: "passage : " },
    similarity: "cosine",
    dtype: "float32",
    threads: 1,
  });
});

test("onProgress counts up to the total", async () => {
  const events: { done: number; total: number }[] = [];
  await model.encode(["a", "b", LONG], { batchTokens: 16, onProgress: (event) => events.push(event) });
  expect(events.map(({ done }) => done)).toEqual([1, 3]);
  expect(events.every(({ total }) => total === 3)).toBe(true);
});

test("a signal that was aborted ends the work with its reason", async () => {
  await expect(model.encode("a", { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
});

test("a signal that aborts meanwhile ends the work between two layers", async () => {
  const controller = new AbortController();
  const texts = Array.from({ length: 200_000 }, (_, i) => `river ${"a ".repeat(i % 12)}`);
  setTimeout(() => controller.abort(new Error("enough")), 50);
  const start = performance.now();
  await expect(model.encode(texts, { signal: controller.signal })).rejects.toThrow("enough");
  expect(performance.now() - start).toBeLessThan(1000);
});

test("calls that overlap do not disturb each other", async () => {
  const texts = ["a", "river stone", LONG, "b c"];
  const expected = await model.encode(texts);
  expect(await Promise.all(texts.map((text) => model.encode(text)))).toEqual(expected);
});

test("texts and options are the call's own: what the caller changes later is not seen", async () => {
  const expected = await model.encode(["a", "river"], { dimensions: 5 });
  for (const encode of [
    (texts: string[], options: object) => model.encode(texts, options),
    async (texts: string[], options: object) =>
      (await model.encodeDetailed(texts, options)).map(({ vector }) => vector),
  ]) {
    const texts = ["a", "river"];
    const options = { dimensions: 5 };
    const vectors = encode(texts, options);
    texts[0] = 7 as never;
    texts.push("b");
    options.dimensions = 99;
    expect(await vectors).toEqual(expected);
  }
});

test.each<[string, unknown, object | undefined, string, string]>([
  ["a number", 7, undefined, "BAD_INPUT", "encode: expected a string or a list of strings, got 7"],
  ["nothing", undefined, undefined, "BAD_INPUT", "encode: expected a string or a list of strings, got nothing"],
  ["a list with a number", ["a", 7], undefined, "BAD_INPUT", "encode: texts[1]: expected a string, got 7"],
  [
    "a list with nothing in it",
    [undefined, "a"],
    undefined,
    "BAD_INPUT",
    "encode: texts[0]: expected a string, got nothing",
  ],
  ["dimensions 0", "a", { dimensions: 0 }, "BAD_OPTION", "encode: dimensions must be an integer from 1 to 12, got 0"],
  [
    "dimensions 13",
    "a",
    { dimensions: 13 },
    "BAD_OPTION",
    "encode: dimensions must be an integer from 1 to 12, got 13",
  ],
  [
    "dimensions 1.5",
    "a",
    { dimensions: 1.5 },
    "BAD_OPTION",
    "encode: dimensions must be an integer from 1 to 12, got 1.5",
  ],
  [
    "an unknown prompt",
    "a",
    { promptName: "qurey" },
    "BAD_OPTION",
    'encode: promptName must be one of "query", "passage", got "qurey"',
  ],
  ["a prompt that is none", "a", { prompt: 7 }, "BAD_OPTION", "encode: prompt must be a string, got 7"],
  ["options that are none", "a", null as never, "BAD_OPTION", "encode: options must be an object, got null"],
  ["options that are a text", "a", "query" as never, "BAD_OPTION", 'encode: options must be an object, got "query"'],
  ["a signal that is none", "a", { signal: 5 }, "BAD_OPTION", "encode: signal must be an AbortSignal, got 5"],
  ["an onProgress that is none", "a", { onProgress: 5 }, "BAD_OPTION", "encode: onProgress must be a function, got 5"],
  [
    "an unknown onTruncate",
    "a",
    { onTruncate: "chunk" },
    "BAD_OPTION",
    'encode: onTruncate must be one of "cut", "error", got "chunk"',
  ],
  [
    "an unknown precision",
    "a",
    { precision: "int4" },
    "BAD_OPTION",
    'encode: precision must be one of "float32", "int8", "uint8", "binary", "ubinary", got "int4"',
  ],
  [
    "int8 without ranges",
    "a",
    { precision: "int8" },
    "BAD_OPTION",
    'encode: precision "int8": expected ranges {min, max} of a calibration set (see rangesOf), got none',
  ],
  [
    "batchTokens 0",
    "a",
    { batchTokens: 0 },
    "BAD_OPTION",
    "encode: batchTokens must be an integer from 1 to 1048576, got 0",
  ],
  [
    "a long text where it is an error",
    ["a", LONG],
    { onTruncate: "error" },
    "TRUNCATED",
    "encode: texts[1]: expected at most 16 tokens, got 42",
  ],
])("%s is an error", async (_, input, options, code, message) => {
  const error = await model.encode(input as string, options as never).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(SiskinError);
  expect(error).toMatchObject({ code, message });
});

test("the other calls refuse as encode does", async () => {
  const message = (call: Promise<unknown>) => call.then(String, (error: unknown) => (error as Error).message);
  expect(await message(model.encodeQuery("a", null as never))).toBe("encodeQuery: options must be an object, got null");
  expect(await message(model.encodeDocument(7 as never))).toBe(
    "encodeDocument: expected a string or a list of strings, got 7",
  );
  expect(await message(model.encodeDetailed("a" as never))).toBe('encodeDetailed: expected a list of strings, got "a"');
});

test("after dispose every call is an error, and a second dispose is none", async () => {
  const gone = await load(tinyModel());
  const underWay = gone.encode(Array.from({ length: 50_000 }, () => "river stone"));
  setTimeout(() => gone.dispose(), 20);
  await expect(underWay).rejects.toMatchObject({ code: "DISPOSED" });
  gone.dispose();
  await expect(gone.encode("a")).rejects.toMatchObject({
    code: "DISPOSED",
    message: "encode: expected a loaded model, got one that was disposed of",
  });
});

const DISPOSED = { code: "DISPOSED", message: "encode: expected a loaded model, got one that was disposed of" };

test("dispose ends work that has only begun, of a folder whose files it closes", async () => {
  const gone = await load(inCheckout("fixtures/tiny/gelu-mean"));
  const underWay = gone.encode(["a", "b"]);
  await null;
  gone.dispose();
  await expect(underWay).rejects.toMatchObject(DISPOSED);
});

test.each([0, 1])("dispose after batch %i ends the work, short as it is", async (batch) => {
  const gone = await load(tinyModel());
  let batches = 0;
  const onProgress = () => {
    if (batches++ === batch) gone.dispose();
  };
  await expect(gone.encode(["a", "b"], { batchTokens: 1, onProgress })).rejects.toMatchObject(DISPOSED);
  expect(batches).toBe(batch + 1);
});
