import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, toFloat32 } from "safetensors-ts";

/** What Python computes for some texts: cases.json and reference.safetensors of a folder. */
export interface Reference {
  readonly texts: readonly string[];
  /** Each text's ids, special tokens and prompt included, cut to the model's length. */
  readonly ids: readonly (readonly number[])[];
  readonly promptName: string | undefined;
  /** [texts, dimensions] */
  readonly embeddings: Values;
  /** [layers + 1, tokens, hidden] of the first text; layer 0 is the embeddings. */
  readonly hiddenStates: Values;
}

/** Values and their shape, the last axis running fastest. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export function readReference(folder: string): Reference {
  const { texts, ids, promptName } = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));
  const tensors = parse(readFileSync(join(folder, "reference.safetensors")));
  const values = (name: string): Values => {
    const tensor = tensors.get(name)!;
    return { shape: tensor.shape, data: toFloat32(tensor) };
  };
  return { texts, ids, promptName, embeddings: values("embeddings"), hiddenStates: values("hidden_states") };
}
