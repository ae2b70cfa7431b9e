/** The vocabulary of a Unigram model, from tokenizer.json or from the arrays of a compiled tokenizer. */
import { SiskinError } from "../errors.ts";
import { type Fields, field, flag, integer, isWellFormed, list, place, wrong } from "../fields.ts";
import { DoubleArray } from "./double-array.ts";
import { PieceHash } from "./piece-hash.ts";
import { type PieceIndex, spell } from "./piece-index.ts";
import type { Tensor, Tensors } from "./pipeline.ts";
import { tensorData } from "./tensors.ts";
import { buildTrie } from "./wordpiece-trie.ts";

export interface UnigramVocabulary {
  readonly index: PieceIndex;
  /** The node of each id in `index`. Of ids with the same piece the last one is at the node. */
  readonly nodes: () => Int32Array;
  /** Score of each id; NaN where it was not worked out yet, which readScore then does. */
  readonly scores: Float32Array | Float64Array;
  readonly readScore: (id: number) => number;
  readonly minScore: number;
  readonly unkId: number | undefined;
  readonly byteFallback: boolean;
}

export function parseVocabulary(fields: Fields): UnigramVocabulary {
  const vocabulary = list(fields, "vocab");
  const index = new PieceHash();
  const nodes = new Int32Array(vocabulary.length);
  const values = new Float64Array(vocabulary.length);
  const scores = new Float64Array(vocabulary.length).fill(Number.NaN);
  let minScore = Number.POSITIVE_INFINITY;
  for (let id = 0; id < vocabulary.length; id++) {
    const entry = vocabulary[id];
    if (!isEntry(entry)) throw wrong(`${place(fields, "vocab")}[${id}]`, "a piece of text and its score", entry);
    nodes[id] = index.add(entry[0], id);
    values[id] = entry[1];
    if (entry[1] < minScore) minScore = entry[1];
  }
  return {
    index,
    nodes: () => nodes,
    scores,
    readScore: (id) => (scores[id] = asReferenceReads(values[id]!)),
    minScore: asReferenceReads(minScore),
    ...parseSettings(fields, vocabulary.length),
  };
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

function isEntry(entry: unknown): entry is [string, number] {
  if (!Array.isArray(entry) || entry.length !== 2) return false;
  return typeof entry[0] === "string" && isWellFormed(entry[0]) && Number.isFinite(entry[1]);
}

function parseSettings(fields: Fields, vocabSize: number): Pick<UnigramVocabulary, "unkId" | "byteFallback"> {
  const unkId = field(fields, "unk_id") === undefined ? undefined : integer(fields, "unk_id");
  if (unkId !== undefined && unkId >= vocabSize)
    throw wrong(place(fields, "unk_id"), `an id below ${vocabSize}`, unkId);
  return { unkId, byteFallback: flag(fields, "byte_fallback", false) };
}

export function vocabularyTensors({ index, nodes, scores: read, readScore, minScore }: UnigramVocabulary): Tensors {
  const pieces = new Map<string, number>();
  const duplicates: number[] = [];
  for (const [id, node] of nodes().entries()) {
    const last = index.idAt(node);
    if (last === id) pieces.set(spell(index, node), id);
    else duplicates.push(id, last);
  }
  const trie = buildTrie(pieces);
  if (trie === undefined) {
    const expected = "expected pieces that a trie can hold in a reasonable size";
    throw new SiskinError("BAD_CONFIG", `tokenizer.json: model.vocab: ${expected}, got ${pieces.size} of another kind`);
  }
  const scores = Float64Array.from(read, (score, id) => (Number.isNaN(score) ? readScore(id) : score));
  const floats = Float32Array.from(scores);
  const isExact = scores.every((score, id) => score === floats[id]);
  const stored: Tensor = isExact
    ? { dtype: "F32", shape: [scores.length], data: floats }
    : { dtype: "F64", shape: [scores.length], data: scores };
  return new Map<string, Tensor>([
    ["model.trie", { dtype: "I32", shape: [trie.ids.length, 2], data: trie.nodes }],
    ["model.trie_ids", { dtype: "I32", shape: [trie.ids.length], data: trie.ids }],
    ["model.unit_numbers", { dtype: "U16", shape: [0x10000], data: trie.numbers }],
    ["model.scores", stored],
    ["model.min_score", { dtype: "F64", shape: [1], data: Float64Array.of(minScore) }],
    ["model.duplicates", { dtype: "I32", shape: [duplicates.length / 2, 2], data: Int32Array.from(duplicates) }],
  ]);
}

/** From the arrays of vocabularyTensors. Nothing is done an entry, so wrong numbers in them are only kept from doing harm. */
export function loadVocabulary(fields: Fields, tensors: Tensors): UnigramVocabulary {
  const ids = tensorData(tensors, "model.trie_ids", "I32");
  const trie = tensorData(tensors, "model.trie", "I32", 2 * ids.length);
  const index = new DoubleArray(trie, ids, tensorData(tensors, "model.unit_numbers", "U16", 0x10000));
  const scores = tensorData(tensors, "model.scores", tensors.get("model.scores")?.dtype === "F64" ? "F64" : "F32");
  const duplicates = tensorData(tensors, "model.duplicates", "I32");
  const minScore = tensorData(tensors, "model.min_score", "F64", 1)[0]!;
  let nodes: Int32Array | undefined;
  const makeNodes = (): Int32Array => {
    const made = index.nodesById(scores.length);
    for (let k = 0; k < duplicates.length; k += 2) made[duplicates[k]!] = made[duplicates[k + 1]!]!;
    return made;
  };
  return {
    index,
    nodes: () => (nodes ??= makeNodes()),
    scores,
    readScore: () => minScore, // only for a file with NaN among its scores
    minScore,
    ...parseSettings(fields, scores.length),
  };
}
