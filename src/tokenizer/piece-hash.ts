import type { PieceIndex } from "./piece-index.ts";

/**
 * A trie whose edges lie in a hash table, (node, unit) → node. It is made in a third of the time of a double array and is slower
 * to walk: for a tokenizer that has no compiled form.
 */
export class PieceHash implements PieceIndex {
  #parents = new Int32Array(1 << 12);
  #units = new Uint16Array(1 << 12);
  #ids = new Int32Array(1 << 12).fill(-1);
  #count = 1; // the root
  #table = new Int32Array(1 << 13); // child, or 0: the root is nobody's child
  #shift = 32 - 13;
  // A file made to collide must not make loading slow, so the hash differs from one load to the next.
  readonly #seed = Math.floor(Math.random() * 0x7fffffff) | 1;

  /** Adds a piece and returns its node. A later piece of the same units takes the place of an earlier one. */
  add(piece: string, id: number): number {
    let node = 0;
    for (let i = 0; i < piece.length; i++) {
      const unit = piece.charCodeAt(i);
      const next = this.step(node, unit);
      node = next >= 0 ? next : this.#addNode(node, unit);
    }
    this.#ids[node] = id;
    return node;
  }

  step(node: number, unit: number): number {
    const table = this.#table;
    for (let place = this.#hash(node, unit); ; place = (place + 1) & (table.length - 1)) {
      const child = table[place]!;
      if (child === 0) return -1;
      if (this.#parents[child] === node && this.#units[child] === unit) return child;
    }
  }

  idAt(node: number): number {
    return this.#ids[node]!;
  }

  parentOf(node: number): number {
    return this.#parents[node]!;
  }

  unitOf(node: number): number {
    return this.#units[node]!;
  }

  #hash(node: number, unit: number): number {
    const mixed = Math.imul(Math.imul(node ^ this.#seed, 0x9e3779b1) ^ unit, 0x85ebca6b ^ (this.#seed << 1));
    return Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35) >>> this.#shift;
  }

  #addNode(parent: number, unit: number): number {
    const node = this.#count++;
    if (node === this.#parents.length) this.#grow();
    this.#parents[node] = parent;
    this.#units[node] = unit;
    this.#place(node);
    return node;
  }

  #place(node: number): void {
    let place = this.#hash(this.#parents[node]!, this.#units[node]!);
    while (this.#table[place] !== 0) place = (place + 1) & (this.#table.length - 1);
    this.#table[place] = node;
  }

  /** Twice the room for nodes, and a table that stays at most half full. */
  #grow(): void {
    const size = 2 * this.#parents.length;
    const [parents, units, ids] = [this.#parents, this.#units, this.#ids];
    this.#parents = new Int32Array(size);
    this.#units = new Uint16Array(size);
    this.#ids = new Int32Array(size).fill(-1);
    this.#parents.set(parents);
    this.#units.set(units);
    this.#ids.set(ids);
    this.#table = new Int32Array(2 * size);
    this.#shift--;
    for (let node = 1; node < this.#count - 1; node++) this.#place(node);
  }
}
