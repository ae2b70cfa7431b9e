import type { Tokenizer } from "../tokenizer/index.ts";

/** Pages have no such cache: it would take code, and a second of their one thread. */
export async function readThroughCache(
  _bytes: Uint8Array,
  _variant: string,
  _cacheDir: string | undefined,
  _parse: () => unknown,
): Promise<Tokenizer | undefined> {
  return undefined;
}
