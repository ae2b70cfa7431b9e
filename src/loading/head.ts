import type { Backend } from "../kernels/backend.ts";
import { fetchModules, floats, matrix, openCheckpoint } from "../model/checkpoint.ts";
import { DEFAULT_POOLING, type DenseConfig, type ModuleEntry, parseDense, parsePooling } from "../model/modules.ts";
import type { HeadStep, SentenceHead } from "../model/sentence-head.ts";
import type { ModelSource } from "../source/model-source.ts";
import { join, openWeights, requireFields } from "./files.ts";

/** Reads the modules after the transformer: how to pool, and the weights of Dense layers. */
export async function readHead(
  files: ModelSource,
  modules: readonly ModuleEntry[],
  hiddenSize: number,
  backend: Backend,
): Promise<SentenceHead> {
  let pooling = DEFAULT_POOLING;
  let dimensions = hiddenSize;
  const steps: HeadStep[] = [];
  for (const { kind, path } of modules.slice(1)) {
    if (kind === "normalize") {
      steps.push({ kind });
    } else if (kind === "pooling") {
      pooling = parsePooling(await requireFields(files, join(path, "config.json")), hiddenSize);
      dimensions = hiddenSize * pooling.modes.length;
    } else {
      const config = parseDense(await requireFields(files, join(path, "config.json")), dimensions);
      steps.push(await readDense(files, path, config, backend));
      dimensions = config.outputs;
    }
  }
  return { pooling, steps, dimensions };
}

async function readDense(files: ModelSource, path: string, config: DenseConfig, backend: Backend): Promise<HeadStep> {
  const { inputs, outputs } = config;
  const { file, where } = await openWeights(files, path);
  const checkpoint = openCheckpoint(file, undefined, where, backend.copiesWeights);
  await fetchModules(checkpoint, ["linear"]);
  const matrices = [matrix(checkpoint, "linear", outputs, inputs)]; // first: its check holds for the bias's allocation too
  const bias = config.bias ? floats(checkpoint, "linear.bias", [outputs]) : new Float32Array(outputs);
  return {
    kind: "dense",
    linear: backend.prepareLinear({ inputs, outputs, matrices, bias }),
    activation: config.activation,
  };
}
