/**
 * WordPiece: a word is cut into the longest pieces of the vocabulary from left to right, those after the first one looked up with
 * a prefix (`##`). One piece unknown makes the whole word unknown, and so does a word that is too long.
 *
 * tokenizers, `models/wordpiece`; Wu et al. 2016, arXiv:1609.08144.
 */
import { SiskinError } from "../errors.ts";
import { checkInteger, type Fields, integer, isWellFormed, object, show, string, wrong } from "../fields.ts";
import { DoubleArray } from "./double-array.ts";
import { find, spell } from "./piece-index.ts";
import type { Emit, Model, Tensors } from "./pipeline.ts";
import { tensorData } from "./tensors.ts";
import { width } from "./text-classes.ts";
import { buildTrie, type Trie } from "./wordpiece-trie.ts";

export interface WordPieceOptions {
  readonly unkToken: string;
  readonly continuingSubwordPrefix: string;
  readonly maxInputCharsPerWord: number;
}

export class WordPiece implements Model {
  readonly options: WordPieceOptions;
  readonly trie: Trie;
  readonly vocabSize: number;
  /** Where the pieces that continue a word begin in the trie, −1 when there are none. */
  readonly continuation: number;
  readonly #pieces: DoubleArray;
  #nodes: Map<number, number> | undefined; // of each id

  constructor(trie: Trie, options: WordPieceOptions) {
    this.options = options;
    this.trie = trie;
    let tokens = 0;
    for (const id of trie.ids) if (id >= 0) tokens++;
    this.vocabSize = tokens;
    this.#pieces = new DoubleArray(trie.nodes, trie.ids, trie.numbers);
    this.continuation = find(this.#pieces, options.continuingSubwordPrefix);
  }

  tokenize(word: string, emit: Emit): void {
    const pieces = countUpTo(word, this.options.maxInputCharsPerWord) ? this.#cut(word) : undefined;
    if (pieces === undefined) emit(this.unknownId(), 0, word.length);
    else for (const { id, start, end } of pieces) emit(id, start, end);
  }

  /** The id of unk_token. As in the reference, a vocabulary may lack it until a text needs it. */
  unknownId(): number {
    const { unkToken } = this.options;
    const id = this.tokenToId(unkToken);
    if (id !== undefined) return id;
    throw wrong("tokenizer.json: model.unk_token", "a token of model.vocab", unkToken);
  }

  tokenToId(token: string): number | undefined {
    const node = find(this.#pieces, token);
    const id = node < 0 ? -1 : this.#pieces.idAt(node);
    return id < 0 ? undefined : id;
  }

  idToToken(id: number): string | undefined {
    this.#nodes ??= this.#nodesById();
    const node = this.#nodes.get(id);
    return node === undefined ? undefined : spell(this.#pieces, node);
  }

  /** The pieces of a word, undefined when one of them is unknown. */
  #cut(word: string): { id: number; start: number; end: number }[] | undefined {
    const cut: { id: number; start: number; end: number }[] = [];
    for (let start = 0; start < word.length; ) {
      const longest = { id: -1, start, end: start };
      let node = start === 0 ? 0 : this.continuation;
      for (let end = start; node >= 0 && end < word.length; ) {
        node = this.#pieces.step(node, this.#pieces.codeOf(word.charCodeAt(end++)));
        if (node < 0 || this.#pieces.idAt(node) < 0) continue;
        longest.id = this.#pieces.idAt(node);
        longest.end = end;
      }
      if (longest.id < 0) return undefined;
      cut.push(longest);
      start = longest.end;
    }
    return cut;
  }

  #nodesById(): Map<number, number> {
    const nodes = new Map<number, number>();
    for (const [slot, id] of this.trie.ids.entries()) if (id >= 0) nodes.set(id, 2 * slot);
    return nodes;
  }
}

/** Whether the text has at most `max` code points. */
function countUpTo(text: string, max: number): boolean {
  let count = 0;
  for (let i = 0; i < text.length && count <= max; count++) i += width(text.codePointAt(i)!);
  return count <= max;
}

export function parseWordPiece(fields: Fields): WordPiece {
  const options = parseOptions(fields);
  const { where, values } = object(fields, "vocab");
  const tokens = Object.keys(values);
  if (!isWellFormed(tokens.join("\n"))) {
    const illFormed = tokens.find((token) => !isWellFormed(token));
    throw wrong(where, "tokens of well-formed Unicode", illFormed);
  }
  const vocabulary = new Map<string, number>();
  for (const token of tokens) {
    const id = values[token];
    // the place in the file is spelled out only for an error: there are many tokens
    vocabulary.set(token, isId(id) ? id : checkInteger(id, `${where}[${show(token)}]`));
  }
  const trie = buildTrie(vocabulary);
  if (trie !== undefined) return new WordPiece(trie, options);
  throw new SiskinError("BAD_CONFIG", `${where}: expected tokens that fit in a trie, got too many`);
}

function isId(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0x7fffffff;
}

/** The vocabulary as a compiled tokenizer stores it. */
export function trieTensors({ nodes, ids, numbers }: Trie): Tensors {
  return new Map([
    ["model.trie", { dtype: "I32", shape: [ids.length, 2], data: nodes }],
    ["model.trie_ids", { dtype: "I32", shape: [ids.length], data: ids }],
    ["model.unit_numbers", { dtype: "U16", shape: [numbers.length], data: numbers }],
  ]);
}

/** From the arrays of trieTensors. Nothing is done an entry, so wrong numbers in them are only kept from doing harm. */
export function loadWordPiece(fields: Fields, tensors: Tensors): WordPiece {
  const ids = tensorData(tensors, "model.trie_ids", "I32");
  const nodes = tensorData(tensors, "model.trie", "I32", 2 * ids.length);
  const numbers = tensorData(tensors, "model.unit_numbers", "U16", 0x10000);
  return new WordPiece({ nodes, ids, numbers }, parseOptions(fields));
}

function parseOptions(fields: Fields): WordPieceOptions {
  return {
    unkToken: string(fields, "unk_token"),
    continuingSubwordPrefix: string(fields, "continuing_subword_prefix"),
    maxInputCharsPerWord: integer(fields, "max_input_chars_per_word", 0, 2 ** 64),
  };
}
