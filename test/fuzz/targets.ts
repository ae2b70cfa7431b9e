import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { bytesSource, open, parse, SafetensorsError, serialize } from "safetensors-ts";
import { load, SiskinError } from "siskin";
import { parseTokenizer } from "siskin/tokenizer";
import { mutatedFile, Random as Tokens } from "../parity/safetensors-mutations.ts";
import { inCheckout, TINY_MODELS } from "../support/paths.ts";
import { random } from "../support/random.ts";
import { mutatedBytes, mutatedJson } from "./mutate.ts";

/** One hostile input: what it is, for the message, and what is done with it. */
export interface Case {
  /** Bytes that a stranger gives: what may be allocated depends on it. */
  readonly bytes: number;
  describe(): string;
  /** Ends with a right result, or an error; throws WrongResult when a result is not right. */
  run(): Promise<void>;
  /** Whether the error is one that this input may end with: of the package's class, with a place in its message. */
  expects(error: unknown): boolean;
}

export class WrongResult extends Error {}

export interface Target {
  readonly name: string;
  /** The share of all cases. */
  readonly share: number;
  makeCase(seed: number): Case;
}

function check(right: boolean, what: string): void {
  if (!right) throw new WrongResult(what);
}

// --- safetensors ------------------------------------------------------------------------------------------------------

const safetensors: Target = {
  name: "safetensors headers",
  share: 0.5,
  makeCase(seed) {
    const file = mutatedFile(new Tokens(seed));
    return {
      bytes: file.length,
      describe: () => Buffer.from(file).toString("latin1"),
      run: () => readSafetensors(file),
      expects: (error) =>
        error instanceof SafetensorsError && typeof error.code === "string" && error.message.startsWith("case: "),
    };
  },
};

/**
 * What was accepted describes the whole file, reads alike in both ways, and is written and read again unchanged. Only a
 * dimension that no number holds exactly, beside one of 0, cannot be written.
 */
async function readSafetensors(file: Uint8Array): Promise<void> {
  const tensors = parse(file, "case");
  const lengths = [...tensors.values()].map(({ data }) => data.length);
  const headerLength = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  check(8 + headerLength + lengths.reduce((a, b) => a + b, 0) === file.length, "tensors do not fill the file");
  const opened = await open(bytesSource(file, "case"));
  const read = await opened.readMany(tensors.keys());
  const exact = [...tensors.values()].every(({ shape }) => shape.every(Number.isSafeInteger));
  const again = exact ? parse(serialize([...tensors.values()])) : tensors;
  check(again.size === tensors.size && read.size === tensors.size, "another number of tensors");
  for (const [name, { dtype, shape, data }] of tensors) {
    for (const other of [read.get(name)!, again.get(name)!]) {
      check(other.dtype === dtype && other.shape.join() === shape.join(), `${name}: another dtype or shape`);
      check(Buffer.compare(other.data, data) === 0, `${name}: other bytes`);
    }
  }
}

// --- tokenizer.json ---------------------------------------------------------------------------------------------------

const TEXTS = ["the siskin sings", "", " É  雀🙂\ud800 <s>[MASK]</s>\u0000", "seeds ".repeat(100), "a".repeat(300)];

const TOKENIZERS: readonly Record<string, unknown>[] = [
  ...["gelu-mean", "roberta-weighted", "xlm-roberta-last"].map(tokenizerOf),
  withSteps(tokenizerOf("gelu-mean"), {
    normalizer: [
      { type: "NFD" },
      { type: "StripAccents" },
      { type: "Strip", strip_left: true, strip_right: true },
      { type: "Replace", pattern: { Regex: " {2,}" }, content: " " },
      { type: "Replace", pattern: { String: "x" }, content: "y" },
      { type: "Prepend", prepend: "a" },
      { type: "Precompiled", precompiled_charsmap: "" },
    ],
    pre_tokenizer: [{ type: "Whitespace" }, { type: "Punctuation", behavior: "Isolated" }, { type: "WhitespaceSplit" }],
    post_processor: { type: "BertProcessing", sep: ["[SEP]", 3], cls: ["[CLS]", 2] },
  }),
];

function tokenizerOf(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(inCheckout(`fixtures/tiny/${name}/tokenizer.json`), "utf8"));
}

/** The tokenizer with sequences of other normalizers and pre-tokenizers. */
function withSteps(
  tokenizer: Record<string, unknown>,
  steps: { normalizer: object[]; pre_tokenizer: object[]; post_processor: object },
): Record<string, unknown> {
  return {
    ...tokenizer,
    normalizer: { type: "Sequence", normalizers: steps.normalizer },
    pre_tokenizer: { type: "Sequence", pretokenizers: steps.pre_tokenizer },
    post_processor: steps.post_processor,
  };
}

const tokenizer: Target = {
  name: "tokenizer.json",
  share: 0.3,
  makeCase(seed) {
    const source = random(seed);
    const text = mutatedJson(source, source.pick(TOKENIZERS));
    return {
      bytes: text.length,
      describe: () => text,
      async run() {
        let value: unknown;
        try {
          value = JSON.parse(text);
        } catch {
          return; // parseTokenizer takes what JSON.parse gives
        }
        encodeTexts(value);
      },
      expects: (error) =>
        error instanceof SiskinError && typeof error.code === "string" && error.message.startsWith("tokenizer.json: "),
    };
  },
};

/** Ids are entries of the vocabulary or added tokens, and the same every time. */
function encodeTexts(value: unknown): void {
  const tokenizer = parseTokenizer(value);
  const known = idsIn(value);
  for (const text of TEXTS) {
    const { ids } = tokenizer.encode(text);
    for (const id of ids) check(known.has(id), `${JSON.stringify(text)}: id ${id} is in no vocabulary`);
    check(tokenizer.encode(text).ids.join() === ids.join(), `${JSON.stringify(text)}: other ids the second time`);
    check(typeof tokenizer.decode(ids) === "string", "decode gives no string");
  }
}

/**
 * Every integer of the file, the positions of Unigram's pieces, and as many free ids after the vocabulary's greatest as there
 * are added tokens, since one that the vocabulary lacks gets the next: ids come from nowhere else.
 */
function idsIn(value: unknown): Set<number> {
  const ids = new Set<number>();
  const visit = (item: unknown): void => {
    if (typeof item === "number") ids.add(item);
    if (typeof item !== "object" || item === null) return;
    if (Array.isArray(item)) for (let i = 0; i < item.length; i++) ids.add(i);
    for (const child of Object.values(item)) visit(child);
  };
  visit(value);
  const { added_tokens: added, model } = value as { added_tokens?: unknown[]; model: { vocab: object } };
  const vocabulary = Array.isArray(model.vocab) ? model.vocab.map((_, i) => i) : Object.values(model.vocab);
  const free = vocabulary.reduce((greatest, id) => Math.max(greatest, id), -1) + 1;
  for (let i = 0; i < (added?.length ?? 0); i++) ids.add(free + i);
  return ids;
}

// --- config.json, modules.json, … -------------------------------------------------------------------------------------

const MODELS = TINY_MODELS.map((name) => readModel(inCheckout(`fixtures/tiny/${name}`)));

function readModel(folder: string): Map<string, Uint8Array> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [relative(folder, path).replaceAll("\\", "/"), new Uint8Array(readFileSync(path))];
    }),
  );
}

/** Files that configure a model; the weights' bytes are changed too, the references' are not read. */
function isConfiguration(path: string): boolean {
  return path.endsWith(".json") && !path.endsWith("cases.json");
}

const configuration: Target = {
  name: "config.json, modules.json and the others",
  share: 0.2,
  makeCase(seed) {
    const source = random(seed);
    const files = new Map(source.pick(MODELS));
    files.delete("reference.safetensors");
    const weights = source.next() < 0.1;
    const path = source.pick(
      [...files.keys()].filter((name) => (weights ? name.endsWith(".safetensors") : isConfiguration(name))),
    );
    const bytes = files.get(path)!;
    const changed = weights
      ? mutatedBytes(source, bytes)
      : new TextEncoder().encode(mutatedJson(source, JSON.parse(new TextDecoder().decode(bytes))));
    files.set(path, changed);
    const places = [...files.keys(), "files in memory", "encode", "model.safetensors"];
    return {
      bytes: [...files.values()].reduce((sum, file) => sum + file.length, 0),
      describe: () => `${path}: ${Buffer.from(changed).toString(weights ? "latin1" : "utf8")}`,
      run: () => encodeWith(files),
      expects: (error) =>
        (error instanceof SiskinError || error instanceof SafetensorsError) &&
        typeof error.code === "string" &&
        places.some((place) => error.message.startsWith(`${place}: `)),
    };
  },
};

/** A model that loads gives vectors of its dimensions, the same bits alone and in a batch. */
async function encodeWith(files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  using model = await load(files);
  const texts = ["the siskin sings", "", "seeds"];
  const vectors = await model.encode(texts);
  for (const [i, text] of texts.entries()) {
    check(vectors[i]!.length === model.info.dimensions, `${vectors[i]!.length} of ${model.info.dimensions} components`);
    const alone = await model.encode(text);
    check(Buffer.compare(bytesOf(alone), bytesOf(vectors[i]!)) === 0, "other bits in a batch");
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

export const TARGETS: readonly Target[] = [safetensors, tokenizer, configuration];
