/**
 * Unigram: of all ways to cut a text into pieces, the one whose scores (log-probabilities) add up to the most.
 *
 * Best path by dynamic programming from left to right: best[e] = max over pieces text[s, e) of best[s] + score(piece), in float64;
 * of equal sums the one found first stays. A character that is no piece by itself is also taken as unknown, at 10 below the lowest
 * score; neighbouring unknowns become one token.
 *
 * Kudo 2018, arXiv:1804.10959; tokenizers, `models/unigram/model.rs`.
 */
import { type Fields, wrong } from "../fields.ts";
import { find, spell } from "./piece-index.ts";
import type { Emit, Model, Tensors } from "./pipeline.ts";
import { loadVocabulary, parseVocabulary, type UnigramVocabulary } from "./unigram-vocabulary.ts";

const UNKNOWN_PENALTY = 10;
const NO_NODE = -1; // of an unknown character
const KEPT_UNITS = 1 << 16; // of the scratch memory; what a longer text needs is given back

export class Unigram implements Model {
  readonly vocabSize: number;
  readonly vocabulary: UnigramVocabulary;
  /** The path that `segment` found: id and end of each piece, in order, from the place that it returned up to the text's length. */
  pathIds: Int32Array = new Int32Array(0);
  pathEnds: Int32Array = new Int32Array(0);
  #best = new Float64Array(0);
  #units = new Uint16Array(0); // of `tokenize`
  #codes = new Uint16Array(0); // of `segment`

  constructor(vocabulary: UnigramVocabulary) {
    this.vocabulary = vocabulary;
    this.vocabSize = vocabulary.size;
    this.#resize(256);
  }

  tokenize(piece: string, emit: Emit): void {
    const units = piece.length > this.#units.length ? new Uint16Array(piece.length) : this.#units;
    for (let i = 0; i < piece.length; i++) units[i] = piece.charCodeAt(i);
    const { unkId } = this.vocabulary;
    const first = this.segment(units, piece.length);
    for (let k = first, start = 0; k <= piece.length; k++) {
      const id = this.pathIds[k]!;
      if (id === unkId) while (k < piece.length && this.pathIds[k + 1] === unkId) k++;
      const end = this.pathEnds[k]!;
      if (id === unkId) this.#emitUnknown(piece, start, end, emit);
      else emit(id, start, end);
      start = end;
    }
  }

  /**
   * Finds the best path over units[0 … length), well-formed UTF-16, and returns where it begins in pathIds and pathEnds.
   * An unknown character has the id of unknown tokens; those beside each other are not joined yet.
   */
  segment(units: Uint16Array, length: number): number {
    if (length > this.#best.length - 1) this.#resize(2 * length);
    else if (this.#best.length > KEPT_UNITS && length < KEPT_UNITS) this.#resize(KEPT_UNITS - 1);
    const best = this.#best;
    const codes = this.#codes;
    const starts = this.pathEnds; // until the path is read back: where the best piece that ends here begins
    const nodes = this.pathIds; // until then: the node of that piece
    const { index, minScore, unkId } = this.vocabulary;
    const unknownScore = minScore - UNKNOWN_PENALTY;
    for (let i = 0; i < length; i++) {
      codes[i] = index.codeOf(units[i]!);
      best[i + 1] = Number.NaN; // no path reaches this place yet
    }
    best[0] = 0;
    for (let start = 0, characterEnd = 0; start < length; start = characterEnd) {
      const unit = units[start]!;
      characterEnd = start + (unit >= 0xd800 && unit < 0xdc00 ? 2 : 1);
      const base = best[start]!;
      let isPiece = false;
      for (let end = start, node = 0; end < length; ) {
        node = index.step(node, codes[end++]!);
        if (node < 0) break;
        const pieceScore = index.scoreAt(node);
        if (Number.isNaN(pieceScore)) continue;
        const score = base + pieceScore;
        if (!(score <= best[end]!)) {
          best[end] = score;
          starts[end] = start;
          nodes[end] = node;
        }
        isPiece ||= end === characterEnd;
      }
      const score = base + unknownScore;
      if (!isPiece && !(score <= best[characterEnd]!)) {
        best[characterEnd] = score;
        starts[characterEnd] = start;
        nodes[characterEnd] = NO_NODE;
        if (unkId === undefined) this.#missingUnknown();
      }
    }
    return this.#readPath(length);
  }

  /** Turns starts and nodes by end into the path, in place, and returns where it begins. */
  #readPath(length: number): number {
    const { pathIds, pathEnds } = this;
    const unkId = this.vocabulary.unkId!;
    let at = length + 1;
    for (let end = length; end > 0; ) {
      at--; // not before `end`, for each piece after this one has a unit at least: what is overwritten was read already
      const start = pathEnds[end]!;
      pathIds[at] = this.#idAt(pathIds[end]!) ?? unkId;
      pathEnds[at] = end;
      end = start;
    }
    return at;
  }

  tokenToId(token: string): number | undefined {
    return this.#idAt(find(this.vocabulary.index, token));
  }

  /** The id of the piece units[start … end), when there is one. */
  idOfUnits(units: Uint16Array, start: number, end: number): number | undefined {
    const { index } = this.vocabulary;
    let node = 0;
    for (let i = start; i < end && node >= 0; i++) node = index.step(node, index.codeOf(units[i]!));
    return this.#idAt(node);
  }

  #idAt(node: number): number | undefined {
    const id = node < 0 ? -1 : this.vocabulary.index.idAt(node);
    return id >= 0 && id < this.vocabSize ? id : undefined;
  }

  idToToken(id: number): string | undefined {
    return id >= 0 && id < this.vocabSize ? spell(this.vocabulary.index, this.vocabulary.nodes()[id]!) : undefined;
  }

  /** Characters that no piece covers: the piece they are together, else their bytes where the vocabulary has those, else unknown. */
  #emitUnknown(text: string, start: number, end: number, emit: Emit): void {
    const unknown = text.slice(start, end);
    const bytes = this.vocabulary.byteFallback ? this.#byteIds(unknown) : [];
    const id = this.tokenToId(unknown);
    if (id !== undefined) emit(id, start, end);
    else if (bytes.length > 0) for (const byte of bytes) emit(byte, start, end);
    else emit(this.vocabulary.unkId!, start, end);
  }

  #byteIds(text: string): number[] {
    const ids: number[] = [];
    for (const byte of new TextEncoder().encode(text)) {
      const id = this.tokenToId(`<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
      if (id === undefined) return [];
      ids.push(id);
    }
    return ids;
  }

  #missingUnknown(): never {
    throw wrong("tokenizer.json: model.unk_id", "the id of unknown text, which the text has", undefined);
  }

  #resize(length: number): void {
    this.#best = new Float64Array(length + 1);
    this.#units = new Uint16Array(length + 1);
    this.#codes = new Uint16Array(length + 1);
    this.pathEnds = new Int32Array(length + 1);
    this.pathIds = new Int32Array(length + 1);
  }
}

export function parseUnigram(fields: Fields): Unigram {
  return new Unigram(parseVocabulary(fields));
}

export function loadUnigram(fields: Fields, tensors: Tensors): Unigram {
  return new Unigram(loadVocabulary(fields, tensors));
}
