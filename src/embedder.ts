/// <reference lib="esnext.disposable" preserve="true" />
import {
  checkEncode,
  type DetailedVector,
  type EncodeOptions,
  encodeTexts,
  encodeTokens,
  type ModelParts,
  textsOf,
} from "./encode.ts";
import { SiskinError } from "./errors.ts";
import type { SimilarityName } from "./model/sentence-config.ts";
import type { Precision, VectorOf } from "./output/precision.ts";
import { similarity, similarityPairwise } from "./output/similarity.ts";
import type { Tokenizer } from "./tokenizer/index.ts";

/** What a model is and what runs it. */
export interface ModelInfo {
  readonly name: string;
  /** Components of a vector. */
  readonly dimensions: number;
  /** Tokens of a text that are read, special tokens included. */
  readonly maxTokens: number;
  readonly pooling: readonly string[];
  readonly architecture: {
    readonly layers: number;
    readonly heads: number;
    readonly hidden: number;
    readonly inner: number;
  };
  readonly prompts: Readonly<Record<string, string>>;
  readonly similarity: SimilarityName;
  /** What linear layers compute with. */
  readonly dtype: ModelParts["dtype"];
  readonly backend: ModelParts["backend"]["name"];
  /** Which kernels run, and why. */
  readonly kernels: string;
  /** How many compute; `kernels` says why only one does where more were asked for. */
  readonly threads: number;
  readonly parameters: number;
  /** Bytes of the weights as stored. */
  readonly bytes: number;
}

/** What is done with texts in a call's turn; `alive` throws when the model was disposed of meanwhile, or a worker ended. */
type Work<T> = (
  parts: ModelParts,
  where: string,
  texts: readonly string[],
  options: EncodeOptions,
  alive: () => void,
) => Promise<T>;

/**
 * A loaded model: texts → tokens → batches → hidden states → vectors, in the caller's order.
 *
 * Calls may overlap: they run one after the other. A vector depends on its text alone, never on the batch it was in.
 */
export class Embedder {
  readonly info: ModelInfo;
  readonly tokenizer: Tokenizer;
  #parts: ModelParts | undefined;
  #lastTurn: Promise<unknown> = Promise.resolve();

  constructor(parts: ModelParts) {
    this.#parts = parts;
    this.tokenizer = parts.tokenizer;
    this.info = describe(parts);
  }

  /**
   * The vector of a text; or the vectors of a list, in its order, which are views into one buffer: copy one to keep or
   * transfer it alone. An empty list gives an empty list, an empty text the vector of its special tokens.
   *
   * @throws SiskinError BAD_INPUT for what is not a string, BAD_OPTION, TRUNCATED (with `onTruncate: "error"`), WORKER_FAILED, DISPOSED;
   *   the signal's reason when aborted. WORKER_FAILED comes when a worker ends by itself while the call is under way, even if
   *   others did its work; the next call has new workers.
   */
  encode<P extends Precision = "float32">(text: string, options?: EncodeOptions<P>): Promise<VectorOf<P>>;
  encode<P extends Precision = "float32">(texts: readonly string[], options?: EncodeOptions<P>): Promise<VectorOf<P>[]>;
  encode(input: string | readonly string[], options: EncodeOptions = {}): Promise<unknown> {
    return this.#encode("encode", input, options);
  }

  /** As `encode`, with the model's prompt "query", where it has one and no other is asked for. */
  encodeQuery<P extends Precision = "float32">(text: string, options?: EncodeOptions<P>): Promise<VectorOf<P>>;
  encodeQuery<P extends Precision = "float32">(
    texts: readonly string[],
    options?: EncodeOptions<P>,
  ): Promise<VectorOf<P>[]>;
  encodeQuery(input: string | readonly string[], options: EncodeOptions = {}): Promise<unknown> {
    return this.#encode("encodeQuery", input, options, ["query"]);
  }

  /** As `encode`, with the first of the model's prompts "document", "passage" and "corpus" that it has. */
  encodeDocument<P extends Precision = "float32">(text: string, options?: EncodeOptions<P>): Promise<VectorOf<P>>;
  encodeDocument<P extends Precision = "float32">(
    texts: readonly string[],
    options?: EncodeOptions<P>,
  ): Promise<VectorOf<P>[]>;
  encodeDocument(input: string | readonly string[], options: EncodeOptions = {}): Promise<unknown> {
    return this.#encode("encodeDocument", input, options, ["document", "passage", "corpus"]);
  }

  /** As `encode` of a list, with each text's count of tokens and whether it was cut. */
  encodeDetailed<P extends Precision = "float32">(
    texts: readonly string[],
    options: EncodeOptions<P> = {},
  ): Promise<DetailedVector<P>[]> {
    return this.#inTurn("encodeDetailed", texts, options, encodeTexts) as Promise<DetailedVector<P>[]>;
  }

  /** The tokens of one text, cut to the model's length, and their last hidden states [tokens, hidden], before pooling. */
  encodeTokens(text: string, options: EncodeOptions = {}): Promise<{ ids: Int32Array; hidden: Float32Array }> {
    return this.#inTurn("encodeTokens", [text], options, encodeTokens);
  }

  /** [a.length][b.length] by the model's own measure: cosine, dot, or the negated euclidean or manhattan distance. */
  similarity(a: readonly Float32Array[], b: readonly Float32Array[]): Float32Array[] {
    return similarity(a, b, this.info.similarity);
  }

  /** The similarity of a[i] and b[i], [a.length]. */
  similarityPairwise(a: readonly Float32Array[], b: readonly Float32Array[]): Float32Array {
    return similarityPairwise(a, b, this.info.similarity);
  }

  /** Gives files, threads and, at the next garbage collection, memory back. Work under way and later calls end with a DISPOSED error. May be called twice. */
  dispose(): void {
    this.#parts?.close();
    this.#parts = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async #encode(
    where: string,
    input: string | readonly string[],
    options: EncodeOptions,
    promptNames?: readonly string[],
  ): Promise<unknown> {
    const results = await this.#inTurn(where, textsOf(where, input), options, encodeTexts, promptNames);
    return typeof input === "string" ? results[0]!.vector : results.map(({ vector }) => vector);
  }

  /**
   * Checks the call at once, then runs the work when the calls before it are done, since all share one workspace. The work
   * has copies of what was checked, which the caller may change meanwhile.
   */
  async #inTurn<T>(
    where: string,
    texts: readonly string[],
    options: EncodeOptions,
    work: Work<T>,
    promptNames?: readonly string[],
  ): Promise<T> {
    const parts = this.#alive(where);
    const ownTexts = Array.isArray(texts) ? [...texts] : texts;
    const given = typeof options === "object" && options !== null ? { ...options } : options;
    checkEncode(where, ownTexts, given, this.info.dimensions);
    const ownOptions = promptNames === undefined ? given : this.#withPrompt(promptNames, given);
    const alive = () => this.#alive(where).pool?.check();
    const turn = this.#lastTurn.then(async () => {
      try {
        await parts.pool?.restore();
        alive();
        return await work(parts, where, ownTexts, ownOptions, alive);
      } finally {
        alive(); // whatever came of work whose files were closed, or that lost a worker, meanwhile
      }
    });
    this.#lastTurn = turn.catch(() => {});
    return turn;
  }

  #alive(where: string): ModelParts {
    if (this.#parts !== undefined) return this.#parts;
    throw new SiskinError("DISPOSED", `${where}: expected a loaded model, got one that was disposed of`);
  }

  /** sentence-transformers falls back to no prompt here, not to the model's default one. */
  #withPrompt(names: readonly string[], options: EncodeOptions): EncodeOptions {
    if (options.prompt !== undefined || options.promptName !== undefined) return options;
    const promptName = names.find((name) => Object.hasOwn(this.info.prompts, name));
    return promptName === undefined ? { ...options, prompt: "" } : { ...options, promptName };
  }
}

function describe({
  name,
  config,
  head,
  maxTokens,
  sentence,
  backend,
  kernels,
  dtype,
  weights,
  pool,
}: ModelParts): ModelInfo {
  return {
    name,
    dimensions: head.dimensions,
    maxTokens,
    pooling: head.pooling.modes,
    architecture: {
      layers: config.layers,
      heads: config.heads,
      hidden: config.hiddenSize,
      inner: config.innerSize,
    },
    prompts: Object.fromEntries(sentence.prompts),
    similarity: sentence.similarity,
    dtype,
    backend: backend.name,
    kernels,
    threads: pool?.threads ?? 1,
    parameters: weights.parameters,
    bytes: weights.bytes,
  };
}
