import { SiskinError } from "../errors.ts";
import type { Backend } from "../kernels/backend.ts";
import type { BertConfig } from "./bert-config.ts";
import type { BertWeights } from "./bert-weights.ts";
import type { Workspace } from "./workspace.ts";

/** Texts as tokens, one after the other without padding: text i is ids[starts[i]] to ids[starts[i + 1] − 1]. */
export interface Batch {
  readonly ids: Int32Array; // [tokens]
  readonly starts: Int32Array; // [texts + 1], ascending, from 0 to tokens
}

/** Called after the embeddings (layer 0) and after each layer; what it throws ends the pass. hidden [tokens, hidden]. */
export type AfterLayer = (layer: number, hidden: Float32Array) => void | Promise<void>;

/**
 * The forward pass of a BERT encoder (Devlin et al. 2018, arXiv:1810.04805; transformers' BertModel): the last hidden
 * states [tokens, hidden], a view into the workspace that the next pass overwrites.
 */
export async function forward(
  backend: Backend,
  config: BertConfig,
  weights: BertWeights,
  workspace: Workspace,
  batch: Batch,
  afterLayer?: AfterLayer,
): Promise<Float32Array> {
  const tokens = batch.ids.length;
  const { x, y, qkv, context, inner } = workspace.reserve(tokens);
  const hidden = x.subarray(0, tokens * config.hiddenSize);

  await embed(x, config, weights, batch);
  backend.layerNorm(x, x, weights.embeddings.layerNorm, tokens);
  await afterLayer?.(0, hidden);

  let done = 0;
  for (const layer of weights.layers) {
    backend.linear(qkv, x, layer.attention.qkv, tokens); // [tokens, 3·hidden]
    backend.attention(context, qkv, batch.starts, config.heads, config.headSize); // [tokens, hidden], each text alone
    backend.linear(y, context, layer.attention.output, tokens); // [tokens, hidden]
    backend.addLayerNorm(x, y, layer.attention.layerNorm, tokens); // x = LN(x + y)
    backend.linear(inner, x, layer.intermediate, tokens); // [tokens, inner]
    backend.activate(inner, config.activation, tokens * config.innerSize);
    backend.linear(y, inner, layer.output, tokens); // [tokens, hidden]
    backend.addLayerNorm(x, y, layer.layerNorm, tokens);
    await afterLayer?.(++done, hidden);
  }
  return hidden;
}

/**
 * x[t] = word[ids[t]] + tokenType + position[t within its text]; word rows come through a cache, a stretch of tokens at a
 * time.
 *
 * RoBERTa numbers the tokens that are not its padding token, and gives that one the position padding_idx, wherever it
 * stands: a literal `<pad>` in a text shifts what follows. transformers' create_position_ids_from_input_ids.
 */
async function embed(x: Float32Array, config: BertConfig, weights: BertWeights, { ids, starts }: Batch): Promise<void> {
  const { word, position, tokenType } = weights.embeddings;
  const size = config.hiddenSize;
  const greatest = ids.reduce((a, b) => Math.max(a, b), 0);
  if (greatest >= config.vocabSize) {
    throw new SiskinError(
      "BAD_CONFIG",
      `tokenizer.json: token ${greatest}: expected an id below config.json's vocab_size ${config.vocabSize}`,
    );
  }
  const { rows } = word;
  let text = 0;
  let next = config.firstPosition;
  for (let from = 0; from < ids.length; from += word.holds) {
    const to = Math.min(ids.length, from + word.holds);
    const reading = word.hold(ids.subarray(from, to));
    if (reading !== undefined) await reading;
    for (let t = from; t < to; t++) {
      for (; t >= starts[text + 1]!; text++) next = config.firstPosition;
      const row = word.offsetOf(ids[t]!);
      const at = (ids[t] === config.paddingId ? config.paddingId : next++) * size;
      for (let h = 0; h < size; h++) x[t * size + h] = rows[row + h]! + tokenType[h]! + position[at + h]!;
    }
  }
}
