import { reserve, type TokenSink } from "./pipeline.ts";

const SLOTS = 1 << 17; // 512 KB
const ARENA = 1 << 20; // 4 MB
const MAX_WORDS = SLOTS / 2;
const MAX_PROBES = 8; // then a word is as good as absent: texts made to collide must not be slow

/** Longest word that is kept, in UTF-16 units. */
export const MAX_WORD = 32;

/**
 * Ids of words met before. Words are independent of each other, so their ids never change: a word is looked up by its units,
 * compared in full. When the cache is full it is emptied, so its memory is fixed.
 *
 * Units come two in an int32, which halves the work: pairs [ceil(length / 2)], with 0 after a last odd one.
 */
export class WordCache {
  /** Where the word of a slot lies in the arena, 0 for an empty slot. */
  readonly #slots = new Int32Array(SLOTS);
  /** For each word: its length + 64 · the count of its ids, its pairs, its ids. */
  readonly #arena = new Int32Array(ARENA);
  #used = 1;
  #words = 0;
  #slot = 0; // where `read` looked last

  /** Appends the ids of a word to the sink when the word is known. */
  read(pairs: Int32Array, length: number, sink: TokenSink): boolean {
    this.#slot = this.#find(pairs, length);
    const at = this.#slots[this.#slot]!;
    if (at === 0 || !this.#equals(at, pairs, length)) return false;
    const arena = this.#arena;
    const count = arena[at]! >>> 6;
    let from = at + 1 + ((length + 1) >> 1);
    const ids = reserve(sink, count);
    let to = sink.length;
    sink.length = to + count;
    for (const end = to + count; to < end; ) ids[to++] = arena[from++]!;
    return true;
  }

  /** Keeps the word that `read` was asked for last and did not know: its ids are sink.ids from `from` to the sink's end. */
  write(pairs: Int32Array, length: number, sink: TokenSink, from: number): void {
    const count = sink.length - from;
    const width = (length + 1) >> 1;
    if (this.#used + 1 + width + count > ARENA || this.#words >= MAX_WORDS) this.#clear();
    const arena = this.#arena;
    let at = this.#used;
    this.#slots[this.#slot] = at;
    this.#words++;
    arena[at++] = length | (count << 6);
    for (let k = 0; k < width; k++) arena[at++] = pairs[k]!;
    for (let k = from; k < sink.length; k++) arena[at++] = sink.ids[k]!;
    this.#used = at;
  }

  /** The slot of the word, or an empty one for it, or, after too many others, one to take from another word. */
  #find(pairs: Int32Array, length: number): number {
    let hash = length;
    const width = (length + 1) >> 1;
    for (let k = 0; k < width; k++) {
      hash = Math.imul(hash ^ pairs[k]!, 0x9e3779b1);
      hash ^= hash >>> 15; // a product's low bits know nothing of the second unit
    }
    const first = (hash ^ (hash >>> 7)) & (SLOTS - 1);
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const slot = (first + probe) & (SLOTS - 1);
      const at = this.#slots[slot]!;
      if (at === 0 || this.#equals(at, pairs, length)) return slot;
    }
    return first;
  }

  #equals(at: number, pairs: Int32Array, length: number): boolean {
    const arena = this.#arena;
    if ((arena[at]! & 63) !== length) return false;
    const width = (length + 1) >> 1;
    for (let k = 0; k < width; k++) if (arena[at + 1 + k] !== pairs[k]) return false;
    return true;
  }

  #clear(): void {
    this.#slots.fill(0);
    this.#used = 1;
    this.#words = 0;
  }
}
