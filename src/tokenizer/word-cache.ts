import { reserve, type TokenSink } from "./pipeline.ts";

const SLOTS = 1 << 17; // 512 KB
const ARENA = 1 << 21; // 4 MB
const MAX_WORDS = SLOTS / 2;
const MAX_PROBES = 8; // then a word is as good as absent: texts made to collide must not be slow

/** Longest word that is kept, in UTF-16 units. */
export const MAX_WORD = 32;

/**
 * Ids of words met before. Words are independent of each other, so their ids never change: a word is looked up by its units,
 * compared in full. When the cache is full it is emptied, so its memory is fixed.
 */
export class WordCache {
  /** Where the word of a slot lies in the arena, 0 for an empty slot. */
  readonly #slots = new Int32Array(SLOTS);
  /** For each word: its length, its units, the count of its ids, each id in two halves. */
  readonly #arena = new Uint16Array(ARENA);
  #used = 1;
  #words = 0;

  /** Appends the ids of units[0 … length) to the sink when the word is known. */
  read(units: Uint16Array, length: number, sink: TokenSink): boolean {
    const at = this.#slots[this.#find(units, length)]!;
    if (at === 0 || !this.#equals(at, units, length)) return false;
    const arena = this.#arena;
    let from = at + 1 + length;
    const count = arena[from++]!;
    const ids = reserve(sink, count);
    let to = sink.length;
    sink.length = to + count;
    for (const end = to + count; to < end; from += 2) ids[to++] = arena[from]! | (arena[from + 1]! << 16);
    return true;
  }

  /** Keeps a word that `read` did not know: its ids are sink.ids from `from` to the sink's end. */
  write(units: Uint16Array, length: number, sink: TokenSink, from: number): void {
    const count = sink.length - from;
    const size = 2 + length + 2 * count;
    if (this.#used + size > ARENA || this.#words >= MAX_WORDS) this.#clear();
    const arena = this.#arena;
    let at = this.#used;
    this.#slots[this.#find(units, length)] = at;
    this.#used += size;
    this.#words++;
    arena[at++] = length;
    for (let i = 0; i < length; i++) arena[at++] = units[i]!;
    arena[at++] = count;
    for (let i = from; i < sink.length; i++) {
      arena[at++] = sink.ids[i]! & 0xffff;
      arena[at++] = sink.ids[i]! >>> 16;
    }
  }

  /** The slot of the word, or an empty one for it, or, after too many others, one to take from another word. */
  #find(units: Uint16Array, length: number): number {
    let hash = length;
    for (let i = 0; i < length; i++) hash = Math.imul(hash ^ units[i]!, 0x9e3779b1);
    hash ^= hash >>> 15;
    const first = (hash ^ (hash >>> 7)) & (SLOTS - 1);
    for (let k = 0; k < MAX_PROBES; k++) {
      const slot = (first + k) & (SLOTS - 1);
      const at = this.#slots[slot]!;
      if (at === 0 || this.#equals(at, units, length)) return slot;
    }
    return first;
  }

  #equals(at: number, units: Uint16Array, length: number): boolean {
    const arena = this.#arena;
    if (arena[at] !== length) return false;
    for (let i = 0; i < length; i++) if (arena[at + 1 + i] !== units[i]) return false;
    return true;
  }

  #clear(): void {
    this.#slots.fill(0);
    this.#used = 1;
    this.#words = 0;
  }
}
