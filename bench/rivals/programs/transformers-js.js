// transformers.js: variants wasm-fp32, wasm-q8 on onnxruntime-web, node-fp32, node-q8 on onnxruntime-node. In Node it takes the
// latter, unless it finds another under the symbol below; Node gets onnxruntime-web's build for Node, which can have threads.
import { basename, dirname } from "node:path";
import { serve } from "./protocol.js";

await serve(async ({ model, threads }, variant) => {
  const [engine, dtype] = variant.split("-");
  if (engine === "wasm") {
    const ort = await import("onnxruntime-web");
    ort.env.wasm.numThreads = threads;
    ort.env.wasm.wasmPaths = new URL("./", import.meta.resolve("onnxruntime-web")).href;
    globalThis[Symbol.for("onnxruntime")] = ort;
  }
  const { env, pipeline } = await import("@huggingface/transformers");
  env.allowRemoteModels = false;
  env.localModelPath = dirname(model);
  const options =
    engine === "wasm"
      ? { device: "auto", session_options: { executionProviders: ["wasm"] } } // it knows no device by name in an engine given to it
      : { device: "cpu", session_options: { intraOpNumThreads: threads, interOpNumThreads: 1 } };
  const extract = await pipeline("feature-extraction", basename(model), { dtype, ...options });

  const embed = async (texts) => {
    const { data, dims } = await extract(texts, { pooling: "mean", normalize: true });
    return texts.map((_, i) => data.slice(i * dims[1], (i + 1) * dims[1]));
  };
  return { version: env.version, embed, batchSizes: [1, 8, 32] };
});
