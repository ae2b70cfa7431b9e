import { bytesSource, checkRelativePath, openSharded, parse, type SafetensorsFile, serialize } from "safetensors-ts";
import { describe, expect, test } from "vitest";
import { failure } from "./file.ts";

const table = Uint8Array.from({ length: 12 }, (_, i) => i);
const FILES = new Map<string, Uint8Array>([
  [
    "a.safetensors",
    serialize(
      [
        { name: "x", shape: [2], data: Float32Array.of(1, 2) },
        { name: "y", shape: [], data: Int32Array.of(3) },
      ],
      { format: "pt" },
    ),
  ],
  ["sub/b.safetensors", serialize([{ name: "table", shape: [4, 3], data: table }])],
]);
const MAP = { table: "sub/b.safetensors", x: "a.safetensors", y: "a.safetensors" };
const fresh = (weight_map: unknown, files = FILES): Promise<SafetensorsFile> =>
  openSharded(
    { metadata: { total_size: 24 }, weight_map },
    (name) => {
      const bytes = files.get(name);
      return bytes && bytesSource(bytes, name);
    },
    "index.json",
  );

describe("a sharded checkpoint reads like one file", () => {
  test("tensors and metadata", async () => {
    const file = await fresh(MAP);
    expect([...file.tensors.keys()]).toEqual(["table", "x", "y"]);
    expect([...file.metadata]).toEqual([["format", "pt"]]);
  });

  test("read and readMany", async () => {
    const file = await fresh(MAP);
    expect(await file.read("x")).toEqual(parse(FILES.get("a.safetensors")!).get("x"));
    const many = await file.readMany(["y", "table", "x", "y"]);
    expect([...many.keys()]).toEqual(["y", "table", "x"]);
    expect(many.get("table")!.data).toEqual(table);
  });

  test("rows, at once where the source is", async () => {
    const file = await fresh(MAP);
    const out = new Uint8Array(6);
    expect(file.readRows("table", [3, 1], out)).toBeUndefined();
    expect([...out]).toEqual([9, 10, 11, 3, 4, 5]);
  });

  test("a promise of a source", async () => {
    const file = await openSharded({ weight_map: { table: "b" } }, async () =>
      bytesSource(FILES.get("sub/b.safetensors")!),
    );
    expect(file.tensors.size).toBe(1);
  });

  test.each<[string, (file: SafetensorsFile) => unknown]>([
    ["read", (file) => file.read("z")],
    ["readMany", (file) => file.readMany(["x", "z"])],
    ["readRows", (file) => file.readRows("z", [], new Uint8Array(0))],
  ])("%s of an unknown tensor", async (_, act) => {
    const file = await fresh(MAP);
    const error = await failure(() => act(file));
    expect([error.code, error.message]).toEqual(["NO_SUCH_TENSOR", 'index.json: no tensor "z" among the 3']);
  });

  test("an index that names objects' own words", async () => {
    const bytes = serialize([{ name: "__proto__", shape: [1], data: Uint8Array.of(1) }]);
    const file = await fresh(JSON.parse('{"__proto__":"constructor"}'), new Map([["constructor", bytes]]));
    expect([...file.tensors.keys()]).toEqual(["__proto__"]);
  });
});

describe("refused", () => {
  const expected = 'expected {"weight_map": {tensor: file}}';
  test.each<[string, unknown]>([
    ["null", null],
    ["a list", []],
    ["no weight_map", {}],
    ["a list as weight_map", { weight_map: [] }],
    ["a text as weight_map", { weight_map: "x" }],
  ])("an index that is %s", async (_, index) => {
    const error = await failure(() => openSharded(index, () => undefined));
    expect([error.code, error.message]).toEqual(["INDEX_INVALID", `model.safetensors.index.json: ${expected}`]);
  });

  test.each<[string, unknown, Map<string, Uint8Array>, string, string]>([
    ["a missing shard", { x: "c" }, FILES, "SHARD_MISSING", 'there is no shard "c"'],
    [
      "a missing tensor",
      { ...MAP, z: "a.safetensors" },
      FILES,
      "SHARD_TENSOR_MISSING",
      'tensor "z" is not in "a.safetensors", which has 2 others',
    ],
    [
      "a tensor in another shard",
      { ...MAP, x: "sub/b.safetensors" },
      FILES,
      "SHARD_TENSOR_MISSING",
      'tensor "x" is not in "sub/b.safetensors", which has 1 others',
    ],
    [
      "an extra tensor",
      { x: "a.safetensors" },
      FILES,
      "SHARD_TENSOR_UNLISTED",
      'tensor "y" of "a.safetensors" is not in the index',
    ],
    [
      "a tensor in two shards",
      { x: "1", y: "1", table: "2" },
      new Map([
        ["1", FILES.get("a.safetensors")!],
        [
          "2",
          serialize([
            { name: "table", shape: [], data: Uint8Array.of(1) },
            { name: "x", shape: [], data: Uint8Array.of(1) },
          ]),
        ],
      ]),
      "SHARD_TENSOR_UNLISTED",
      'tensor "x" of "2" belongs to "1"',
    ],
    [
      "a path out of the folder",
      { x: "../a" },
      FILES,
      "UNSAFE_PATH",
      'weight_map: "x": expected a path inside its folder, got "../a"',
    ],
    [
      "a shard that is a number",
      { x: 5 },
      FILES,
      "UNSAFE_PATH",
      'weight_map: "x": expected a path inside its folder, got number',
    ],
  ])("%s", async (_, map, files, code, message) => {
    const error = await failure(() => fresh(map, files));
    expect([error.code, error.message]).toEqual([code, `index.json: ${message}`]);
  });

  test("a shard of another kind names the shard", async () => {
    const error = await failure(() => fresh({ x: "a" }, new Map([["a", new TextEncoder().encode("<html></html>")]])));
    expect([error.code, error.message]).toEqual(["NOT_SAFETENSORS", "a: expected safetensors, got an HTML page"]);
  });

  test("what openShard throws goes through", async () => {
    const error = await failure(() =>
      openSharded({ weight_map: { x: "a" } }, () => Promise.reject(new Error("no disk"))),
    );
    expect(error.message).toBe("no disk");
  });
});

describe("checkRelativePath", () => {
  test.each(["a", "a/b.c", "1_Pooling", "model-00001-of-00002.safetensors", "имя файла", "..a", "a..b/.c"])(
    "takes %s",
    (path) => {
      expect(() => checkRelativePath(path, "m")).not.toThrow();
    },
  );

  test.each([
    "",
    ".",
    "..",
    "../a",
    "a/../b",
    "a/..",
    "./a",
    "/a",
    "a//b",
    "a/",
    "\\a",
    "a\\..\\b",
    "C:a",
    "C:/a",
    "https://host/a",
    "data:x",
    "a?b",
    "a#b",
    "%2e%2e/a",
    "a\0",
    "a\n",
    "\u0085",
    "\ud800",
  ])("refuses %j", async (path) => {
    const error = await failure(() => checkRelativePath(path, "m"));
    expect([error.code, error.message]).toEqual([
      "UNSAFE_PATH",
      `m: expected a path inside its folder, got ${JSON.stringify(path)}`,
    ]);
  });
});
