import { expect, test } from "vitest";
import { RowCache } from "../../dist/model/row-cache.js";
import { random } from "../support/random.ts";

const COLUMNS = 3;
const PLACES = 8;
const BYTES = PLACES * COLUMNS * 4;

/** A table of 100 rows, row i being [i, i / 2, −i], with the ids of each read. */
function table(read: (rows: Int32Array, fill: () => void) => void | Promise<void> = (_, fill) => fill()) {
  const reads: number[][] = [];
  return {
    reads,
    columns: COLUMNS,
    read(rows: Int32Array, out: Float32Array) {
      reads.push([...rows]);
      return read(rows, () => {
        rows.forEach((id, k) => {
          out.set([id, id / 2, -id], k * COLUMNS);
        });
      });
    },
  };
}

function rowsOf(cache: RowCache, ids: readonly number[]): number[][] {
  return ids.map((id) => [...cache.rows.subarray(cache.offsetOf(id), cache.offsetOf(id) + COLUMNS)]);
}

const expected = (ids: readonly number[]) => ids.map((id) => [id, id / 2, id === 0 ? -0 : -id]);

test("rows are read together, in ascending order, each once", () => {
  const source = table();
  const cache = new RowCache(source, 100, 2 * BYTES);
  cache.hold(Int32Array.of(7, 3, 7, 99, 0));
  cache.hold(Int32Array.of(3, 5, 0, 7));
  cache.hold(Int32Array.of(5, 5, 99));
  expect(source.reads).toEqual([[0, 3, 7, 99], [5]]);
  expect(rowsOf(cache, [0, 3, 5, 7, 99])).toEqual(expected([0, 3, 5, 7, 99]));
});

test("whatever was held before, a call's rows are the table's", () => {
  const source = table();
  const cache = new RowCache(source, 100, BYTES);
  const { integer } = random(7);
  expect(cache.holds).toBe(PLACES / 2);
  for (let call = 0; call < 2000; call++) {
    const ids = Array.from({ length: integer(0, cache.holds) }, () => integer(0, integer(1, 99)));
    cache.hold(Int32Array.from(ids));
    expect(rowsOf(cache, ids), `call ${call}: ${ids}`).toEqual(expected(ids));
  }
  expect(cache.rows.length).toBe(PLACES * COLUMNS);
});

test("rows that are used again outlast those used once", () => {
  const source = table();
  const cache = new RowCache(source, 100, BYTES);
  for (let stranger = 10; stranger < 60; stranger++) cache.hold(Int32Array.of(1, 2, stranger));
  expect(source.reads.flat().filter((id) => id < 10)).toEqual([1, 2]);
});

test("what comes later is waited for, and what failed is asked for again", async () => {
  let broken = true;
  const source = table(async (_, fill) => {
    if (broken) throw new Error("the network is down");
    fill();
  });
  const cache = new RowCache(source, 100, BYTES);
  await expect(cache.hold(Int32Array.of(4, 2))).rejects.toThrow("the network is down");
  broken = false;
  await cache.hold(Int32Array.of(4, 2));
  expect(cache.hold(Int32Array.of(2, 4))).toBeUndefined();
  expect(source.reads).toEqual([
    [2, 4],
    [2, 4],
  ]);
  expect(rowsOf(cache, [2, 4])).toEqual(expected([2, 4]));
});
