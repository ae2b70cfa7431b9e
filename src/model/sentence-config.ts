import { choice, type Fields, field, integer, object, place, string, wrong } from "../fields.ts";

/** How a model's vectors are compared. */
export type SimilarityName = "cosine" | "dot" | "euclidean" | "manhattan";

/** What config_sentence_transformers.json says about using a model. */
export interface SentenceConfig {
  readonly prompts: ReadonlyMap<string, string>;
  readonly defaultPromptName: string | undefined;
  readonly similarity: SimilarityName;
}

const SIMILARITIES: Readonly<Record<string, SimilarityName>> = {
  cosine: "cosine",
  dot: "dot",
  euclidean: "euclidean",
  manhattan: "manhattan",
};

/** Reads a parsed config_sentence_transformers.json; an absent file says what an empty object says. */
export function parseSentenceConfig(fields: Fields): SentenceConfig {
  const prompts = new Map<string, string>();
  if (field(fields, "prompts") !== undefined) {
    const table = object(fields, "prompts");
    for (const name of Object.keys(table.values)) {
      if (field(table, name) !== undefined) prompts.set(name, string(table, name));
    }
  }
  const defaultPromptName = field(fields, "default_prompt_name");
  if (defaultPromptName !== undefined && !(typeof defaultPromptName === "string" && prompts.has(defaultPromptName))) {
    throw wrong(
      place(fields, "default_prompt_name"),
      `one of ${[...prompts.keys()].join(", ") || "no prompts"}`,
      defaultPromptName,
    );
  }
  return {
    prompts,
    defaultPromptName,
    similarity: choice(fields, "similarity_fn_name", SIMILARITIES, "cosine"),
  };
}

/** Names under which a Transformer module's own settings have been stored; the first that exists is meant. */
export const TRANSFORMER_CONFIG_NAMES: readonly string[] = [
  "sentence_bert_config.json",
  "sentence_roberta_config.json",
  "sentence_distilbert_config.json",
  "sentence_camembert_config.json",
  "sentence_albert_config.json",
  "sentence_xlm-roberta_config.json",
  "sentence_xlnet_config.json",
];

/**
 * The tokens a text may have: the module's max_seq_length, else the tokenizer's model_max_length, and never more than the
 * position table holds. tokenizer_config.json says 1e30 where it means no limit. A limit below `least`, the special tokens
 * that every text has, is an error.
 */
export function maxTokens(
  config: Fields,
  module: Fields | undefined,
  tokenizer: Fields | undefined,
  usablePositions: number,
  least: number,
): number {
  const limits: [string, number][] = [[place(config, "max_position_embeddings"), usablePositions]];
  const modelMaxLength = tokenizer && field(tokenizer, "model_max_length");
  if (module !== undefined && field(module, "max_seq_length") !== undefined) {
    const limit = integer(module, "max_seq_length", 1, Number.MAX_SAFE_INTEGER);
    limits.push([place(module, "max_seq_length"), limit]);
  } else if (tokenizer !== undefined && typeof modelMaxLength === "number" && modelMaxLength >= 1) {
    limits.push([place(tokenizer, "model_max_length"), Math.floor(modelMaxLength)]);
  }
  for (const [where, limit] of limits) {
    if (limit < least) throw wrong(where, `room for the ${least} special tokens of each text`, limit);
  }
  return Math.min(...limits.map(([, limit]) => limit));
}
