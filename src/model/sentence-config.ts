import { choice, type Fields, field, integer, text, wrong } from "./fields.ts";

/** How a model's vectors are compared. */
export type SimilarityName = "cosine" | "dot" | "euclidean" | "manhattan";

/** What config_sentence_transformers.json says about using a model. */
export interface SentenceConfig {
  readonly prompts: ReadonlyMap<string, string>;
  readonly defaultPromptName: string | undefined;
  readonly similarity: SimilarityName;
}

const SIMILARITIES: ReadonlyMap<string, SimilarityName> = new Map([
  ["cosine", "cosine"],
  ["dot", "dot"],
  ["euclidean", "euclidean"],
  ["manhattan", "manhattan"],
]);

/** Reads a parsed config_sentence_transformers.json; an absent file says what an empty object says. */
export function parseSentenceConfig(fields: Fields): SentenceConfig {
  const prompts = new Map<string, string>();
  const given = field(fields, "prompts");
  if (given !== undefined) {
    if (typeof given !== "object" || Array.isArray(given)) throw wrong(fields, "prompts", "an object", given);
    const table: Fields = { where: `${fields.where}: prompts`, values: given as Record<string, unknown> };
    for (const name of Object.keys(table.values)) {
      if (field(table, name) !== undefined) prompts.set(name, text(table, name));
    }
  }
  const defaultPromptName = field(fields, "default_prompt_name");
  if (defaultPromptName !== undefined && !(typeof defaultPromptName === "string" && prompts.has(defaultPromptName))) {
    throw wrong(
      fields,
      "default_prompt_name",
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
 * position table holds. tokenizer_config.json says 1e30 where it means no limit.
 */
export function maxTokens(module: Fields | undefined, tokenizer: Fields | undefined, usablePositions: number): number {
  if (module !== undefined && field(module, "max_seq_length") !== undefined) {
    return Math.min(integer(module, "max_seq_length", 1, Number.MAX_SAFE_INTEGER), usablePositions);
  }
  const limit = tokenizer === undefined ? undefined : field(tokenizer, "model_max_length");
  return typeof limit === "number" && limit >= 1 ? Math.min(Math.floor(limit), usablePositions) : usablePositions;
}
