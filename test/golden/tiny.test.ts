import { readdirSync } from "node:fs";
import { load } from "siskin";
import { expect, test } from "vitest";
import { concatenate, expectClose, scaleOf } from "../support/compare.ts";
import { hiddenStates } from "../support/layers.ts";
import { inCheckout, TINY_MODELS } from "../support/paths.ts";
import { readReference } from "../support/reference.ts";

test("every model of fixtures/tiny is compared", () => {
  expect(readdirSync(inCheckout("fixtures/tiny")).sort()).toEqual([...TINY_MODELS].sort());
});

for (const name of TINY_MODELS) {
  const folder = inCheckout(`fixtures/tiny/${name}`);
  const reference = readReference(folder);
  const { texts, ids, promptName } = reference;

  test(`${name}: ids`, async () => {
    using model = await load(folder);
    for (const [i, text] of texts.entries()) {
      expect([...(await model.encodeTokens(text, { promptName })).ids], text).toEqual(ids[i]);
    }
  });

  test(`${name}: each layer's hidden states`, async () => {
    const actual = await hiddenStates(folder, ids[0]!);
    expectClose(actual, reference.hiddenStates, 1e-5, ["layer", "token", "component"]);
  });

  test(`${name}: embeddings`, async () => {
    using model = await load(folder);
    expect(model.info.dimensions).toBe(reference.embeddings.shape[1]);
    const vectors = await model.encode(texts, { promptName });
    expectClose(concatenate(vectors), reference.embeddings, 1e-6 * scaleOf(reference.embeddings), [
      "text",
      "component",
    ]);
  });
}
