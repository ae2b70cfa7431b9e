import { SiskinError } from "../errors.ts";
import { asFields, type Fields, field, object, place, show, toWellFormed, wrong } from "../fields.ts";
import { type AddedTokens, parseAddedTokens, type Stretch } from "./added-tokens.ts";
import { type Decoder, parseDecoder } from "./decoders.ts";
import { NormalizedText } from "./normalized-text.ts";
import { parseModel, parseNormalizer, parsePreTokenizer } from "./parse.ts";
import {
  type Emit,
  type Model,
  type Normalizer,
  type PreTokenizer,
  reserve,
  type Scanner,
  type Tensors,
  type TokenSink,
} from "./pipeline.ts";
import { needsOrigins } from "./sequence.ts";
import { parseTemplate, type Template } from "./template.ts";
import { createUnigramScanner } from "./unigram-scanner.ts";
import { createWordPieceScanner } from "./wordpiece-scanner.ts";

export interface EncodeTextOptions {
  /** Put the special tokens of the model's template around the text; true by default. */
  readonly addSpecialTokens?: boolean | undefined;
  /** Cut the text so that it has at most so many tokens, special ones included. Without it nothing is cut. */
  readonly maxLength?: number | undefined;
  /** The end that is cut: "right" by default. */
  readonly truncationSide?: "right" | "left" | undefined;
  /** Tell where each token comes from. */
  readonly offsets?: boolean | undefined;
}

export interface Encoding {
  readonly ids: number[];
  /** With `offsets: true`: start and end of each token in UTF-16 units of the text, one after the other; 0, 0 for those of the template. */
  readonly offsets?: number[];
  /** How many tokens the whole text has, before any cut. */
  readonly total: number;
  readonly truncated: boolean;
}

/** The steps that tokenizer.json describes. */
export interface TokenizerParts {
  readonly normalizer: Normalizer | undefined;
  readonly preTokenizer: PreTokenizer | undefined;
  readonly model: Model;
  readonly scanner: Scanner | undefined;
  readonly addedTokens: AddedTokens;
  readonly template: Template;
  readonly decoder: Decoder | undefined;
}

export interface ParseOptions {
  /** Run the steps one after another even where a faster way exists; for tests of that way. */
  readonly general?: boolean | undefined;
}

/**
 * A tokenizer from tokenizer.json, parsed by JSON.parse. Its truncation and padding are ignored: `encode` cuts when asked to.
 *
 * @throws SiskinError UNKNOWN_COMPONENT for a step this engine lacks, BAD_CONFIG for a value of the wrong type or out of range.
 */
export function parseTokenizer(json: unknown, options: ParseOptions = {}): Tokenizer {
  return new Tokenizer(parseParts(asFields(json, "tokenizer.json"), options));
}

/** `tensors`: the arrays of a compiled tokenizer, in place of the vocabulary. */
export function parseParts(fields: Fields, options: ParseOptions, tensors?: Tensors): TokenizerParts {
  const version = field(fields, "version") ?? "1.0";
  if (version !== "1.0") throw wrong(place(fields, "version"), '"1.0"', version);
  const optional = <T>(key: string, parse: (part: Fields) => T): T | undefined =>
    field(fields, key) === undefined ? undefined : parse(object(fields, key));
  const normalizer = optional("normalizer", (part) => parseNormalizer(part, tensors));
  const preTokenizer = optional("pre_tokenizer", parsePreTokenizer);
  const model = parseModel(object(fields, "model"), tensors);
  const addedTokens = parseAddedTokens(fields, model, normalizer);
  const scannable = !options.general && addedTokens.normalized === undefined;
  const scanner = scannable
    ? (createUnigramScanner(normalizer, preTokenizer, model, tensors) ??
      createWordPieceScanner(normalizer, preTokenizer, model))
    : undefined;
  const template = optional("post_processor", parseTemplate) ?? ["text"];
  return {
    normalizer,
    preTokenizer,
    model,
    scanner,
    addedTokens,
    template,
    decoder: optional("decoder", parseDecoder),
  };
}

const KEPT_IDS = 1 << 16; // of `encode`'s list between two texts; what a longer text needs is given back

export class Tokenizer {
  readonly #parts: TokenizerParts;
  readonly #keepsOrigins: boolean;
  readonly #sink: TokenSink = { ids: new Int32Array(256), length: 0 }; // of `encode`, from text to text
  /** Tokens that the template adds to a text. */
  readonly specialTokenCount: number;

  constructor(parts: TokenizerParts) {
    this.#parts = parts;
    this.#keepsOrigins = needsOrigins(parts.preTokenizer);
    this.specialTokenCount = parts.template.reduce((sum, piece) => sum + (piece === "text" ? 0 : piece.length), 0);
  }

  /** How many tokens there are, the added ones included. */
  get vocabSize(): number {
    const { model, addedTokens } = this.#parts;
    let size = model.vocabSize;
    for (const content of addedTokens.byContent.keys()) if (model.tokenToId(content) === undefined) size++;
    return size;
  }

  /**
   * @throws SiskinError BAD_INPUT for a text that is no string, BAD_OPTION for an option out of range.
   */
  encode(text: string, options: EncodeTextOptions = {}): Encoding {
    const sink = this.#sink;
    sink.length = 0;
    if (sink.ids.length > KEPT_IDS) sink.ids = new Int32Array(KEPT_IDS);
    const spans: number[] | undefined = options.offsets ? [] : undefined;
    const total = this.#fillTemplate(text, sink, spans, options);
    const ids = new Array<number>(sink.length);
    for (let k = 0; k < sink.length; k++) ids[k] = sink.ids[k]!; // ten times as fast as Array.from
    return { ids, ...(spans && { offsets: spans }), total, truncated: ids.length < total };
  }

  /**
   * Appends the ids of the text, with special tokens and at most `maxLength` of them, to a list that is reused from text to text,
   * and returns how many tokens the text has before any cut.
   */
  encodeInto(text: string, sink: TokenSink, maxLength?: number): number {
    return this.#fillTemplate(text, sink, undefined, { maxLength });
  }

  /** The text that the ids stand for, as near as the decoder of tokenizer.json brings it. Ids that nothing has are left out. */
  decode(
    ids: ArrayLike<number>,
    { skipSpecialTokens = true }: { readonly skipSpecialTokens?: boolean | undefined } = {},
  ): string {
    const { model, addedTokens, decoder } = this.#parts;
    const tokens: string[] = [];
    for (const id of Array.from(ids)) {
      const token = addedTokens.byId.get(id)?.pattern ?? model.idToToken(id);
      if (token === undefined || (skipSpecialTokens && addedTokens.byContent.get(token)?.special)) continue;
      tokens.push(token);
    }
    return decoder === undefined ? tokens.join(" ") : decoder(tokens).join("");
  }

  tokenToId(token: string): number | undefined {
    return this.#parts.addedTokens.byContent.get(token)?.id ?? this.#parts.model.tokenToId(token);
  }

  idToToken(id: number): string | undefined {
    return this.#parts.addedTokens.byId.get(id)?.content ?? this.#parts.model.idToToken(id);
  }

  /** Whether decode leaves the token out by default. */
  isSpecial(id: number): boolean {
    return this.#parts.addedTokens.byId.get(id)?.special ?? false;
  }

  /**
   * Appends the pieces of the template to the sink and, when they are wanted, to the spans, which begin with the sink; the
   * text's tokens are cut as asked. Gives how many tokens there are before the cut.
   */
  #fillTemplate(text: string, sink: TokenSink, spans: number[] | undefined, options: EncodeTextOptions): number {
    const { addSpecialTokens = true, maxLength = Number.POSITIVE_INFINITY, truncationSide } = options;
    const added = addSpecialTokens ? this.specialTokenCount : 0;
    checkOptions(options, added);
    const wellFormed = checkText(text);
    let total = added;
    let first = -1; // of the text's tokens in the sink, once they are there
    let kept = 0;
    let count = 0;
    for (const piece of this.#parts.template) {
      if (piece !== "text") {
        if (!addSpecialTokens) continue;
        reserve(sink, piece.length).set(piece, sink.length);
        sink.length += piece.length;
        if (spans) for (let k = 0; k < 2 * piece.length; k++) spans.push(0);
        continue;
      }
      if (first < 0) {
        first = sink.length;
        this.#encodeText(wellFormed, sink, spans);
        count = sink.length - first;
        kept = Math.min(count, maxLength - added);
        if (truncationSide === "left") {
          sink.ids.copyWithin(first, sink.length - kept, sink.length);
          spans?.splice(2 * first, 2 * (count - kept));
        }
        sink.length = first + kept;
        if (spans) spans.length = 2 * sink.length;
      } else {
        reserve(sink, kept).copyWithin(sink.length, first, first + kept);
        sink.length += kept;
        if (spans) for (let k = 2 * first; k < 2 * (first + kept); k++) spans.push(spans[k]!);
      }
      total += count;
    }
    return total;
  }

  /** Appends the ids of a well-formed text to the sink and, when they are wanted, two numbers for each to the spans. */
  #encodeText(text: string, sink: TokenSink, spans: number[] | undefined): void {
    const { addedTokens } = this.#parts;
    const scanner = spans === undefined ? this.#parts.scanner : undefined;
    const isPlain = addedTokens.raw === undefined || !addedTokens.raw.mayOccurIn(text);
    if (isPlain && scanner !== undefined) {
      scanner.scan(text, 0, text.length, sink);
      return;
    }
    const emit: Emit = (id, start, end) => {
      reserve(sink, 1)[sink.length++] = id;
      spans?.push(start, end);
    };
    const stretches: readonly Stretch[] = isPlain
      ? [{ token: undefined, start: 0, end: text.length }]
      : addedTokens.raw!.split(text);
    for (const { token, start, end } of stretches) {
      if (token !== undefined) emit(token.id, start, end);
      else if (scanner !== undefined) scanner.scan(text, start, end, sink);
      else this.#runSteps(NormalizedText.of(text, start, end, spans !== undefined || this.#keepsOrigins), emit);
    }
  }

  /** The general pipeline, for a stretch of text without special tokens. */
  #runSteps(text: NormalizedText, emit: Emit): void {
    const { normalizer, addedTokens } = this.#parts;
    normalizer?.normalize(text);
    if (addedTokens.normalized === undefined) {
      this.#tokenize(text.slice(0, text.text.length), emit);
      return;
    }
    for (const { token, start, end } of addedTokens.normalized.split(text.text)) {
      if (token === undefined) this.#tokenize(text.slice(start, end), emit);
      else emitPiece(text, emit)(token.id, start, end);
    }
  }

  #tokenize(text: NormalizedText, emit: Emit): void {
    if (text.text === "") return;
    const { preTokenizer, model } = this.#parts;
    for (const piece of preTokenizer?.split(text) ?? [text]) {
      if (piece.text !== "") model.tokenize(piece.text, emitPiece(piece, emit));
    }
  }
}

/** Turns a place in a piece into one in the original. */
function emitPiece(piece: NormalizedText, emit: Emit): Emit {
  if (!piece.hasOffsets) return emit;
  return (id, start, end) => emit(id, piece.originalStart(start), piece.originalEnd(end));
}

function checkText(text: unknown): string {
  if (typeof text === "string") return toWellFormed(text);
  throw new SiskinError("BAD_INPUT", `encode: text: expected a string, got ${show(text)}`);
}

/** `added`: special tokens, which are never cut. */
function checkOptions({ maxLength, truncationSide }: EncodeTextOptions, added: number): void {
  if (maxLength !== undefined && !(Number.isInteger(maxLength) && maxLength >= added)) {
    const expected = `an integer of at least ${added}, the special tokens`;
    throw new SiskinError("BAD_OPTION", `encode: maxLength: expected ${expected}, got ${show(maxLength)}`);
  }
  if (truncationSide !== undefined && truncationSide !== "right" && truncationSide !== "left") {
    throw new SiskinError(
      "BAD_OPTION",
      `encode: truncationSide: expected "right" or "left", got ${show(truncationSide)}`,
    );
  }
}
