import { type Embedder, load } from "siskin";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { concatenate, expectClose } from "../../support/compare.ts";
import { inCheckout } from "../../support/paths.ts";
import { readReference } from "../../support/reference.ts";

const { texts, embeddings } = readReference(inCheckout("fixtures/golden/e5-small-4bit"));

// Both modules where the engine has relaxed SIMD, else the strict one twice.
describe.each([false, true])("the embedded model with deterministic: %s", (deterministic) => {
  let model: Embedder;
  beforeAll(async () => {
    model = await load(undefined, { deterministic });
  });
  afterAll(() => model.dispose());

  test("runs on WebAssembly, each component of 72 embeddings within 5e-7 of float64", async () => {
    expect(model.info.kernels).toMatch(deterministic ? /^wasm simd, multiply and add/ : /^wasm simd/);
    expectClose(concatenate(await model.encode(texts)), embeddings, 5e-7, ["text", "component"]);
  });

  test("the same text has the same bits alone and in a batch", async () => {
    const batch = texts.toSorted((a, b) => a.length - b.length).slice(0, 40);
    const together = await model.encode(batch);
    for (const [i, text] of batch.entries()) expect(await model.encode(text), text).toEqual(together[i]);
  });
});
