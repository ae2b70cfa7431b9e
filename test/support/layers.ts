import { loadParts } from "../../dist/load.js";
import { forward } from "../../dist/model/bert.js";
import { concatenate } from "./compare.ts";

/** The hidden states of one text after the embeddings and after each layer, [layers + 1, tokens, hidden]. */
export async function hiddenStates(folder: string | undefined, ids: readonly number[]): Promise<Float32Array> {
  const { backend, config, weights, workspace, close } = await loadParts(folder);
  const states: Float32Array[] = [];
  const batch = { ids: Int32Array.from(ids), starts: Int32Array.of(0, ids.length) };
  await forward(backend, config, weights, workspace, batch, (_, hidden) => {
    states.push(hidden.slice());
  });
  close();
  return concatenate(states);
}
