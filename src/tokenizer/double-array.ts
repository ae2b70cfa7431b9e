import type { PieceIndex } from "./piece-index.ts";

/**
 * The trie of a compiled tokenizer: arrays that are used as they lie in the file, see wordpiece-trie.ts. Nothing is checked when
 * it is loaded; reading outside of an array leads nowhere.
 */
export class DoubleArray implements PieceIndex {
  readonly #nodes: Int32Array;
  readonly #ids: Int32Array;
  readonly #numbers: Uint16Array;
  #units: Uint16Array | undefined; // of each number, made when first asked for

  /**
   * nodes    [slots, 2]   base and parent of each slot
   * ids      [slots]
   * numbers  [65536]      of each unit, 0 for one that no piece contains
   */
  constructor(nodes: Int32Array, ids: Int32Array, numbers: Uint16Array) {
    this.#nodes = nodes;
    this.#ids = ids;
    this.#numbers = numbers;
  }

  step(node: number, unit: number): number {
    const next = this.#nodes[node]! + 2 * this.#numbers[unit]!;
    return this.#nodes[next + 1] === node ? next : -1;
  }

  idAt(node: number): number {
    return this.#ids[node >> 1]!;
  }

  parentOf(node: number): number {
    return this.#nodes[node + 1]!;
  }

  unitOf(node: number): number {
    if (this.#units === undefined) {
      this.#units = new Uint16Array(0x10000);
      for (let unit = 0; unit < 0x10000; unit++) this.#units[this.#numbers[unit]!] = unit;
    }
    return this.#units[(node - this.#nodes[this.parentOf(node)]!) >> 1]!;
  }

  /** The node of each id below `count`, 0 for an id that no piece has. */
  nodesById(count: number): Int32Array {
    const nodes = new Int32Array(count);
    for (let slot = 0; slot < this.#ids.length; slot++) {
      const id = this.#ids[slot]!;
      if (id >= 0 && id < count) nodes[id] = 2 * slot;
    }
    return nodes;
  }
}
