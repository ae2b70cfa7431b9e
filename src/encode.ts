import { planBatches } from "./batches.ts";
import { SiskinError } from "./errors.ts";
import { show } from "./fields.ts";
import type { Backend } from "./kernels/backend.ts";
import { normalize } from "./kernels/normalize.ts";
import type { Dtype } from "./kernels/quantize.ts";
import { type Batch, forward } from "./model/bert.ts";
import type { BertConfig } from "./model/bert-config.ts";
import type { BertWeights } from "./model/bert-weights.ts";
import type { SentenceConfig } from "./model/sentence-config.ts";
import { applyHead, type SentenceHead } from "./model/sentence-head.ts";
import type { Workspace } from "./model/workspace.ts";
import { checkChoice, checkInteger } from "./options.ts";
import { checkRanges, PRECISIONS, type Precision, quantize, type Ranges, type VectorOf } from "./output/precision.ts";
import type { Workers } from "./pool/workers.ts";
import type { Tokenizer, TokenSink } from "./tokenizer/index.ts";

/** What a model is made of; `load` builds it. */
export interface ModelParts {
  readonly name: string;
  readonly backend: Backend;
  /** Which kernels run, and why. */
  readonly kernels: string;
  readonly dtype: Dtype;
  readonly config: BertConfig;
  readonly weights: BertWeights;
  readonly head: SentenceHead;
  readonly sentence: SentenceConfig;
  readonly tokenizer: Tokenizer;
  readonly maxTokens: number;
  readonly workspace: Workspace;
  /** The workers, where there are more threads than one. */
  readonly pool?: Workers | undefined;
  /** Closes the files that word embeddings are read from, and ends the workers. */
  close(): void;
}

export interface EncodeOptions<P extends Precision = Precision> {
  /** Put before each text; beats promptName. */
  prompt?: string | undefined;
  /** One of the model's prompts; without it the model's default one, where it has one. */
  promptName?: string | undefined;
  /**
   * Keep the first components only, 1 to the model's dimensions (Matryoshka). A truncated vector is not of unit length
   * unless `normalize` is set.
   */
  dimensions?: number | undefined;
  /** Scale each vector to unit length at the end. */
  normalize?: boolean | undefined;
  /** "float32" by default. int8 and uint8 need `ranges`; binary and ubinary pack eight components a byte. */
  precision?: P | undefined;
  /** For int8 and uint8: the least and the greatest value of each component over a calibration set. */
  ranges?: Ranges | undefined;
  /** What becomes of a text over the model's length: cut (the default), or an error. */
  onTruncate?: "cut" | "error" | undefined;
  /** Tokens computed at a time, 256 by default; a small model needs about 15 KB for each. */
  batchTokens?: number | undefined;
  /** Called after each batch with the count of texts done. */
  onProgress?: ((event: { done: number; total: number }) => void) | undefined;
  /** Ends the work between two layers; the promise is then rejected with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** A text's vector and what became of the text. */
export interface DetailedVector<P extends Precision = "float32"> {
  readonly vector: VectorOf<P>;
  /** Tokens of the text, prompt and special tokens included, before any cut. */
  readonly tokens: number;
  readonly truncated: boolean;
}

const BATCH_TOKENS = 256; // 1024 took 1 to 4 % longer: integers of so many rows leave the second-level cache
const WINDOW_TEXTS = 4096; // texts tokenized and sorted at a time, so that a million of them need no more memory
const WINDOW_TOKENS = 1 << 17;
const BREATH_MS = 30; // the longest work at a stretch, so that timers, abort signals and other requests get their turn

/** A stretch of the caller's texts as tokens: text i is sink.ids from starts[i] to starts[i + 1]. */
interface Window {
  readonly sink: TokenSink;
  readonly starts: number[];
  /** Tokens before any cut. */
  readonly counts: number[];
}

/** Texts → vectors, in the order of the texts. `alive` throws when the model was disposed of meanwhile, or a worker ended. */
export async function encodeTexts(
  parts: ModelParts,
  where: string,
  texts: readonly string[],
  options: EncodeOptions,
  alive: () => void,
): Promise<DetailedVector<Precision>[]> {
  const prompt = resolvePrompt(where, parts.sentence, options);
  const promptTokens = parts.head.pooling.includePrompt ? 0 : countPromptTokens(parts.tokenizer, prompt);
  const dimensions = options.dimensions ?? parts.head.dimensions;
  const batchTokens = options.batchTokens ?? BATCH_TOKENS;
  const checkpoint = breather(options.signal, alive);
  const vectors = new Float32Array(texts.length * dimensions);
  const counts: number[] = [];
  let done = 0;
  for (let first = 0; first < texts.length; first = counts.length) {
    const window = tokenize(parts, where, texts, first, prompt, options);
    counts.push(...window.counts);
    const lengths = window.counts.map((_, i) => window.starts[i + 1]! - window.starts[i]!);
    const batches = planBatches(lengths, batchTokens);
    const sizes = batches.map((batch) => batch.reduce((tokens, text) => tokens + lengths[text]!, 0));
    parts.workspace.reserve(Math.max(...sizes));
    for (const batch of batches) {
      await checkpoint();
      const { ids, starts } = gather(window, batch);
      const hidden = await forward(
        parts.backend,
        parts.config,
        parts.weights,
        parts.workspace,
        { ids, starts },
        checkpoint,
      );
      const begins = starts.slice(0, -1).map((start) => start + promptTokens);
      const pooled = applyHead(parts.backend, parts.head, hidden, parts.config.hiddenSize, begins, starts);
      for (const [row, text] of batch.entries()) {
        const from = row * parts.head.dimensions;
        vectors.set(pooled.subarray(from, from + dimensions), (first + text) * dimensions);
      }
      options.onProgress?.({ done: (done += batch.length), total: texts.length });
    }
  }
  if (options.normalize) normalize(vectors, texts.length, dimensions);
  const finished = quantize(vectors, texts.length, dimensions, options.precision ?? "float32", options.ranges);
  return counts.map((tokens, i) => ({ vector: finished[i]!, tokens, truncated: tokens > parts.maxTokens }));
}

/** The tokens of the first text, cut to the model's length, and their last hidden states [tokens, hidden]. */
export async function encodeTokens(
  parts: ModelParts,
  where: string,
  texts: readonly string[],
  options: EncodeOptions,
  alive: () => void,
): Promise<{ ids: Int32Array; hidden: Float32Array }> {
  const window = tokenize(parts, where, texts, 0, resolvePrompt(where, parts.sentence, options), options);
  const { ids, starts } = gather(window, [0]);
  const checkpoint = breather(options.signal, alive);
  const hidden = await forward(
    parts.backend,
    parts.config,
    parts.weights,
    parts.workspace,
    { ids, starts },
    checkpoint,
  );
  return { ids, hidden: hidden.slice() };
}

/** A text alone as a list of one. */
export function textsOf(where: string, input: unknown): readonly string[] {
  if (Array.isArray(input)) return input;
  if (typeof input === "string") return [input];
  throw new SiskinError("BAD_INPUT", `${where}: expected a string or a list of strings, got ${show(input)}`);
}

/** Checks what the caller passed, before any work; each error names the function, the option and what was expected. */
export function checkEncode(where: string, texts: unknown, options: EncodeOptions, dimensions: number): void {
  if (!Array.isArray(texts)) {
    throw new SiskinError("BAD_INPUT", `${where}: expected a list of strings, got ${show(texts)}`);
  }
  for (let i = 0; i < texts.length; i++) {
    if (typeof texts[i] !== "string") {
      throw new SiskinError("BAD_INPUT", `${where}: texts[${i}]: expected a string, got ${show(texts[i])}`);
    }
  }
  if (typeof options !== "object" || options === null) {
    throw new SiskinError("BAD_OPTION", `${where}: options must be an object, got ${show(options)}`);
  }
  checkInteger(where, "dimensions", options.dimensions, 1, dimensions);
  checkInteger(where, "batchTokens", options.batchTokens, 1, 1 << 20);
  checkChoice(where, "onTruncate", options.onTruncate, ["cut", "error"]);
  checkChoice(where, "precision", options.precision, PRECISIONS);
  checkRanges(options.precision ?? "float32", options.dimensions ?? dimensions, options.ranges);
  for (const name of ["prompt", "promptName"] as const) {
    if (options[name] !== undefined && typeof options[name] !== "string") {
      throw new SiskinError("BAD_OPTION", `${where}: ${name} must be a string, got ${show(options[name])}`);
    }
  }
  const { onProgress, signal } = options;
  if (onProgress !== undefined && typeof onProgress !== "function") {
    throw new SiskinError("BAD_OPTION", `${where}: onProgress must be a function, got ${show(onProgress)}`);
  }
  if (signal != null && typeof signal.throwIfAborted !== "function") {
    throw new SiskinError("BAD_OPTION", `${where}: signal must be an AbortSignal, got ${show(signal)}`);
  }
}

/** The text to put before each text: `prompt`, else the one that promptName or the model's default names, else nothing. */
function resolvePrompt(where: string, { prompts, defaultPromptName }: SentenceConfig, options: EncodeOptions): string {
  if (options.prompt !== undefined) return options.prompt;
  const name = options.promptName ?? defaultPromptName;
  if (name === undefined) return "";
  const prompt = prompts.get(name);
  if (prompt !== undefined) return prompt;
  const known = [...prompts.keys()].map((key) => JSON.stringify(key)).join(", ");
  throw new SiskinError(
    "BAD_OPTION",
    `${where}: promptName must be ${known ? `one of ${known}` : "absent: the model has no prompts"}, got ${show(name)}`,
  );
}

/** Tokens that a prompt takes at a text's start, as sentence-transformers counts them: without a special token at the end. */
function countPromptTokens(tokenizer: Tokenizer, prompt: string): number {
  if (prompt === "") return 0;
  const { ids } = tokenizer.encode(prompt);
  return tokenizer.isSpecial(ids.at(-1)!) ? ids.length - 1 : ids.length;
}

/** Tokenizes from texts[first] on, until the window is full. */
function tokenize(
  { tokenizer, maxTokens }: ModelParts,
  where: string,
  texts: readonly string[],
  first: number,
  prompt: string,
  options: EncodeOptions,
): Window {
  const window: Window = { sink: { ids: new Int32Array(1024), length: 0 }, starts: [0], counts: [] };
  const { sink, starts, counts } = window;
  const end = Math.min(texts.length, first + WINDOW_TEXTS);
  for (let i = first; i < end && sink.length < WINDOW_TOKENS; i++) {
    const tokens = tokenizer.encodeInto(prompt + texts[i], sink, maxTokens);
    if (tokens > maxTokens && options.onTruncate === "error") {
      throw new SiskinError("TRUNCATED", `${where}: texts[${i}]: expected at most ${maxTokens} tokens, got ${tokens}`);
    }
    counts.push(tokens);
    starts.push(sink.length);
  }
  return window;
}

/** The texts of a batch, one after the other. */
function gather({ sink, starts }: Window, texts: readonly number[]): Batch {
  const batchStarts = new Int32Array(texts.length + 1);
  for (const [row, text] of texts.entries())
    batchStarts[row + 1] = batchStarts[row]! + starts[text + 1]! - starts[text]!;
  const ids = new Int32Array(batchStarts[texts.length]!);
  for (const [row, text] of texts.entries())
    ids.set(sink.ids.subarray(starts[text]!, starts[text + 1]!), batchStarts[row]!);
  return { ids, starts: batchStarts };
}

/** Between two layers: ends the work when the caller or `dispose` asks for it, and lets the event loop turn now and then. */
function breather(signal: AbortSignal | undefined, alive: () => void): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last >= BREATH_MS) {
      await nextTask();
      last = performance.now();
    }
    alive();
    signal?.throwIfAborted();
  };
}

/** Resolves in a later task of the event loop; a timer would wait for 4 ms in browsers. */
function nextTask(): Promise<void> {
  if (typeof setImmediate === "function") return new Promise((resolve) => setImmediate(resolve));
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
