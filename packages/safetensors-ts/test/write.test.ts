import { type Metadata, parse, parseHeader, serialize, serializeParts, type TensorInput } from "safetensors-ts";
import { describe, expect, test } from "vitest";
import { failure } from "./file.ts";

const headerOf = (bytes: Uint8Array): string =>
  new TextDecoder().decode(bytes.subarray(8, parseHeader(bytes, bytes.length).dataStart));

describe("serialize", () => {
  test("a file, byte by byte", () => {
    const bytes = serialize([{ name: "a", shape: [2], data: Uint8Array.of(7, 8) }], { k: "v" });
    const header = '{"__metadata__":{"k":"v"},"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}  ';
    expect(header.length).toBe(80);
    expect([...bytes.subarray(0, 8)]).toEqual([80, 0, 0, 0, 0, 0, 0, 0]);
    expect(headerOf(bytes)).toBe(header);
    expect([...bytes.subarray(88)]).toEqual([7, 8]);
  });

  test("no tensors", () => {
    const bytes = serialize([]);
    expect(headerOf(bytes)).toBe("{}      ");
    expect(parse(bytes).size).toBe(0);
  });

  test("wide dtypes first, then by the names' UTF-8 bytes; each tensor aligned", () => {
    const one = (name: string, data: ArrayBufferView): TensorInput => ({ name, shape: [1], data });
    const bytes = serialize([
      one("u8", Uint8Array.of(1)),
      one("b", Float32Array.of(1)),
      one("a", Uint16Array.of(1)),
      one("f64", Float64Array.of(1)),
      one("i64", BigInt64Array.of(1n)),
      one("\u{10000}", Float32Array.of(1)),
      one("\uffff", Float32Array.of(1)),
      one("b2", Float32Array.of(1)),
    ]);
    const { tensors, dataStart } = parseHeader(bytes, bytes.length);
    expect([...tensors.keys()]).toEqual(["i64", "f64", "b", "b2", "\uffff", "\u{10000}", "a", "u8"]);
    expect(dataStart % 8).toBe(0);
    for (const { begin, end } of tensors.values()) expect(begin % (end - begin)).toBe(0);
  });

  test.each<[string, ArrayBufferView]>([
    ["U8", Uint8Array.of(1)],
    ["U8", Buffer.of(1)],
    ["U8", Uint8ClampedArray.of(1)],
    ["I8", Int8Array.of(1)],
    ["U16", Uint16Array.of(1)],
    ["I16", Int16Array.of(1)],
    ["U32", Uint32Array.of(1)],
    ["I32", Int32Array.of(1)],
    ["F32", Float32Array.of(1)],
    ["F64", Float64Array.of(1)],
    ["U64", BigUint64Array.of(1n)],
    ["I64", BigInt64Array.of(1n)],
  ])("%s from its own array", (dtype, data) => {
    const tensor = parse(serialize([{ name: "a", shape: [1], data }])).get("a")!;
    expect(tensor.dtype).toBe(dtype);
    expect([...tensor.data]).toEqual([...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]);
  });

  test("a dtype that the array does not tell", () => {
    const inputs: TensorInput[] = [
      { name: "half", dtype: "F16", shape: [2], data: Uint16Array.of(1, 2) },
      { name: "packed", dtype: "F4", shape: [2, 2], data: Uint8Array.of(1, 2) },
      { name: "view", dtype: "I32", shape: [], data: new DataView(new ArrayBuffer(4)) },
    ];
    expect([...parse(serialize(inputs)).values()].map(({ dtype }) => dtype)).toEqual(["I32", "F16", "F4"]);
  });

  test("parts share the callers' memory", () => {
    const data = Float32Array.of(1, 2);
    const [header, bytes] = serializeParts([{ name: "a", shape: [2], data }]);
    expect(header!.length % 8).toBe(0);
    expect(bytes!.buffer).toBe(data.buffer);
  });

  test("names and metadata that JSON must escape come back", () => {
    const odd = '"\\\n\0\u2028😀__proto__';
    for (const metadata of [{ [odd]: odd }, new Map([[odd, odd]])]) {
      const bytes = serialize([{ name: odd, shape: [0], data: new Uint8Array(0) }], metadata);
      const header = parseHeader(bytes, bytes.length);
      expect([...header.tensors.keys()]).toEqual([odd]);
      expect([...header.metadata]).toEqual([[odd, odd]]);
    }
  });

  test("metadata under the name __proto__", () => {
    const bytes = serialize([], JSON.parse('{"__proto__":"x"}') as Metadata);
    expect([...parseHeader(bytes, bytes.length).metadata]).toEqual([["__proto__", "x"]]);
  });
});

describe("refused", () => {
  const a: TensorInput = { name: "a", shape: [1], data: Uint8Array.of(1) };
  const name = "expected a well-formed string other than __metadata__ as its name";
  test.each<[string, unknown, string]>([
    ["the name __metadata__", { ...a, name: "__metadata__" }, `tensor "__metadata__": ${name}`],
    ["a name with a lone surrogate", { ...a, name: "\ud800" }, `tensor "\\ud800": ${name}`],
    ["a name that is a number", { ...a, name: 5 }, `tensor "5": ${name}`],
    ["data that is an array", { ...a, data: [1] }, 'tensor "a": expected a typed array as its data'],
    ["an unknown dtype", { ...a, dtype: "F128" }, 'tensor "a": expected a dtype, one of BOOL, F4, '],
    [
      "a DataView without a dtype",
      { ...a, data: new DataView(new ArrayBuffer(1)) },
      'tensor "a": expected a dtype, one of BOOL, F4, ',
    ],
    ["a negative dimension", { ...a, shape: [-1] }, 'tensor "a": expected a shape of integers from 0, got [-1]'],
    ["a fractional dimension", { ...a, shape: [0.5] }, 'tensor "a": expected a shape of integers from 0, got [0.5]'],
    [
      "a dimension beyond 2^53",
      { ...a, shape: [2 ** 53, 0] },
      'tensor "a": expected a shape of integers from 0, got [9007199254740992, 0]',
    ],
    ["data of another size", { ...a, shape: [2] }, 'tensor "a": U8 shape [2] needs 2 bytes, got 1'],
    ["part of a byte", { ...a, dtype: "F4", shape: [3] }, 'tensor "a": F4 shape [3] needs 1.5 bytes, got 1'],
    [
      "a shape that overflows",
      { ...a, shape: [2 ** 40, 2 ** 40, 0], data: new Uint8Array(0) },
      'tensor "a": shape [1099511627776, 1099511627776, 0] is over 2^53 elements',
    ],
  ])("%s", async (_, input, message) => {
    const error = await failure(() => serialize([input as TensorInput]));
    expect(error.code).toBe("BAD_TENSOR");
    expect(error.message.slice(0, `serialize: ${message}`.length)).toBe(`serialize: ${message}`);
  });

  test("one name twice", async () => {
    const error = await failure(() => serialize([a, { ...a }]));
    expect([error.code, error.message]).toEqual(["BAD_TENSOR", 'serialize: two tensors are named "a"']);
  });

  test.each<[string, unknown, string]>([
    ["a number", { k: 1 }, 'metadata "k": expected well-formed strings, got number'],
    ["a lone surrogate", { k: "\udc00" }, 'metadata "k": expected well-formed strings, got "\\udc00"'],
    ["a key that is a number", new Map([[1, "v"]]), 'metadata "1": expected well-formed strings, got "v"'],
  ])("metadata with %s", async (_, metadata, message) => {
    const error = await failure(() => serialize([], metadata as Metadata));
    expect([error.code, error.message]).toEqual(["BAD_METADATA", `serialize: ${message}`]);
  });

  test("a header over 100,000,000 bytes", async () => {
    const error = await failure(() => serialize([], { k: "x".repeat(100_000_000) }));
    expect([error.code, error.message]).toEqual([
      "HEADER_TOO_LARGE",
      "serialize: expected a header of at most 100,000,000 bytes, got 100,000,032",
    ]);
  });
});
