import { readThroughCache } from "#compiled-cache";
import type { ModelSource } from "../source/model-source.ts";
import { checksumOf } from "../source/whole.ts";
import { parseTokenizer, type Tokenizer } from "../tokenizer/index.ts";
import { readCompiled } from "./compiled.ts";
import { join, missing, parseJson } from "./files.ts";

/** The compiled form of a tokenizer.json, made by `siskin compile`, in the same folder. */
const COMPILED_TOKENIZER = "tokenizer.siskin.safetensors";

/**
 * The tokenizer in a module's folder: the compiled form where there is one, which must be of this tokenizer.json (in a package it
 * is), else
 * tokenizer.json itself, compiled in the cache. `lowerCase` is the do_lower_case of sentence_bert_config.json: texts are then
 * lowercased first.
 */
export async function readTokenizer(
  files: ModelSource,
  folder: string,
  lowerCase: boolean,
  cacheDir: string | undefined,
): Promise<Tokenizer> {
  const path = join(folder, "tokenizer.json");
  const where = join(folder, COMPILED_TOKENIZER);
  const compiled = lowerCase ? undefined : await files.open(where);
  if (compiled !== undefined) {
    // 17 MB take 7 ms from memory, and a hundred from a disk.
    const source = files.isPackage ? undefined : await files.open(path);
    return readCompiled(compiled, where, source && (await checksumOf(source)));
  }
  const bytes = (await files.read(path)) ?? missing(files, path);
  const parse = () => {
    const value = parseJson(bytes, path);
    return lowerCase ? withLowercase(value) : value;
  };
  const cached = await readThroughCache(bytes, lowerCase ? "-lowercase" : "", cacheDir, parse);
  return cached ?? parseTokenizer(parse());
}

/** The tokenizer with a Lowercase before its other normalizers, as sentence-transformers adds it. */
function withLowercase(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value; // parseTokenizer says what is wrong with it
  const { normalizer } = value as { normalizer?: unknown };
  const steps = normalizer === null || normalizer === undefined ? [] : [normalizer];
  return { ...value, normalizer: { type: "Sequence", normalizers: [{ type: "Lowercase" }, ...steps] } };
}
