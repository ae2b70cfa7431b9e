import { bytesSource, serialize } from "safetensors-ts";
import { COMPILED_VERSION, compileTokenizer, type Tokenizer } from "../tokenizer/index.ts";
import { readCompiled } from "./compiled.ts";

/** A smaller tokenizer.json is parsed as fast. */
const LEAST_BYTES = 1 << 17;

/**
 * The tokenizer of a tokenizer.json that comes without its compiled form: from the cache folder or, the first time, compiled and
 * kept there. Undefined where that is not worth it or not possible: tokenizer.json serves then, and says what is wrong with it.
 *
 *   variant   what else the tokenizer depends on, as a part of a file's name
 */
export async function readThroughCache(
  bytes: Uint8Array,
  variant: string,
  cacheDir: string | undefined,
  parse: () => unknown,
): Promise<Tokenizer | undefined> {
  if (bytes.length < LEAST_BYTES) return undefined;
  const { keptFile } = await import("../source/platform-node-store.ts");
  const file = keptFile(cacheDir, "tokenizers", bytes, `${variant}-${COMPILED_VERSION}.safetensors`);
  const kept = file.read();
  try {
    if (kept !== undefined) return await readCompiled(bytesSource(kept), "cached tokenizer");
  } catch {
    // made anew
  }
  const draft = file.begin();
  if (draft === undefined) return undefined; // large ones take a second to compile, which would be in vain each time
  try {
    const { tensors, metadata } = compileTokenizer(parse(), "");
    const parts = Array.from(tensors, ([name, tensor]) => ({ name, ...tensor }));
    const compiled = serialize(parts, metadata);
    const tokenizer = await readCompiled(bytesSource(compiled), "compiled tokenizer");
    draft.commit(compiled);
    return tokenizer;
  } catch {
    draft.discard();
    return undefined;
  }
}
