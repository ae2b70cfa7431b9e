import { serialize } from "safetensors-ts";
import { random } from "./random.ts";

const HIDDEN = 12;
const INNER = 20;
const VOCABULARY = [
  "[PAD]",
  "[UNK]",
  "[CLS]",
  "[SEP]",
  "query",
  "passage",
  ":",
  "a",
  "b",
  "c",
  "river",
  "stone",
  "##s",
];

/** A tensor of a checkpoint that a test may change before it is written. */
export interface TinyTensor {
  shape: number[];
  data: Float32Array;
}

/** A random BERT of two layers in memory: files by name. What a test wants to break it changes first. */
export function tinyModel(
  change: {
    config?: object;
    tensors?: (tensors: Map<string, TinyTensor>) => void;
    files?: Record<string, string>;
  } = {},
): Map<string, Uint8Array> {
  const tensors = tinyTensors();
  change.tensors?.(tensors);
  const files = new Map<string, Uint8Array>();
  const write = (name: string, value: unknown): void => {
    files.set(name, new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value)));
  };
  write("config.json", { ...CONFIG, ...change.config });
  write("modules.json", MODULES);
  write("1_Pooling/config.json", { word_embedding_dimension: HIDDEN, pooling_mode_mean_tokens: true });
  write("config_sentence_transformers.json", { prompts: { query: "query : ", passage: "passage : " } });
  write("sentence_bert_config.json", { max_seq_length: 16 });
  write("tokenizer.json", TOKENIZER);
  files.set(
    "model.safetensors",
    serialize([...tensors].map(([name, { shape, data }]) => ({ name, dtype: "F32" as const, shape, data }))),
  );
  for (const [name, text] of Object.entries(change.files ?? {})) write(name, text);
  return files;
}

const CONFIG = {
  model_type: "bert",
  hidden_size: HIDDEN,
  num_hidden_layers: 2,
  num_attention_heads: 3,
  intermediate_size: INNER,
  vocab_size: VOCABULARY.length,
  max_position_embeddings: 16,
  type_vocab_size: 2,
  layer_norm_eps: 1e-12,
  hidden_act: "gelu",
};

const MODULES = [
  { idx: 0, name: "0", path: "", type: "sentence_transformers.models.Transformer" },
  { idx: 1, name: "1", path: "1_Pooling", type: "sentence_transformers.models.Pooling" },
  { idx: 2, name: "2", path: "2_Normalize", type: "sentence_transformers.models.Normalize" },
];

const TOKENIZER = {
  version: "1.0",
  truncation: null,
  padding: null,
  added_tokens: VOCABULARY.slice(0, 4).map((content, id) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  })),
  normalizer: {
    type: "BertNormalizer",
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  },
  pre_tokenizer: { type: "BertPreTokenizer" },
  post_processor: { type: "BertProcessing", sep: ["[SEP]", 3], cls: ["[CLS]", 2] },
  decoder: { type: "WordPiece", prefix: "##", cleanup: true },
  model: {
    type: "WordPiece",
    unk_token: "[UNK]",
    continuing_subword_prefix: "##",
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(VOCABULARY.map((piece, id) => [piece, id])),
  },
};

function tinyTensors(): Map<string, TinyTensor> {
  const rng = random(7);
  const tensors = new Map<string, TinyTensor>();
  const add = (name: string, ...shape: number[]): void => {
    tensors.set(name, { shape, data: rng.floats(shape.reduce((a, b) => a * b, 1)).map((v) => v / 3) });
  };
  const linear = (name: string, outputs: number, inputs: number): void => {
    add(`${name}.weight`, outputs, inputs);
    add(`${name}.bias`, outputs);
  };
  const norm = (name: string): void => {
    add(`${name}.weight`, HIDDEN);
    add(`${name}.bias`, HIDDEN);
  };
  add("embeddings.word_embeddings.weight", VOCABULARY.length, HIDDEN);
  add("embeddings.position_embeddings.weight", 16, HIDDEN);
  add("embeddings.token_type_embeddings.weight", 2, HIDDEN);
  norm("embeddings.LayerNorm");
  for (const layer of ["encoder.layer.0", "encoder.layer.1"]) {
    for (const part of ["query", "key", "value"]) linear(`${layer}.attention.self.${part}`, HIDDEN, HIDDEN);
    linear(`${layer}.attention.output.dense`, HIDDEN, HIDDEN);
    norm(`${layer}.attention.output.LayerNorm`);
    linear(`${layer}.intermediate.dense`, INNER, HIDDEN);
    linear(`${layer}.output.dense`, HIDDEN, INNER);
    norm(`${layer}.output.LayerNorm`);
  }
  return tensors;
}
