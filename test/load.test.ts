import { serialize } from "safetensors-ts";
import { load } from "siskin";
import { expect, test } from "vitest";
import { tinyModel } from "./support/tiny-model.ts";

const DENSE = "encoder.layer.1.output.dense.weight";

test.each<[string, Parameters<typeof tinyModel>[0], string, string]>([
  [
    "a missing tensor",
    { tensors: (t) => t.delete(DENSE) },
    "TENSOR_MISSING",
    `model.safetensors: tensor "${DENSE}": expected shape [12, 20], got none`,
  ],
  [
    "a tensor of another shape",
    { tensors: (t) => t.set(DENSE, { shape: [20, 12], data: new Float32Array(240) }) },
    "TENSOR_SHAPE",
    `model.safetensors: tensor "${DENSE}": expected shape [12, 20], got [20, 12]`,
  ],
  [
    "a size that the file does not have, before memory of that size is taken",
    { config: { intermediate_size: 1 << 24 } },
    "TENSOR_SHAPE",
    'model.safetensors: tensor "encoder.layer.0.intermediate.dense.weight": expected shape [16777216, 12], got [20, 12]',
  ],
  [
    "a vocabulary that the table does not have",
    { config: { vocab_size: 99 } },
    "TENSOR_SHAPE",
    'model.safetensors: tensor "embeddings.word_embeddings.weight": expected shape [99, 12], got [13, 12]',
  ],
  [
    "an unknown activation",
    { config: { hidden_act: "silu" } },
    "UNKNOWN_COMPONENT",
    'config.json: hidden_act: expected one of gelu, gelu_new, gelu_pytorch_tanh, relu, got "silu"',
  ],
  [
    "an unknown architecture",
    { config: { model_type: "t5" } },
    "UNKNOWN_COMPONENT",
    'config.json: model_type: expected one of bert, roberta, xlm-roberta, got "t5"',
  ],
  [
    "heads that do not divide the hidden size",
    { config: { num_attention_heads: 5 } },
    "BAD_CONFIG",
    "config.json: num_attention_heads: expected a divisor of hidden_size 12, got 5",
  ],
  [
    "a size that is no integer",
    { config: { intermediate_size: "20" } },
    "BAD_CONFIG",
    'config.json: intermediate_size: expected an integer from 1 to 16777216, got "20"',
  ],
  [
    "relative positions",
    { config: { position_embedding_type: "relative_key" } },
    "UNKNOWN_COMPONENT",
    'config.json: position_embedding_type: expected "absolute", got "relative_key"',
  ],
  [
    "a decoder",
    { config: { is_decoder: true } },
    "BAD_CONFIG",
    "config.json: is_decoder: expected false: an encoder, got true",
  ],
  [
    "weights of 8 bits",
    { config: { quantization: { bits: 8, group_size: 32 } } },
    "BAD_CONFIG",
    "config.json: quantization.bits: expected an integer from 4 to 4, got 8",
  ],
  [
    "an unknown module",
    { files: { "modules.json": JSON.stringify([{ path: "", type: "x.WordEmbeddings" }]) } },
    "UNKNOWN_COMPONENT",
    'modules.json: [0]: unknown module "x.WordEmbeddings", expected one of Transformer, Pooling, Dense, Normalize, Dropout',
  ],
  [
    "modules in another order",
    { files: { "modules.json": JSON.stringify([{ type: "Transformer" }, { type: "Normalize" }]) } },
    "UNKNOWN_COMPONENT",
    "modules.json: expected a Transformer, a Pooling, then Dense and Normalize, got transformer, normalize",
  ],
  [
    "a pooling mode that nobody knows",
    { files: { "1_Pooling/config.json": '{"embedding_dimension": 12, "pooling_mode": "median"}' } },
    "UNKNOWN_COMPONENT",
    '1_Pooling/config.json: pooling_mode: expected one of cls, max, mean, mean_sqrt_len_tokens, weightedmean, lasttoken, got "median"',
  ],
  [
    "a pooling of another size",
    { files: { "1_Pooling/config.json": '{"word_embedding_dimension": 384}' } },
    "BAD_CONFIG",
    "1_Pooling/config.json: word_embedding_dimension: expected the transformer's hidden_size 12, got 384",
  ],
  [
    "an unknown similarity",
    { files: { "config_sentence_transformers.json": '{"similarity_fn_name": "jaccard"}' } },
    "UNKNOWN_COMPONENT",
    'config_sentence_transformers.json: similarity_fn_name: expected one of cosine, dot, euclidean, manhattan, got "jaccard"',
  ],
  [
    "a default prompt that is none of the prompts",
    { files: { "config_sentence_transformers.json": '{"prompts": {"q": "x"}, "default_prompt_name": "y"}' } },
    "BAD_CONFIG",
    'config_sentence_transformers.json: default_prompt_name: expected one of q, got "y"',
  ],
  [
    "a config.json that is a list",
    { files: { "config.json": "[]" } },
    "BAD_CONFIG",
    "config.json: expected an object, got an array",
  ],
  [
    "a config.json that is no JSON",
    { files: { "config.json": "{" } },
    "BAD_FILE",
    'config.json: expected JSON, got "{"',
  ],
  [
    "an empty config.json",
    { files: { "config.json": " \n" } },
    "BAD_FILE",
    "config.json: expected JSON, got an empty file",
  ],
  [
    "a prompt that is no text",
    { files: { "config_sentence_transformers.json": '{"prompts": {"q": 7}}' } },
    "BAD_CONFIG",
    "config_sentence_transformers.json: prompts.q: expected a string, got 7",
  ],
  [
    "a module without a type",
    { files: { "modules.json": "[{}]" } },
    "BAD_CONFIG",
    "modules.json: [0].type: expected a string, got nothing",
  ],
  [
    "a max_seq_length without room for the special tokens",
    { files: { "sentence_bert_config.json": '{"max_seq_length": 1}' } },
    "BAD_CONFIG",
    "sentence_bert_config.json: max_seq_length: expected room for the 2 special tokens of each text, got 1",
  ],
  [
    "a model_max_length without room for the special tokens",
    { files: { "sentence_bert_config.json": "{}", "tokenizer_config.json": '{"model_max_length": 1}' } },
    "BAD_CONFIG",
    "tokenizer_config.json: model_max_length: expected room for the 2 special tokens of each text, got 1",
  ],
  [
    "positions without room for the special tokens",
    {
      config: { max_position_embeddings: 1 },
      tensors: (t) => t.set("embeddings.position_embeddings.weight", { shape: [1, 12], data: new Float32Array(12) }),
    },
    "BAD_CONFIG",
    "config.json: max_position_embeddings: expected room for the 2 special tokens of each text, got 1",
  ],
])("%s is an error", async (_, change, code, message) => {
  await expect(load(tinyModel(change))).rejects.toMatchObject({ code, message });
});

test("a Dense of a size that its file does not have is an error before memory of that size is taken", async () => {
  const types = ["Transformer", "Pooling", "Dense"];
  const files = tinyModel({
    files: {
      "modules.json": JSON.stringify(types.map((type, i) => ({ path: ["", "1_Pooling", "2_Dense"][i], type }))),
      "2_Dense/config.json": JSON.stringify({ in_features: 12, out_features: 1 << 24 }),
    },
  });
  const tensor = (name: string, shape: number[], data: Float32Array) => ({ name, dtype: "F32" as const, shape, data });
  const tensors = [
    tensor("linear.weight", [12, 12], new Float32Array(144)),
    tensor("linear.bias", [12], new Float32Array(12)),
  ];
  files.set("2_Dense/model.safetensors", serialize(tensors));
  await expect(load(files)).rejects.toMatchObject({
    code: "TENSOR_SHAPE",
    message: '2_Dense/model.safetensors: tensor "linear.weight": expected shape [16777216, 12], got [12, 12]',
  });
});

test.each([
  ["config.json", "files in memory: expected a file config.json, got none"],
  ["tokenizer.json", "files in memory: expected a file tokenizer.json, got none"],
  ["1_Pooling/config.json", "files in memory: expected a file 1_Pooling/config.json, got none"],
  ["model.safetensors", "files in memory: expected a file model.safetensors or model.safetensors.index.json, got none"],
])("a missing %s is an error", async (file, message) => {
  const files = tinyModel();
  files.delete(file);
  await expect(load(files)).rejects.toMatchObject({ code: "FILE_MISSING", message });
});

test.each([
  ["an HTML page", "<!DOCTYPE html><html>Not found</html>", "HTML"],
  ["a Git-LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "Git-LFS pointer"],
  ["nothing", "", "model.safetensors"],
  ["half a header", '\x50\0\0\0\0\0\0\0{"a":{', "model.safetensors"],
])("%s in place of weights is an error that says so", async (_, content, said) => {
  await expect(load(tinyModel({ files: { "model.safetensors": content } }))).rejects.toThrow(said);
});

test("weights that end early are an error", async () => {
  const files = tinyModel();
  files.set("model.safetensors", files.get("model.safetensors")!.slice(0, -4));
  await expect(load(files)).rejects.toThrow("model.safetensors");
});

test.each<[object, string]>([
  [{ dtype: "int4" }, 'load: dtype must be one of "float32", "int16", "int8", got "int4"'],
  [{ backend: "gpu" }, 'load: backend must be one of "auto", "wasm", "scalar", got "gpu"'],
  [{ threads: 0 }, "load: threads must be an integer from 1 to 1024, got 0"],
])("options %j are an error", async (options, message) => {
  await expect(load(tinyModel(), options as never)).rejects.toMatchObject({ code: "BAD_OPTION", message });
});

test("a token that the model has no row for is an error", async () => {
  const tokenizer = JSON.parse(new TextDecoder().decode(tinyModel().get("tokenizer.json")!));
  tokenizer.model.vocab.island = 13;
  const model = await load(tinyModel({ files: { "tokenizer.json": JSON.stringify(tokenizer) } }));
  await expect(model.encode("island")).rejects.toMatchObject({
    code: "BAD_CONFIG",
    message: "tokenizer.json: token 13: expected an id below config.json's vocab_size 13",
  });
});

test("without modules.json the tokens' mean is taken, not normalized", async () => {
  const files = tinyModel();
  for (const name of ["modules.json", "1_Pooling/config.json"]) files.delete(name);
  const model = await load(files);
  const { hidden } = await model.encodeTokens("river stone");
  const mean = Float32Array.from({ length: 12 }, (_, h) => {
    let sum = 0;
    for (let t = 0; t < 4; t++) sum += hidden[t * 12 + h]!;
    return sum / 4;
  });
  expect(await model.encode("river stone")).toEqual(mean);
});

test("do_lower_case of the module lowercases first", async () => {
  const cased = JSON.parse(new TextDecoder().decode(tinyModel().get("tokenizer.json")!));
  cased.normalizer.lowercase = false;
  const files = (lower: boolean) => ({
    "tokenizer.json": JSON.stringify(cased),
    "sentence_bert_config.json": JSON.stringify({ max_seq_length: 16, do_lower_case: lower }),
  });
  const lower = await load(tinyModel({ files: files(true) }));
  const exact = await load(tinyModel({ files: files(false) }));
  expect(await lower.encode("RIVER")).toEqual(await exact.encode("river"));
  expect(await exact.encode("RIVER")).not.toEqual(await exact.encode("river"));
});
