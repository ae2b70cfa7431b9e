import { type ByteSource, parse, parseHeader, view } from "safetensors-ts";
import { createSha256 } from "#platform";
import { parseJson } from "../model/fields.ts";
import type { ModelSource } from "../source/model-source.ts";
import { loadCompiled, parseTokenizer, type Tokenizer } from "../tokenizer/index.ts";
import { decodeUtf8, join, missing } from "./files.ts";

/** The compiled form of a tokenizer.json, made by `siskin compile`, in the same folder. */
const COMPILED_TOKENIZER = "tokenizer.siskin.safetensors";
const MEGABYTE = 1 << 20;

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
    return readCompiled(compiled, where, source && (await sha256(source)));
  }
  const json = await files.read(path);
  if (json === undefined) return missing(files, path);
  const value = parseJson(decodeUtf8(json, path), path);
  return parseTokenizer(lowerCase ? withLowercase(value) : value);
}

/** The hash of a file, a megabyte at a time: the XLM-R one has 17 MB, which need not be in memory for this. */
async function sha256(source: ByteSource): Promise<string> {
  const hash = createSha256();
  for (let at = 0; at < source.size; at += MEGABYTE) {
    hash.update(await source.read(at, Math.min(MEGABYTE, source.size - at)));
  }
  return hash.digest();
}

function readCompiled(bytes: Uint8Array, where: string, expectedSha256: string | undefined): Tokenizer {
  const tensors = new Map([...parse(bytes, where)].map(([name, tensor]) => [name, view(tensor)]));
  const { metadata } = parseHeader(bytes, bytes.length, where);
  return loadCompiled(tensors, metadata, { where, expectedSha256 });
}

/** The tokenizer with a Lowercase before its other normalizers, as sentence-transformers adds it. */
function withLowercase(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value; // parseTokenizer says what is wrong with it
  const { normalizer } = value as { normalizer?: unknown };
  const steps = normalizer === null || normalizer === undefined ? [] : [normalizer];
  return { ...value, normalizer: { type: "Sequence", normalizers: [{ type: "Lowercase" }, ...steps] } };
}
