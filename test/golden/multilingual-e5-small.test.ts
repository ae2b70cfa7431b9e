import { type Embedder, load } from "siskin";
import { afterAll, beforeAll, expect, test } from "vitest";
import { concatenate, expectClose } from "../support/compare.ts";
import { hiddenStates } from "../support/layers.ts";
import { inCheckout } from "../support/paths.ts";
import { readReference } from "../support/reference.ts";

const reference = readReference(inCheckout("fixtures/golden/e5-small-4bit"));
const { texts, ids } = reference;
let model: Embedder;

beforeAll(async () => {
  model = await load();
});

afterAll(() => model.dispose());

test("72 texts have the same ids", () => {
  expect(texts).toHaveLength(72);
  const maxLength = model.info.maxTokens;
  for (const [i, text] of texts.entries())
    expect(model.tokenizer.encode(text, { maxLength }).ids, text).toEqual(ids[i]);
});

test("each component of 72 embeddings is within 5e-7 of float64", async () => {
  expectClose(concatenate(await model.encode(texts)), reference.embeddings, 5e-7, ["text", "component"]);
});

test("each layer's hidden states of the first text are within 1e-5", async () => {
  expectClose(await hiddenStates(undefined, ids[0]!), reference.hiddenStates, 1e-5, ["layer", "token", "component"]);
});

test("the same text has the same bits alone, among 50 and in another order", async () => {
  const batch = texts.toSorted((a, b) => a.length - b.length).slice(0, 50);
  const forwards = await model.encode(batch);
  const backwards = (await model.encode(batch.toReversed())).toReversed();
  const small = await model.encode(batch, { batchTokens: 100 });
  for (const [i, text] of batch.entries()) {
    const bits = bitsOf(await model.encode(text));
    expect(bitsOf(forwards[i]!), `among 50: ${text}`).toEqual(bits);
    expect(bitsOf(backwards[i]!), `in another order: ${text}`).toEqual(bits);
    expect(bitsOf(small[i]!), `in small batches: ${text}`).toEqual(bits);
  }
});

function bitsOf(vector: Float32Array): Uint32Array {
  return new Uint32Array(vector.slice().buffer);
}
