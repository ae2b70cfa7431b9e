import {
  type ByteSource,
  blobSource,
  bytesSource,
  open,
  parse,
  parseHeader,
  type SafetensorsFile,
  serialize,
} from "safetensors-ts";
import { describe, expect, test } from "vitest";
import { failure, file, length, tensor } from "./file.ts";

const random = Uint8Array.from({ length: 110_000 }, (_, i) => (i * 2_654_435_761) >>> 24);
const FILE = serialize([
  { name: "table", dtype: "U8", shape: [1000, 100], data: random.subarray(0, 100_000) },
  { name: "floats", shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
  { name: "scalar", shape: [], data: Float32Array.of(9) },
  { name: "empty", dtype: "U8", shape: [0, 4], data: new Uint8Array(0) },
  { name: "flat", dtype: "U8", shape: [5, 0], data: new Uint8Array(0) },
  { name: "packed", dtype: "F4", shape: [2, 3], data: Uint8Array.of(1, 2, 3) },
  { name: "tail", dtype: "U8", shape: [10_000], data: random.subarray(100_000) },
]);

const HEADER = parseHeader(FILE, FILE.length);
/** Where a tensor starts in the file. */
const start = (name: string): number => HEADER.dataStart + HEADER.tensors.get(name)!.begin;

/** Counts reads; answers at once or later. */
function counted(bytes: Uint8Array, { later = false, gap = 64 } = {}): ByteSource & { reads: [number, number][] } {
  const reads: [number, number][] = [];
  return {
    size: bytes.length,
    name: "m",
    gap,
    reads,
    read(offset, n) {
      reads.push([offset, n]);
      const part = bytes.slice(offset, offset + n);
      return later ? Promise.resolve(part) : part;
    },
  };
}

const row = (i: number): Uint8Array => random.subarray(i * 100, i * 100 + 100);
const rowsOf = (...rows: number[]): Uint8Array => Uint8Array.from(rows.flatMap((i) => [...row(i)]));

describe("open", () => {
  test("reads the header and nothing else", async () => {
    const source = counted(FILE);
    const opened = await open(source);
    expect(source.reads).toEqual([[0, 65_536]]);
    expect([...opened.tensors.keys()]).toEqual([...parse(FILE).keys()]);
  });

  test("a header over the first read takes a second one", async () => {
    const metadata = { long: "x".repeat(100_000) };
    const bytes = serialize([{ name: "a", shape: [1], data: Float32Array.of(1) }], metadata);
    const source = counted(bytes);
    const opened = await open(source);
    expect(source.reads).toEqual([
      [0, 65_536],
      [65_536, bytes.length - 4 - 65_536],
    ]);
    expect(opened.metadata.get("long")).toBe(metadata.long);
  });

  test("a length that the file does not justify is refused before it is read", async () => {
    const source = counted(length(90_000_000));
    const error = await failure(() => open(source));
    expect([error.code, error.message]).toEqual([
      "HEADER_TRUNCATED",
      "m: the header needs 90,000,000 bytes after the first 8, the file has 0",
    ]);
    expect(source.reads).toEqual([[0, 8]]);
  });

  test("an empty source", async () => {
    const error = await failure(() => open(bytesSource(new Uint8Array(0))));
    expect(error.message).toBe("safetensors: expected safetensors, got an empty file");
  });

  test.each([
    ["fewer bytes", 20],
    ["more bytes", 100],
  ])("a source that gives %s than asked for", async (_, n) => {
    const bytes = file("{}", 0);
    const error = await failure(() => open({ size: bytes.length, name: "m", read: () => new Uint8Array(n) }));
    expect([error.code, error.message]).toEqual(["SHORT_READ", `m: expected 10 bytes at 0, got ${n}`]);
    const later = { size: bytes.length, read: async () => new Uint8Array(n) };
    expect((await failure(() => open(later))).message).toBe(`safetensors: expected 10 bytes at 0, got ${n}`);
  });

  test("beyond 4 GiB", async () => {
    const size = 5 * 2 ** 30;
    const header = file(
      `{${tensor("huge", "U8", `${size - 4},1`, 0, size - 4)},${tensor("last", "F32", "1", size - 4, size)}}`,
    );
    const source: ByteSource = {
      size: header.length + size,
      read(offset, n) {
        if (offset === 0) return new Uint8Array(n).fill(0).map((_, i) => header[i] ?? 0);
        return Uint8Array.from({ length: n }, (_, i) => Math.floor((offset + i - header.length) / 2 ** 30));
      },
    };
    const opened = await open(source);
    expect([...(await opened.read("last")).data]).toEqual([4, 4, 4, 4]);
    const out = new Uint8Array(3);
    opened.readRows("huge", [2 ** 32, 5, 2 ** 31], out);
    expect([...out]).toEqual([4, 0, 2]);
  });
});

describe.each<[string, () => ByteSource]>([
  ["bytes", () => bytesSource(FILE)],
  ["a Blob", () => blobSource(new Blob([FILE]))],
  ["a source that answers at once", () => counted(FILE)],
  ["a source that answers later", () => counted(FILE, { later: true })],
])("reading from %s", (_, source) => {
  test("one tensor", async () => {
    const opened = await open(source());
    for (const [name, expected] of parse(FILE)) expect(await opened.read(name)).toEqual(expected);
  });

  test("many tensors, in the order asked for", async () => {
    const opened = await open(source());
    const names = ["tail", "scalar", "floats", "empty", "scalar"];
    const many = await opened.readMany(names);
    expect([...many.keys()]).toEqual(["tail", "scalar", "floats", "empty"]);
    for (const [name, tensor] of many) expect(tensor).toEqual(parse(FILE).get(name));
    expect((await opened.readMany([])).size).toBe(0);
  });

  test("rows in any order, with repeats", async () => {
    const opened = await open(source());
    const rows = [999, 0, 7, 7, 500, 3, 0, 998];
    const out = new Uint8Array(100 * rows.length);
    await opened.readRows("table", rows, out);
    expect(out).toEqual(rowsOf(...rows));
    await opened.readRows("table", Int32Array.of(1, 2), out.subarray(0, 200));
    expect(out.subarray(0, 200)).toEqual(rowsOf(1, 2));
  });

  test("no rows, and rows of no bytes", async () => {
    const opened = await open(source());
    await opened.readRows("table", [], new Uint8Array(0));
    await opened.readRows("empty", [], new Uint8Array(0));
    await opened.readRows("flat", [4, 0], new Uint8Array(0));
  });

  test.each<[string, (file: SafetensorsFile) => unknown, string, string]>([
    ["read of an unknown tensor", (f) => f.read("x"), "NO_SUCH_TENSOR", 'no tensor "x" among the 7'],
    [
      "readMany of an unknown tensor",
      (f) => f.readMany(["floats", "toString"]),
      "NO_SUCH_TENSOR",
      'no tensor "toString" among the 7',
    ],
    [
      "rows of an unknown tensor",
      (f) => f.readRows("x", [], new Uint8Array(0)),
      "NO_SUCH_TENSOR",
      'no tensor "x" among the 7',
    ],
    [
      "a row beyond the last",
      (f) => f.readRows("floats", [0, 2], new Uint8Array(24)),
      "ROW_RANGE",
      'tensor "floats": expected a row below 2, got 2',
    ],
    [
      "a negative row",
      (f) => f.readRows("floats", [-1], new Uint8Array(12)),
      "ROW_RANGE",
      'tensor "floats": expected a row below 2, got -1',
    ],
    [
      "a fractional row",
      (f) => f.readRows("floats", [0.5], new Uint8Array(12)),
      "ROW_RANGE",
      'tensor "floats": expected a row below 2, got 0.5',
    ],
    [
      "NaN as a row",
      (f) => f.readRows("floats", [Number.NaN], new Uint8Array(12)),
      "ROW_RANGE",
      'tensor "floats": expected a row below 2, got NaN',
    ],
    [
      "a row of a tensor without rows",
      (f) => f.readRows("empty", [0], new Uint8Array(0)),
      "ROW_RANGE",
      'tensor "empty": expected a row below 0, got 0',
    ],
    [
      "rows of a scalar",
      (f) => f.readRows("scalar", [0], new Uint8Array(4)),
      "ROW_RANGE",
      'tensor "scalar": a scalar has no rows',
    ],
    [
      "rows that end inside a byte",
      (f) => f.readRows("packed", [0], new Uint8Array(2)),
      "DTYPE_UNSUPPORTED",
      'tensor "packed": a row of F4 ends inside a byte',
    ],
    [
      "an out of another length",
      (f) => f.readRows("floats", [0, 1], new Uint8Array(23)),
      "OUT_LENGTH",
      'tensor "floats": 2 rows of 12 bytes need an out of 24 bytes, got 23',
    ],
  ])("%s", async (_, act, code, message) => {
    const from = source();
    const opened = await open(from);
    const error = await failure(() => act(opened));
    expect([error.code, error.message]).toEqual([code, `${from.name}: ${message}`]);
  });
});

describe("reads", () => {
  test("a synchronous source makes readRows synchronous, a late one does not", async () => {
    const now = await open(counted(FILE));
    expect(now.readRows("table", [1], new Uint8Array(100))).toBeUndefined();
    const late = await open(counted(FILE, { later: true }));
    expect(late.readRows("table", [1], new Uint8Array(100))).toBeInstanceOf(Promise);
  });

  test("neighbouring rows are one read, distant ones several", async () => {
    const source = counted(FILE);
    const opened = await open(source);
    source.reads.length = 0;
    opened.readRows("table", [11, 300, 10, 12, 10], new Uint8Array(500));
    expect(source.reads).toEqual([
      [start("table") + 1000, 300],
      [start("table") + 30_000, 100],
    ]);
  });

  test("a gap no wider than the source's own is read over", async () => {
    for (const [gap, reads] of [
      [99, 2],
      [100, 1],
    ] as const) {
      const source = counted(FILE, { gap });
      const opened = await open(source);
      source.reads.length = 0;
      opened.readRows("table", [10, 12], new Uint8Array(200));
      expect(source.reads).toHaveLength(reads);
    }
  });

  test("neighbouring tensors are one read, and share its memory", async () => {
    const source = counted(FILE);
    const opened = await open(source);
    source.reads.length = 0;
    const many = await opened.readMany(["scalar", "floats"]);
    expect(source.reads).toEqual([[start("floats"), 28]]);
    expect(many.get("scalar")!.data.buffer).toBe(many.get("floats")!.data.buffer);
  });

  test("reads are joined up to 8 MiB", async () => {
    const mebibytes = 3 * 2 ** 20;
    const data = new Uint8Array(mebibytes);
    const bytes = serialize(["a", "b", "c", "d", "e"].map((name) => ({ name, shape: [mebibytes], data })));
    const source = counted(bytes);
    const opened = await open(source);
    source.reads.length = 0;
    await opened.readMany(opened.tensors.keys());
    expect(source.reads.map(([, n]) => n / 2 ** 20)).toEqual([6, 6, 3]);
  });

  test("a late source gets up to 8 requests at a time", async () => {
    let open_ = 0;
    let most = 0;
    const source = counted(FILE);
    const slow: ByteSource = {
      ...source,
      async read(offset, n) {
        most = Math.max(most, ++open_);
        await new Promise((done) => setTimeout(done, 1));
        open_--;
        return source.read(offset, n);
      },
    };
    const opened = await open(slow);
    const rows = Array.from({ length: 30 }, (_, i) => i * 30);
    const out = new Uint8Array(3000);
    await opened.readRows("table", rows, out);
    expect(out).toEqual(rowsOf(...rows));
    expect(most).toBe(8);
  });

  test("after a failure no more requests are made, and the error is the source's", async () => {
    const source = counted(FILE, { later: true });
    const opened = await open(source);
    source.reads.length = 0;
    source.read = (offset, n) => {
      source.reads.push([offset, n]);
      return Promise.reject(new Error("cable cut"));
    };
    const rows = Array.from({ length: 30 }, (_, i) => i * 30);
    const error = await failure(() => opened.readRows("table", rows, new Uint8Array(3000)));
    await new Promise((done) => setTimeout(done, 5));
    expect(error.message).toBe("cable cut");
    expect(source.reads).toHaveLength(8);
  });

  test("tensors of a file out of alignment are aligned copies", async () => {
    const bytes = file(`{${tensor("u", "U8", "3", 0, 3)},${tensor("f", "F32", "2", 3, 11)}}`, 11);
    bytes.set(new Uint8Array(Float32Array.of(1.5, -2).buffer), bytes.length - 8);
    const many = await (await open(bytesSource(bytes))).readMany(["f", "u"]);
    const { data } = many.get("f")!;
    expect(new Float32Array(data.buffer, data.byteOffset, 2)).toEqual(Float32Array.of(1.5, -2));
  });

  test("what is aligned in a file stays so in a joined read, without a copy", async () => {
    const bytes = serialize([
      { name: "u", dtype: "U16", shape: [1], data: Uint16Array.of(7) },
      { name: "f", shape: [3], data: Float32Array.of(1, 2, 3) },
      { name: "g", shape: [1], data: Float64Array.of(5) },
    ]);
    const opened = await open(counted(bytes));
    const many = await opened.readMany(["f", "u"]);
    expect(many.get("u")!.data.buffer).toBe(many.get("f")!.data.buffer);
    expect((await opened.read("u")).data).toEqual(Uint8Array.of(7, 0));
  });
});

test("a Blob's name", () => {
  expect(blobSource(new Blob([])).name).toBe("blob");
  expect(blobSource(new File([], "model.safetensors")).name).toBe("model.safetensors");
  expect(blobSource(new Blob([]), "mine").name).toBe("mine");
});
