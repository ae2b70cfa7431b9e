/** The vocabulary of a Unigram model, from tokenizer.json or from the arrays of a compiled tokenizer. */
import { SiskinError } from "../errors.ts";
import { type Fields, field, flag, integer, isWellFormed, list, place, wrong } from "../fields.ts";
import { PieceHash } from "./piece-hash.ts";
import { type ScoredPieces, spell } from "./piece-index.ts";
import type { Tensor, Tensors } from "./pipeline.ts";
import { interleave, MAX_SLOTS, ScoredTrie } from "./scored-trie.ts";
import { tensorData } from "./tensors.ts";
import { buildTrie } from "./wordpiece-trie.ts";

export interface UnigramVocabulary {
  readonly index: ScoredPieces;
  /** The node of each id in `index`. Of ids with the same piece the last one is at the node. */
  readonly nodes: () => Int32Array;
  /** How many ids there are. */
  readonly size: number;
  readonly minScore: number;
  readonly unkId: number | undefined;
  readonly byteFallback: boolean;
}

export function parseVocabulary(fields: Fields): UnigramVocabulary {
  const vocabulary = list(fields, "vocab");
  const values = new Float64Array(vocabulary.length);
  let minScore = Number.POSITIVE_INFINITY;
  for (let id = 0; id < vocabulary.length; id++) {
    const entry = vocabulary[id];
    if (!isEntry(entry)) throw wrong(`${place(fields, "vocab")}[${id}]`, "a piece of text and its score", entry);
    values[id] = entry[1];
    if (entry[1] < minScore) minScore = entry[1];
  }
  const { index, nodes } = indexPieces(vocabulary as readonly Entry[], (id) => asReferenceReads(values[id]!));
  return {
    index,
    nodes: () => nodes,
    size: vocabulary.length,
    minScore: asReferenceReads(minScore),
    ...parseSettings(fields, vocabulary.length),
  };
}

type Entry = readonly [piece: string, score: number];

function indexPieces(vocabulary: readonly Entry[], readScore: (id: number) => number) {
  const nodes = new Int32Array(vocabulary.length);
  for (let room = 2.5 * vocabulary.length; ; room *= 2) {
    const index = new PieceHash(room, readScore); // XLM-R has 2.0 nodes a piece
    let id = 0;
    while (id < nodes.length && (nodes[id] = index.add(vocabulary[id]![0], id)) >= 0) id++;
    if (id === nodes.length) return { index, nodes };
  }
}

/**
 * A decimal number as the reference reads it (serde_json): its digits as an integer, rounded to float64, divided by a power of
 * ten and rounded again. Of 17 digits that is one unit in the last place off for every fourth score of XLM-R, which decides
 * between paths that are else equal, such as c·cc and cc·c.
 */
function asReferenceReads(value: number): number {
  const [decimal, exponent] = String(value).split("e");
  const [whole, fraction = ""] = decimal!.split(".");
  const power = Number(exponent ?? 0) - fraction.length;
  const digits = Number(whole + fraction);
  return power < 0 ? digits / Number(`1e${-power}`) : digits * Number(`1e${power}`);
}

function isEntry(entry: unknown): entry is Entry {
  if (!Array.isArray(entry) || entry.length !== 2) return false;
  return typeof entry[0] === "string" && isWellFormed(entry[0]) && Number.isFinite(entry[1]);
}

function parseSettings(fields: Fields, vocabSize: number): Pick<UnigramVocabulary, "unkId" | "byteFallback"> {
  const unkId = field(fields, "unk_id") === undefined ? undefined : integer(fields, "unk_id");
  if (unkId !== undefined && unkId >= vocabSize)
    throw wrong(place(fields, "unk_id"), `an id below ${vocabSize}`, unkId);
  return { unkId, byteFallback: flag(fields, "byte_fallback", false) };
}

export function vocabularyTensors({ index, nodes, minScore }: UnigramVocabulary): Tensors {
  const byId = nodes();
  const pieces = new Map<string, number>();
  const duplicates: number[] = [];
  for (const [id, node] of byId.entries()) {
    const last = index.idAt(node);
    if (last === id) pieces.set(spell(index, node), id);
    else duplicates.push(id, last);
  }
  // Neighbours in this order lie together in the trie, so that a text of one script needs a small part of it: half the cache misses.
  const sorted = [...pieces.keys()].sort();
  const trie = buildTrie(new Map(sorted.map((piece) => [piece, pieces.get(piece)!])), MAX_SLOTS);
  if (trie === undefined) {
    const expected = "expected pieces that a trie can hold in a reasonable size";
    throw new SiskinError("BAD_CONFIG", `tokenizer.json: model.vocab: ${expected}, got ${pieces.size} of another kind`);
  }
  const slots = interleave(trie, (id) => index.scoreAt(byId[id]!));
  return new Map<string, Tensor>([
    ["model.trie", { dtype: "F64", shape: [trie.ids.length, 2], data: slots }],
    ["model.trie_ids", { dtype: "I32", shape: [trie.ids.length], data: trie.ids }],
    ["model.unit_numbers", { dtype: "U16", shape: [0x10000], data: trie.numbers }],
    ["model.size", { dtype: "I32", shape: [1], data: Int32Array.of(byId.length) }],
    ["model.min_score", { dtype: "F64", shape: [1], data: Float64Array.of(minScore) }],
    ["model.duplicates", { dtype: "I32", shape: [duplicates.length / 2, 2], data: Int32Array.from(duplicates) }],
  ]);
}

/** From the arrays of vocabularyTensors. Nothing is done an entry, so wrong numbers in them are only kept from doing harm. */
export function loadVocabulary(fields: Fields, tensors: Tensors): UnigramVocabulary {
  const ids = tensorData(tensors, "model.trie_ids", "I32");
  const slots = tensorData(tensors, "model.trie", "F64", 2 * ids.length);
  const index = new ScoredTrie(slots, ids, tensorData(tensors, "model.unit_numbers", "U16", 0x10000));
  const size = tensorData(tensors, "model.size", "I32", 1)[0]!;
  const duplicates = tensorData(tensors, "model.duplicates", "I32");
  const most = ids.length + duplicates.length / 2;
  if (!(size >= 0 && size <= most)) {
    throw new SiskinError("BAD_FILE", `compiled tokenizer: model.size: expected at most ${most}, got ${size}`);
  }
  let nodes: Int32Array | undefined;
  const makeNodes = (): Int32Array => {
    const made = index.nodesById(size);
    for (let k = 0; k < duplicates.length; k += 2) made[duplicates[k]!] = made[duplicates[k + 1]!]!;
    return made;
  };
  return {
    index,
    nodes: () => (nodes ??= makeNodes()),
    size,
    minScore: tensorData(tensors, "model.min_score", "F64", 1)[0]!,
    ...parseSettings(fields, size),
  };
}
