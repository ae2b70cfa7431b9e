import type { ScoredPieces } from "./piece-index.ts";
import type { Trie } from "./wordpiece-trie.ts";

/** Slots of a trie that fit: a base is 24 bits. */
export const MAX_SLOTS: number = 1 << 24;

/**
 * The trie of a compiled Unigram vocabulary: a double array, see wordpiece-trie.ts, used as it lies in the file. Nothing is checked when it is loaded; reading
 * outside of an array leads nowhere.
 *
 * What a step reads lies together, in 16 bytes: most of the time of a walk goes to memory that is in no near cache.
 *
 *   int32    the base, a slot · 256; the low 8 bits are a filter: bit n is set where a child's number is n modulo 8
 *   int32    the node before
 *   float64  the score of the piece that ends here, NaN where none does
 *
 * A node is its slot times 4. From `node` the unit of number n leads to the slot base + n, if that has `node` before it.
 */
export class ScoredTrie implements ScoredPieces {
  readonly #slots: Int32Array; // [slots, 4]
  readonly #scores: Float64Array; // the same memory, [slots, 2]
  readonly #ids: Int32Array;
  readonly #numbers: Uint16Array;
  #units: Uint16Array | undefined; // of each number, made when first asked for

  /**
   * slots    [slots, 2]   as above
   * ids      [slots]      −1 where no piece ends
   * numbers  [65536]      of each unit, 0 for one that no piece contains
   */
  constructor(slots: Float64Array, ids: Int32Array, numbers: Uint16Array) {
    this.#scores = slots;
    this.#slots = new Int32Array(slots.buffer, slots.byteOffset, 2 * slots.length);
    this.#ids = ids;
    this.#numbers = numbers;
  }

  codeOf(unit: number): number {
    return this.#numbers[unit]!;
  }

  step(node: number, number: number): number {
    const base = this.#slots[node]!;
    if (((base >>> (number & 7)) & 1) === 0) return -1; // mostly so where there is no child, which is then not looked for
    const next = 4 * ((base >>> 8) + number);
    return this.#slots[next + 1] === node ? next : -1;
  }

  idAt(node: number): number {
    return this.#ids[node >> 2]!;
  }

  scoreAt(node: number): number {
    return this.#scores[(node >> 1) + 1]!;
  }

  parentOf(node: number): number {
    return this.#slots[node + 1]!;
  }

  unitOf(node: number): number {
    if (this.#units === undefined) {
      this.#units = new Uint16Array(0x10000);
      for (let unit = 0; unit < 0x10000; unit++) this.#units[this.#numbers[unit]!] = unit;
    }
    return this.#units[(node >> 2) - (this.#slots[this.parentOf(node)]! >>> 8)]!;
  }

  /** The node of each id below `count`, 0 for an id that no piece has. */
  nodesById(count: number): Int32Array {
    const nodes = new Int32Array(count);
    for (let slot = 0; slot < this.#ids.length; slot++) {
      const id = this.#ids[slot]!;
      if (id >= 0 && id < count) nodes[id] = 4 * slot;
    }
    return nodes;
  }
}

/** The slots of a trie, [slots, 2], with the score of each id. */
export function interleave({ nodes, ids }: Trie, scoreOf: (id: number) => number): Float64Array {
  const scores = new Float64Array(2 * ids.length);
  const slots = new Int32Array(scores.buffer);
  for (let slot = 0; slot < ids.length; slot++) {
    const base = nodes[2 * slot]! >> 1;
    const parent = nodes[2 * slot + 1]!;
    slots[4 * slot] |= base << 8; // beside the filter, which a child before this slot may have written to
    slots[4 * slot + 1] = 2 * parent; // even a free slot's is negative
    scores[2 * slot + 1] = ids[slot]! < 0 ? Number.NaN : scoreOf(ids[slot]!);
    if (parent >= 0) slots[2 * parent] |= 1 << ((slot - (nodes[parent]! >> 1)) & 7);
  }
  return scores;
}
