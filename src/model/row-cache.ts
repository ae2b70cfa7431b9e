import type { EmbeddingTable } from "./embedding-table.ts";

const BYTES = 4 * 1024 * 1024; // 2,730 rows of 384: of the rows that batches of XQuAD ask for, in Russian, it saves 59 %; twice as much 72 %

/**
 * The rows of an embedding table that were used last, as float32: a text's common words are read once, wherever the table
 * lies. Its memory is fixed; when it is full the clock's hand goes round, takes the place of a row that was not used again since
 * it last came by, and leaves those that were.
 */
export class RowCache {
  readonly columns: number;
  /** Ids of one call of `hold`, at most. */
  readonly holds: number;
  /** [places, columns] */
  readonly rows: Float32Array;
  readonly #table: EmbeddingTable;
  readonly #placeOf: Uint16Array; // of each id, + 1; 0 for one that is not here
  readonly #idAt: Int32Array; // of each place, −1 for a free one
  readonly #usedAgain: Uint8Array;
  readonly #call: Int32Array; // of each place: the call of `hold` that used it last
  readonly #missing: Int32Array;
  #calls = 0;
  #hand = 0;

  /** `rows`: of the whole table. */
  constructor(table: EmbeddingTable, rows: number, bytes: number = BYTES) {
    const { columns } = table;
    const places = Math.max(2, Math.min(0xffff, Math.floor(bytes / (4 * columns))));
    this.columns = columns;
    this.holds = places >> 1; // so that half of the places are there for the hand to take
    this.rows = new Float32Array(places * columns);
    this.#table = table;
    this.#placeOf = new Uint16Array(rows);
    this.#idAt = new Int32Array(places).fill(-1);
    this.#usedAgain = new Uint8Array(places);
    this.#call = new Int32Array(places);
    this.#missing = new Int32Array(this.holds);
  }

  /**
   * Brings the rows of the ids here, where they stay until the next call; those that are not here yet are read together.
   * Synchronous where the table is. At most `holds` ids, each below the table's rows.
   */
  hold(ids: Int32Array): void | Promise<void> {
    const call = ++this.#calls;
    const missing = this.#missing;
    let count = 0;
    for (let k = 0; k < ids.length; k++) {
      const place = this.#placeOf[ids[k]!]! - 1;
      if (place < 0) {
        missing[count++] = ids[k]!;
      } else if (this.#call[place] !== call) {
        this.#call[place] = call;
        this.#usedAgain[place] = 1;
      }
    }
    if (count === 0) return;
    const wanted = distinct(missing.subarray(0, count));
    const rows = new Float32Array(wanted.length * this.columns);
    const reading = this.#table.read(wanted, rows);
    if (reading !== undefined) return reading.then(() => this.#keep(wanted, rows));
    this.#keep(wanted, rows);
  }

  /** Where the row of an id that is held begins in `rows`. */
  offsetOf(id: number): number {
    return (this.#placeOf[id]! - 1) * this.columns;
  }

  #keep(ids: Int32Array, rows: Float32Array): void {
    for (let k = 0; k < ids.length; k++) {
      const place = this.#takePlace();
      this.#idAt[place] = ids[k]!;
      this.#placeOf[ids[k]!] = place + 1;
      this.rows.set(rows.subarray(k * this.columns, (k + 1) * this.columns), place * this.columns);
    }
  }

  #takePlace(): number {
    for (;;) {
      const place = this.#hand;
      this.#hand = place + 1 === this.#idAt.length ? 0 : place + 1;
      if (this.#call[place] === this.#calls) continue;
      if (this.#usedAgain[place] === 1) {
        this.#usedAgain[place] = 0;
        continue;
      }
      if (this.#idAt[place]! >= 0) this.#placeOf[this.#idAt[place]!] = 0;
      this.#call[place] = this.#calls;
      return place;
    }
  }
}

/** The ids in ascending order, each once; sorts them in place. */
function distinct(ids: Int32Array): Int32Array {
  ids.sort();
  let count = 0;
  for (let k = 0; k < ids.length; k++) if (k === 0 || ids[k] !== ids[k - 1]) ids[count++] = ids[k]!;
  return ids.slice(0, count);
}
