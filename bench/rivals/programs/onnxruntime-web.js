// onnxruntime-web without a library around it: what its users can reach. The model is the one that onnxruntime's optimizer fused;
// the tokenizer is siskin's, as it has none of its own.
import { readFileSync } from "node:fs";
import * as ort from "onnxruntime-web";
import { parseTokenizer } from "../../../dist/tokenizer/index.js";
import { serve } from "./protocol.js";

await serve(async ({ model, threads }) => {
  ort.env.wasm.numThreads = threads;
  ort.env.wasm.wasmPaths = new URL("./", import.meta.resolve("onnxruntime-web")).href;
  const tokenizer = parseTokenizer(JSON.parse(readFileSync(`${model}/tokenizer.json`, "utf8")));
  const session = await ort.InferenceSession.create(`${model}/onnx/model_fused_quantized.onnx`, {
    executionProviders: ["wasm"],
    graphOptimizationLevel: "all",
  });

  const embed = async (texts) => {
    const ids = texts.map((text) => tokenizer.encode(text).ids);
    const tokens = Math.max(...ids.map(({ length }) => length));
    const [inputIds, mask, types] = Array.from({ length: 3 }, () => new BigInt64Array(texts.length * tokens));
    for (const [row, own] of ids.entries()) {
      for (let t = 0; t < own.length; t++) inputIds[row * tokens + t] = BigInt(own[t]);
      mask.fill(1n, row * tokens, row * tokens + own.length);
    }
    const tensor = (values) => new ort.Tensor("int64", values, [texts.length, tokens]);
    const { last_hidden_state: hidden } = await session.run({
      input_ids: tensor(inputIds),
      attention_mask: tensor(mask),
      token_type_ids: tensor(types),
    });
    const size = hidden.dims[2];
    return ids.map(({ length }, row) => unitMean(hidden.data, row * tokens * size, length, size));
  };
  return { version: ort.env.versions.web, embed, batchSizes: [1, 8, 32] };
});

/** The mean of a text's own tokens at unit length; hidden [.., tokens, size] from `offset`. */
function unitMean(hidden, offset, tokens, size) {
  const sum = new Float32Array(size);
  for (let t = 0; t < tokens; t++) {
    for (let h = 0; h < size; h++) sum[h] += hidden[offset + t * size + h];
  }
  const norm = Math.hypot(...sum);
  return sum.map((value) => value / norm);
}
