/**
 * What the steps of a tokenizer have in common. The way of a text:
 *
 *   text → special tokens cut out → Normalizer → PreTokenizer → pieces → Model → ids → template around them
 *
 * The general pipeline runs these steps one after another and can tell where each token comes from. A Scanner does the work of
 * the three middle steps in one pass, for the configurations in wide use, and gives ids only; both always give the same ids.
 */
import type { NormalizedText } from "./normalized-text.ts";

/** A list of ids that grows: `ids` may be longer than `length` and is replaced by a larger one when it is full. */
export interface TokenSink {
  ids: Int32Array;
  length: number;
}

/** Changes the text in place, keeping track of where each character came from when the text asks for it. */
export interface Normalizer {
  normalize(text: NormalizedText): void;
}

/** Cuts a text into pieces, in order; empty ones are left out by the caller. It may change the text. */
export interface PreTokenizer {
  split(text: NormalizedText): NormalizedText[];
}

/** Takes a token that stands for `piece.slice(start, end)`. */
export type Emit = (id: number, start: number, end: number) => void;

export interface Model {
  /** Entries of the vocabulary, counted as the reference does: added tokens that the model lacks get ids from here on. */
  readonly vocabSize: number;
  /** Tokens of one piece, in order. The piece is well-formed and not empty. */
  tokenize(piece: string, emit: Emit): void;
  tokenToId(token: string): number | undefined;
  idToToken(id: number): string | undefined;
}

/** Normalizer, pre-tokenizer and model in one pass. */
export interface Scanner {
  /** Appends the ids of text.slice(start, end), which is well-formed and holds no special token. */
  scan(text: string, start: number, end: number, sink: TokenSink): void;
}

/** Arrays of a compiled tokenizer by name. A model's names begin with "model.", a scanner's with "scanner.". */
export type Tensors = Map<string, Tensor>;

export type Tensor =
  | { readonly dtype: "U8"; readonly shape: readonly number[]; readonly data: Uint8Array }
  | { readonly dtype: "U16"; readonly shape: readonly number[]; readonly data: Uint16Array }
  | { readonly dtype: "I32"; readonly shape: readonly number[]; readonly data: Int32Array }
  | { readonly dtype: "F32"; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: "F64"; readonly shape: readonly number[]; readonly data: Float64Array };

/** Makes room for `more` ids and returns the array to write them to. */
export function reserve(sink: TokenSink, more: number): Int32Array {
  const needed = sink.length + more;
  if (needed > sink.ids.length) {
    const grown = new Int32Array(Math.max(needed, 2 * sink.ids.length, 64));
    grown.set(sink.ids.subarray(0, sink.length));
    sink.ids = grown;
  }
  return sink.ids;
}
