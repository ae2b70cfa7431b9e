import { type ByteSource, open, view } from "safetensors-ts";
import { checkWholeSize } from "../source/checks.ts";
import { loadCompiled, type Tokenizer } from "../tokenizer/index.ts";

/**
 * The tokenizer of a compiled tokenizer's file. Given the checksum that the file has, `checksumFor` gives the one that it must
 * have.
 */
export async function readCompiled(
  source: ByteSource,
  where: string,
  checksumFor?: (stored: string) => Promise<string>,
): Promise<Tokenizer> {
  checkWholeSize(source.size, where);
  const { metadata, tensors, readMany } = await open(source);
  const arrays = [...(await readMany(tensors.keys()))].map(([name, tensor]) => [name, view(tensor)] as const);
  const expectedChecksum = await checksumFor?.(metadata.get("tokenizer_checksum") ?? "");
  return loadCompiled(new Map(arrays), metadata, { where, expectedChecksum });
}
