import { type ByteSource, open, view } from "safetensors-ts";
import { checkWholeSize } from "../source/checks.ts";
import { loadCompiled, type Tokenizer } from "../tokenizer/index.ts";

/** The tokenizer of a compiled tokenizer's file, which must be of the tokenizer.json of this checksum, where one is given. */
export async function readCompiled(source: ByteSource, where: string, expectedChecksum?: string): Promise<Tokenizer> {
  checkWholeSize(source.size, where);
  const { metadata, tensors, readMany } = await open(source);
  const arrays = [...(await readMany(tensors.keys()))].map(([name, tensor]) => [name, view(tensor)] as const);
  return loadCompiled(new Map(arrays), metadata, { where, expectedChecksum });
}
