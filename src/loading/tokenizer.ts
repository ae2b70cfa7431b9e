import { parse, parseHeader, view } from "safetensors-ts";
import type { ModelSource } from "../source/model-source.ts";
import { checksumOf } from "../source/whole.ts";
import { loadCompiled, parseTokenizer, type Tokenizer } from "../tokenizer/index.ts";
import { join, missing, readJson } from "./files.ts";

/** The compiled form of a tokenizer.json, made by `siskin compile`, in the same folder. */
const COMPILED_TOKENIZER = "tokenizer.siskin.safetensors";

/**
 * The tokenizer in a module's folder: the compiled form where there is one, which must be of this tokenizer.json, else
 * tokenizer.json itself. `lowerCase` is the do_lower_case of sentence_bert_config.json: texts are then lowercased first.
 */
export async function readTokenizer(files: ModelSource, folder: string, lowerCase: boolean): Promise<Tokenizer> {
  const path = join(folder, "tokenizer.json");
  const where = join(folder, COMPILED_TOKENIZER);
  const compiled = lowerCase ? undefined : await files.read(where);
  if (compiled !== undefined) {
    const source = await files.open(path);
    return readCompiled(compiled, where, source && (await checksumOf(source)));
  }
  const value = await readJson(files, path);
  if (value === undefined) return missing(files, path);
  return parseTokenizer(lowerCase ? withLowercase(value) : value);
}

function readCompiled(bytes: Uint8Array, where: string, expectedChecksum: string | undefined): Tokenizer {
  const tensors = new Map([...parse(bytes, where)].map(([name, tensor]) => [name, view(tensor)]));
  const { metadata } = parseHeader(bytes, bytes.length, where);
  return loadCompiled(tensors, metadata, { where, expectedChecksum });
}

/** The tokenizer with a Lowercase before its other normalizers, as sentence-transformers adds it. */
function withLowercase(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value; // parseTokenizer says what is wrong with it
  const { normalizer } = value as { normalizer?: unknown };
  const steps = normalizer === null || normalizer === undefined ? [] : [normalizer];
  return { ...value, normalizer: { type: "Sequence", normalizers: [{ type: "Lowercase" }, ...steps] } };
}
