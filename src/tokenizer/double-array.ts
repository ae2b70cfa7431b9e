import type { PieceIndex } from "./piece-index.ts";

/**
 * The trie of a WordPiece vocabulary, see wordpiece-trie.ts: of a compiled one the arrays are used as they lie in the file.
 * Nothing is checked then; reading outside of an array leads nowhere.
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

  codeOf(unit: number): number {
    return 2 * this.#numbers[unit]!;
  }

  step(node: number, code: number): number {
    const next = this.#nodes[node]! + code;
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
}
