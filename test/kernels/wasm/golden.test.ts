import { type Embedder, load } from "siskin";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { concatenate, expectClose, smallestCosine } from "../../support/compare.ts";
import { inCheckout } from "../../support/paths.ts";
import { readReference } from "../../support/reference.ts";

const { texts, embeddings } = readReference(inCheckout("fixtures/golden/e5-small-4bit"));

// Both modules where the engine has relaxed SIMD, else the strict one twice.
describe.each([
  ["float32", false],
  ["float32", true],
  ["int16", false],
  ["int8", false],
] as const)("the embedded model in %s, deterministic: %s", (dtype, deterministic) => {
  let model: Embedder;
  beforeAll(async () => {
    model = await load(undefined, { dtype, deterministic });
  });
  afterAll(() => model.dispose());

  test("runs on WebAssembly, as near to float64 as the dtype goes: 72 texts", async () => {
    expect(model.info.dtype).toBe(dtype);
    expect(model.info.kernels).toMatch(deterministic ? /^wasm simd, multiply and add/ : /^wasm simd/);
    const vectors = concatenate(await model.encode(texts));
    if (dtype === "float32") expectClose(vectors, embeddings, 5e-7, ["text", "component"]);
    else expect(smallestCosine(vectors, embeddings)).toBeGreaterThanOrEqual(dtype === "int16" ? 0.9999 : 0.999);
  });

  test("the same text has the same bits alone and in a batch", async () => {
    const batch = texts.toSorted((a, b) => a.length - b.length).slice(0, 40);
    const together = await model.encode(batch);
    for (const [i, text] of batch.entries()) expect(await model.encode(text), text).toEqual(together[i]);
  });
});

test.each(["int16", "int8"] as const)("the scalar kernels in %s are as near to float64", async (dtype) => {
  using model = await load(undefined, { dtype, backend: "scalar" });
  const vectors = concatenate(await model.encode(texts.slice(0, 6)));
  const rows = embeddings.data.subarray(0, vectors.length);
  const cosine = smallestCosine(vectors, { shape: [6, 384], data: rows });
  expect(cosine).toBeGreaterThanOrEqual(dtype === "int16" ? 0.9999 : 0.999);
});
