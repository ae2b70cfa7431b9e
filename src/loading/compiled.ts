import { parse, parseHeader, view } from "safetensors-ts";
import { loadCompiled, type Tokenizer } from "../tokenizer/index.ts";

/** The tokenizer of a compiled tokenizer's file, which must be of the tokenizer.json of this checksum, where one is given. */
export function readCompiled(bytes: Uint8Array, where: string, expectedChecksum: string | undefined): Tokenizer {
  const tensors = new Map([...parse(bytes, where)].map(([name, tensor]) => [name, view(tensor)]));
  const { metadata } = parseHeader(bytes, bytes.length, where);
  return loadCompiled(tensors, metadata, { where, expectedChecksum });
}
