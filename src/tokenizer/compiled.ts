/**
 * The compiled form of a tokenizer: its tables as arrays, ready to be used as they lie in a safetensors file, and the rest of
 * tokenizer.json as JSON. Loading it does no work an entry of the vocabulary.
 */
import { checksum, crc32 } from "../crc32.ts";
import { SiskinError } from "../errors.ts";
import { asFields, type Fields, field, show } from "../fields.ts";
import { decodeBase64 } from "./charsmap.ts";
import type { Model, Tensor, Tensors } from "./pipeline.ts";
import { type ParseOptions, parseParts, Tokenizer } from "./tokenizer.ts";
import { Unigram } from "./unigram.ts";
import { scannerTensors } from "./unigram-scanner.ts";
import { vocabularyTensors } from "./unigram-vocabulary.ts";
import { trieTensors, type WordPiece } from "./wordpiece.ts";

const FORMAT = "siskin-tokenizer";
export const COMPILED_VERSION = "3"; // another one for each change of what the arrays mean

export interface CompiledTokenizer {
  readonly tensors: Map<string, Tensor>;
  readonly metadata: Map<string, string>;
}

export interface LoadCompiledOptions extends ParseOptions {
  /** The file's name, for messages. */
  readonly where?: string | undefined;
  /** tokenizerChecksum of the tokenizer.json beside the file, which must have been made of that. */
  readonly expectedChecksum?: string | undefined;
}

/**
 * `json`: tokenizer.json, parsed; `sourceChecksum`: of the file, as tokenizerChecksum gives it.
 *
 * @throws SiskinError as parseTokenizer does.
 */
export function compileTokenizer(json: unknown, sourceChecksum: string): CompiledTokenizer {
  const fields = asFields(json, "tokenizer.json");
  const { model, scanner } = parseParts(fields, {});
  const tensors: Tensors = new Map([...modelTensors(model), ...scannerTensors(scanner, model)]);
  const rest = {
    ...fields.values,
    model: withoutVocabulary(fields),
    normalizer: takeCharsmaps(field(fields, "normalizer"), tensors),
  };
  const metadata = new Map([
    ["format", FORMAT],
    ["format_version", COMPILED_VERSION],
    ["tokenizer_checksum", sourceChecksum],
    ["tokenizer", JSON.stringify(rest)],
  ]);
  return { tensors, metadata };
}

/** What a compiled tokenizer keeps of the file that it was made of. */
export function tokenizerChecksum(bytes: Uint8Array): string {
  return checksum(bytes.length, crc32(bytes, 0));
}

/**
 * A tokenizer from what compileTokenizer made: the arrays and the metadata of the file. The arrays are kept and used in place.
 *
 * @throws SiskinError BAD_FILE for a file that is no compiled tokenizer or lacks a part, TOKENIZER_STALE for one of another
 *   tokenizer.json or another version of siskin; for the rest as parseTokenizer does.
 */
export function loadCompiled(
  arrays: ReadonlyMap<string, unknown>,
  metadata: ReadonlyMap<string, string>,
  { where = "compiled tokenizer", expectedChecksum, general }: LoadCompiledOptions = {},
): Tokenizer {
  const expect = (key: string, wanted: string, code: "BAD_FILE" | "TOKENIZER_STALE"): void => {
    const got = metadata.get(key);
    if (got === wanted) return;
    const remedy = code === "TOKENIZER_STALE" ? ": run `siskin compile FOLDER` again, or delete the file" : "";
    throw new SiskinError(code, `${where}: ${key}: expected ${show(wanted)}, got ${show(got)}${remedy}`);
  };
  expect("format", FORMAT, "BAD_FILE");
  expect("format_version", COMPILED_VERSION, "TOKENIZER_STALE");
  if (expectedChecksum !== undefined) expect("tokenizer_checksum", expectedChecksum, "TOKENIZER_STALE");
  const tensors: Tensors = new Map();
  for (const [name, array] of arrays) tensors.set(name, asTensor(array, `${where}: ${name}`));
  let json: unknown;
  try {
    json = JSON.parse(metadata.get("tokenizer") ?? "");
  } catch (cause) {
    throw new SiskinError("BAD_FILE", `${where}: tokenizer: expected JSON, got ${show(metadata.get("tokenizer"))}`, {
      cause,
    });
  }
  return new Tokenizer(parseParts(asFields(json, where), { general }, tensors));
}

function asTensor(data: unknown, where: string): Tensor {
  const shape = ArrayBuffer.isView(data) ? [(data as Uint8Array).length] : [];
  if (data instanceof Uint8Array) return { dtype: "U8", shape, data };
  if (data instanceof Uint16Array) return { dtype: "U16", shape, data };
  if (data instanceof Int32Array) return { dtype: "I32", shape, data };
  if (data instanceof Float32Array) return { dtype: "F32", shape, data };
  if (data instanceof Float64Array) return { dtype: "F64", shape, data };
  throw new SiskinError("BAD_FILE", `${where}: expected an array of U8, U16, I32, F32 or F64, got another`);
}

/** A function and no method of a model, so that pages, which compile nothing, are bundled without it. */
function modelTensors(model: Model): Tensors {
  return model instanceof Unigram ? vocabularyTensors(model.vocabulary) : trieTensors((model as WordPiece).trie);
}

function withoutVocabulary(fields: Fields): Record<string, unknown> {
  const { vocab: _, ...rest } = asFields(field(fields, "model"), "model").values;
  return rest;
}

const CHARSMAP = "normalizer.charsmap.";

/** The normalizer with each charsmap moved to an array, whose name stands in its place. */
function takeCharsmaps(normalizer: unknown, tensors: Tensors): unknown {
  if (Array.isArray(normalizer)) return normalizer.map((step) => takeCharsmaps(step, tensors));
  if (typeof normalizer !== "object" || normalizer === null) return normalizer;
  const { precompiled_charsmap: charsmap, normalizers, ...rest } = normalizer as Record<string, unknown>;
  if (typeof charsmap === "string") {
    const count = [...tensors.keys()].filter((name) => name.startsWith(CHARSMAP)).length;
    const name = `${CHARSMAP}${count}`;
    const data = decodeBase64(charsmap);
    tensors.set(name, { dtype: "U8", shape: [data.length], data });
    return { ...rest, precompiled_charsmap: { tensor: name } };
  }
  return normalizers === undefined ? normalizer : { ...rest, normalizers: takeCharsmaps(normalizers, tensors) };
}
