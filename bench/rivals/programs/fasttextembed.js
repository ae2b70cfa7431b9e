import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { serve } from "./protocol.js";

const require = createRequire(import.meta.url);

await serve(async ({ model }) => {
  const { TextEmbedding } = require("fasttextembed/wasm.js");
  const { version } = require("fasttextembed/package.json");
  const own = await TextEmbedding.create({
    fte: readFileSync(`${model}/model.fte`),
    vocab: readFileSync(`${model}/vocab.tsv`),
  });
  const embed = async (texts) => own.embed(texts).map((vector) => Float32Array.from(vector));
  return { version, embed, batchSizes: [32] }; // it takes them one by one
});
