import type { ScoredPieces } from "./piece-index.ts";

/**
 * A trie whose edges lie in a hash table, (node, unit) → node: for a tokenizer that has no compiled form, since it is made in a
 * fraction of a double array's time. A node is its place in the table, so that a step reads one place of memory, and the next
 * step need not wait for it.
 */
export class PieceHash implements ScoredPieces {
  /** [places, 4]: the node before, the unit + 1, 0 where the place is free, and the two halves of the score. */
  readonly #places: Int32Array;
  readonly #scores: Float64Array; // the same memory, [places, 2]
  readonly #ids: Int32Array; // id + 1, 0 where no piece ends
  readonly #shift: number;
  readonly #readScore: (id: number) => number;
  #free: number;
  // A file made to collide must not make loading slow, so the hash differs from one load to the next.
  readonly #seed = Math.floor(Math.random() * 0x7fffffff) | 1;

  /**
   * @param nodes how many nodes there is room for
   * @param readScore gives the score of an id when it is first asked for
   */
  constructor(nodes: number, readScore: (id: number) => number = () => Number.NaN) {
    const bits = Math.max(6, 32 - Math.clz32(nodes + (nodes >> 1))); // at most two thirds full
    this.#shift = 32 - bits;
    this.#scores = new Float64Array(2 << bits);
    this.#places = new Int32Array(this.#scores.buffer);
    this.#ids = new Int32Array(1 << bits);
    this.#readScore = readScore;
    this.#free = nodes;
    this.#places[1] = -1; // the root's place is nobody's
    this.#scores[1] = Number.NaN;
  }

  /** Adds a piece and returns its node, or −1 when there is no room. A later piece of the same units takes the place of an earlier one. */
  add(piece: string, id: number): number {
    let node = 0;
    for (let i = 0; i < piece.length; i++) {
      const unit = piece.charCodeAt(i);
      const next = this.#find(node, unit);
      if (this.#places[4 * next + 1] === 0) {
        if (this.#free-- <= 0) return -1;
        this.#places[4 * next] = node;
        this.#places[4 * next + 1] = unit + 1;
        this.#scores[2 * next + 1] = Number.NaN;
      }
      node = next;
    }
    this.#ids[node] = id + 1;
    this.#scores[2 * node + 1] = UNREAD;
    return node;
  }

  codeOf(unit: number): number {
    return unit;
  }

  step(node: number, unit: number): number {
    const place = this.#find(node, unit);
    return this.#places[4 * place + 1] === 0 ? -1 : place;
  }

  idAt(node: number): number {
    return this.#ids[node]! - 1;
  }

  scoreAt(node: number): number {
    const score = this.#scores[2 * node + 1]!;
    return score === UNREAD ? (this.#scores[2 * node + 1] = this.#readScore(this.idAt(node))) : score;
  }

  parentOf(node: number): number {
    return this.#places[4 * node]!;
  }

  unitOf(node: number): number {
    return this.#places[4 * node + 1]! - 1;
  }

  /** The place of the edge, or the free one where it would be. */
  #find(node: number, unit: number): number {
    const places = this.#places;
    const mixed = Math.imul(Math.imul(node ^ this.#seed, 0x9e3779b1) ^ unit, 0x85ebca6b ^ (this.#seed << 1));
    let place = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35) >>> this.#shift;
    for (;;) {
      const found = places[4 * place + 1]!;
      if (found === 0 || (found === unit + 1 && places[4 * place] === node)) return place;
      place = (place + 1) & (this.#ids.length - 1);
    }
  }
}

const UNREAD = Number.NEGATIVE_INFINITY; // a score is finite
