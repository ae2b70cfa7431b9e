import { SiskinError } from "../errors.ts";
import { choice, type Fields, field, flag, integer, object, place, show, string, wrong } from "../fields.ts";
import type { Activation } from "../kernels/activation.ts";

/** The dimensions and choices of a BERT-shaped encoder, from its config.json. */
export interface BertConfig {
  readonly modelType: string;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly headSize: number;
  readonly innerSize: number;
  readonly vocabSize: number;
  /** Rows of the position table. */
  readonly positions: number;
  /** The position of a text's first token: 0 for BERT, padding_idx + 1 for RoBERTa and XLM-R. */
  readonly firstPosition: number;
  /** The id that takes no position where positions have an offset, −1 elsewhere: see `embed` in bert.ts. */
  readonly paddingId: number;
  readonly typeVocabSize: number;
  readonly layerNormEps: number;
  readonly activation: Activation;
  /** Values that share a scale, where the weights are in MLX's 4-bit layout. */
  readonly groupSize: number | undefined;
}

/** transformers' ACT2FN: `gelu` is the exact form, the others an approximation by tanh. */
const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  gelu: "gelu",
  gelu_new: "gelu_tanh",
  gelu_pytorch_tanh: "gelu_tanh",
  relu: "relu",
};

/** Architectures that share BERT's layers; they differ in where positions begin. */
const ARCHITECTURES: Readonly<Record<string, { readonly offsetPositions: boolean }>> = {
  bert: { offsetPositions: false },
  roberta: { offsetPositions: true },
  "xlm-roberta": { offsetPositions: true },
};

const LARGEST_SIZE = 1 << 24; // far above any model; keeps products of two sizes exact

/** Reads a parsed config.json; a value this engine does not know is an error that names it. */
export function parseBertConfig(fields: Fields): BertConfig {
  const { offsetPositions } = choice(fields, "model_type", ARCHITECTURES);
  const size = (key: string, absent?: number) => integer(fields, key, 1, LARGEST_SIZE, absent);
  const hiddenSize = size("hidden_size");
  const heads = size("num_attention_heads");
  if (hiddenSize % heads !== 0) {
    throw wrong(place(fields, "num_attention_heads"), `a divisor of hidden_size ${hiddenSize}`, heads);
  }
  if (flag(fields, "is_decoder", false)) throw wrong(place(fields, "is_decoder"), "false: an encoder", true);
  const positionType = string(fields, "position_embedding_type", "absolute");
  if (positionType !== "absolute") {
    throw new SiskinError(
      "UNKNOWN_COMPONENT",
      `${fields.where}: position_embedding_type: expected "absolute", got ${show(positionType)}`,
    );
  }
  const positions = size("max_position_embeddings");
  const paddingId = offsetPositions ? integer(fields, "pad_token_id", 0, LARGEST_SIZE, 1) : -1;
  const firstPosition = paddingId + 1;
  if (firstPosition >= positions) {
    throw wrong(place(fields, "max_position_embeddings"), `more than pad_token_id + 1 = ${firstPosition}`, positions);
  }
  const layerNormEps = field(fields, "layer_norm_eps") ?? 1e-12;
  if (typeof layerNormEps !== "number" || !(layerNormEps > 0 && layerNormEps < 1)) {
    throw wrong(place(fields, "layer_norm_eps"), "a number above 0 and below 1", layerNormEps);
  }
  return {
    modelType: string(fields, "model_type"),
    hiddenSize,
    layers: size("num_hidden_layers"),
    heads,
    headSize: hiddenSize / heads,
    innerSize: size("intermediate_size"),
    vocabSize: size("vocab_size"),
    positions,
    firstPosition,
    paddingId,
    typeVocabSize: size("type_vocab_size", 2),
    layerNormEps,
    activation: choice(fields, "hidden_act", ACTIVATIONS, "gelu"),
    groupSize: parseGroupSize(fields),
  };
}

function parseGroupSize(fields: Fields): number | undefined {
  if (field(fields, "quantization") === undefined) return undefined;
  const quantization = object(fields, "quantization");
  integer(quantization, "bits", 4, 4);
  const groupSize = integer(quantization, "group_size", 8, 1024);
  if (groupSize % 8 !== 0) throw wrong(place(quantization, "group_size"), "a multiple of 8", groupSize);
  return groupSize;
}
