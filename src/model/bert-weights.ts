import type { SafetensorsFile } from "safetensors-ts";
import { SiskinError } from "../errors.ts";
import type { Backend, LayerNormWeights, PreparedLinear } from "../kernels/backend.ts";
import type { BertConfig } from "./bert-config.ts";
import { type Checkpoint, fetchModules, floats, matrix, openCheckpoint } from "./checkpoint.ts";
import { openEmbeddingTable } from "./embedding-table.ts";
import { RowCache } from "./row-cache.ts";

/** A BERT encoder's weights as the backend keeps them; the names are the checkpoint's, in camelCase. */
export interface BertWeights {
  readonly embeddings: {
    readonly word: RowCache; // over [vocabSize, hidden], read by rows
    readonly position: Float32Array; // [positions, hidden]
    readonly tokenType: Float32Array; // [hidden]: the row of type 0, which every token of a single text has
    readonly layerNorm: LayerNormWeights;
  };
  readonly layers: readonly BertLayer[];
  /** Values in all tensors that are used, the embedding tables included, and their bytes as stored. */
  readonly parameters: number;
  readonly bytes: number;
}

interface BertLayer {
  readonly attention: {
    readonly qkv: PreparedLinear; // hidden → 3·hidden: query, key and value stacked
    readonly output: PreparedLinear; // hidden → hidden
    readonly layerNorm: LayerNormWeights;
  };
  readonly intermediate: PreparedLinear; // hidden → inner
  readonly output: PreparedLinear; // inner → hidden
  readonly layerNorm: LayerNormWeights;
}

/**
 * Finds, checks and takes a checkpoint's tensors. One that is missing, of another shape or of a dtype that the engine
 * does not compute with is an error that names it; heads and buffers that an encoder does not use are left alone.
 */
export async function readBertWeights(
  file: SafetensorsFile,
  config: BertConfig,
  backend: Backend,
  where: string,
  onLayer: (bytesTaken: number) => void = () => {},
): Promise<BertWeights> {
  const checkpoint = openCheckpoint(file, config.groupSize, where, backend.copiesWeights);
  const prefix = findPrefix(checkpoint);
  const embeddings = await readEmbeddings(checkpoint, config, backend, `${prefix}embeddings`);
  const layers: BertLayer[] = [];
  for (let i = 0; i < config.layers; i++) {
    layers.push(await readLayer(checkpoint, config, backend, `${prefix}encoder.layer.${i}`));
    onLayer(checkpoint.used.bytes);
  }
  return { embeddings, layers, ...checkpoint.used };
}

/** What stands before `embeddings.` in this checkpoint's names: nothing, `bert.`, `roberta.`, … */
function findPrefix({ file, where }: Checkpoint): string {
  const suffix = "embeddings.word_embeddings.weight";
  const names = [...file.tensors.keys()].filter((name) => name.endsWith(suffix));
  if (names.length === 1) return names[0]!.slice(0, -suffix.length);
  throw new SiskinError(
    "TENSOR_MISSING",
    `${where}: tensor "${suffix}": expected one, with or without a prefix, got ${names.length || "none"}`,
  );
}

async function readEmbeddings(
  checkpoint: Checkpoint,
  config: BertConfig,
  backend: Backend,
  name: string,
): Promise<BertWeights["embeddings"]> {
  const { hiddenSize: hidden, positions, typeVocabSize } = config;
  const word = openEmbeddingTable(checkpoint, `${name}.word_embeddings`, config.vocabSize, hidden);
  const position = openEmbeddingTable(checkpoint, `${name}.position_embeddings`, positions, hidden);
  const tokenType = openEmbeddingTable(checkpoint, `${name}.token_type_embeddings`, typeVocabSize, hidden);
  await fetchModules(checkpoint, [`${name}.LayerNorm`]);
  const weights = {
    word: new RowCache(word, config.vocabSize),
    position: new Float32Array(positions * hidden),
    tokenType: new Float32Array(hidden),
    layerNorm: readLayerNorm(checkpoint, `${name}.LayerNorm`, config, backend),
  };
  await position.read(
    Int32Array.from({ length: positions }, (_, i) => i),
    weights.position,
  );
  await tokenType.read(Int32Array.of(0), weights.tokenType);
  return weights;
}

async function readLayer(
  checkpoint: Checkpoint,
  config: BertConfig,
  backend: Backend,
  name: string,
): Promise<BertLayer> {
  const { hiddenSize: hidden, innerSize: inner } = config;
  const self = ["query", "key", "value"].map((part) => `${name}.attention.self.${part}`);
  const attentionOutput = `${name}.attention.output`;
  await fetchModules(checkpoint, [
    ...self,
    `${attentionOutput}.dense`,
    `${attentionOutput}.LayerNorm`,
    `${name}.intermediate.dense`,
    `${name}.output.dense`,
    `${name}.output.LayerNorm`,
  ]);
  return {
    attention: {
      qkv: readLinear(checkpoint, backend, self, 3 * hidden, hidden),
      output: readLinear(checkpoint, backend, [`${attentionOutput}.dense`], hidden, hidden, true),
      layerNorm: readLayerNorm(checkpoint, `${attentionOutput}.LayerNorm`, config, backend),
    },
    intermediate: readLinear(checkpoint, backend, [`${name}.intermediate.dense`], inner, hidden),
    output: readLinear(checkpoint, backend, [`${name}.output.dense`], hidden, inner, true),
    layerNorm: readLayerNorm(checkpoint, `${name}.output.LayerNorm`, config, backend),
  };
}

/**
 * One linear layer of the modules' matrices stacked, each giving an equal share of the outputs; uncentred after attention and
 * activations.
 */
function readLinear(
  checkpoint: Checkpoint,
  backend: Backend,
  modules: readonly string[],
  outputs: number,
  inputs: number,
  uncentred?: true,
): PreparedLinear {
  const rows = outputs / modules.length;
  const matrices = modules.map((module) => matrix(checkpoint, module, rows, inputs));
  const bias = new Float32Array(outputs); // after the matrices, which hold the configuration's sizes to the file's
  for (const [i, module] of modules.entries()) bias.set(floats(checkpoint, `${module}.bias`, [rows]), i * rows);
  return backend.prepareLinear({ inputs, outputs, matrices, bias, uncentred });
}

/** Old checkpoints, converted from TensorFlow, say gamma and beta. */
function readLayerNorm(checkpoint: Checkpoint, name: string, config: BertConfig, backend: Backend): LayerNormWeights {
  const parameter = (...names: string[]): Float32Array => {
    const values = floats(
      checkpoint,
      names.map((part) => `${name}.${part}`),
      [config.hiddenSize],
    );
    const placed = backend.alloc(values.length); // in the backend's memory, where no kernel has to copy it
    placed.set(values);
    return placed;
  };
  return { weight: parameter("weight", "gamma"), bias: parameter("bias", "beta"), eps: config.layerNormEps };
}
