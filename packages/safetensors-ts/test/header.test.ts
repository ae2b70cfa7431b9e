import { bitsPerElement, dtypes, parse, parseHeader, SafetensorsError } from "safetensors-ts";
import { describe, expect, test } from "vitest";
import { concat, failure, file, length, tensor } from "./file.ts";

const text = (s: string): Uint8Array => new TextEncoder().encode(s);
const latin1 = (s: string): Uint8Array => Uint8Array.from(s, (c) => c.charCodeAt(0));
const names = (bytes: Uint8Array): string[] => [...parse(bytes).keys()];
const A = tensor("a", "F32", "1", 0, 4);

describe("accepted, as by the reference", () => {
  test.each<[string, Uint8Array, string[]]>([
    ["no tensors", file("{}"), []],
    ["a scalar", file(`{${tensor("a", "F32", "", 0, 4)}}`, 4), ["a"]],
    ["a zero-size tensor", file(`{${tensor("a", "F32", "3,0", 0, 0)}}`), ["a"]],
    [
      "zero-size tensors at both ends, in any order",
      file(`{${tensor("z", "U8", "0", 4, 4)},${A},${tensor("b", "U8", "0", 0, 0)}}`, 4),
      ["z", "a", "b"],
    ],
    ["any header order", file(`{${tensor("b", "U8", "2", 4, 6)},${A}}`, 6), ["b", "a"]],
    [
      "unknown fields of a tensor",
      file('{"a":{"x":[1.5,{"y":null}],"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 1),
      ["a"],
    ],
    [
      "an unknown field that comes twice",
      file('{"a":{"x":1,"x":2,"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 1),
      ["a"],
    ],
    ["space before and padding after", file(` \n\t\r{${A}}   \n`, 4), ["a"]],
    ["space between all tokens", file(' { "a" : [ "U8" , [ 1 ] , [ 0 , 1 ] ] } ', 1), ["a"]],
    ["__metadata__: null", file(`{"__metadata__":null,${A}}`, 4), ["a"]],
    ["a metadata key that comes twice", file(`{"__metadata__":{"k":"1","k":"2"},${A}}`, 4), ["a"]],
    ["a tensor's three values as an array", file('{"a":["F32",[1],[0,4]]}', 4), ["a"]],
    ["a dtype as an object", file('{"a":[{"F32":null},[1],[0,4]]}', 4), ["a"]],
    ["an escaped field name", file('{"a":{"\\u0064type":"U8","shape":[1],"data_offsets":[0,1]}}', 1), ["a"]],
    ["an escaped __metadata__", file(`{"\\u005f_metadata__":{},${A}}`, 4), ["a"]],
    ["4-bit elements that fill bytes", file(`{${tensor("a", "F4", "3,2", 0, 3)}}`, 3), ["a"]],
    ["6-bit elements that fill bytes", file(`{${tensor("a", "F6_E2M3", "4", 0, 3)}}`, 3), ["a"]],
    ["dimensions beyond 2^53 after a zero", file(`{${tensor("a", "U8", "0,18446744073709551615,2", 0, 0)}}`), ["a"]],
    ["a dimension of 2^64−1 before a zero", file(`{${tensor("a", "U8", "18446744073709551615,1,0", 0, 0)}}`), ["a"]],
    [
      "127 levels of nesting",
      file(`{"a":{"x":${"[".repeat(125)}${"]".repeat(125)},"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, 1),
      ["a"],
    ],
    [
      "numbers of every form where nobody reads them",
      file(
        `{"a":{"x":[-0,1e1,1.5E-3,-2e+5,1e-999,0e999,1.7976931348623157e308,0.01e310,${"1".repeat(309)}],"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`,
        1,
      ),
      ["a"],
    ],
  ])("%s", (_, bytes, expected) => {
    expect(names(bytes)).toEqual(expected);
  });

  test("names that objects inherit are ordinary names", () => {
    const strange = ["__proto__", "constructor", "toString", "", "\0", "a/b", "😀"];
    const header = strange.map((name, i) => `${JSON.stringify(name)}:["U8",[1],[${i},${i + 1}]]`).join();
    expect(names(file(`{${header}}`, strange.length))).toEqual(strange);
    const metadata = parseHeader(file('{"__metadata__":{"__proto__":"x","constructor":"y"}}'), 60).metadata;
    expect([...metadata]).toEqual([
      ["__proto__", "x"],
      ["constructor", "y"],
    ]);
  });

  test("escapes in names", () => {
    const escaped = '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\ude00"';
    expect(names(file(`{${escaped}:["U8",[1],[0,1]]}`, 1))).toEqual(['"\\/\b\f\n\r\té😀']);
  });

  test("every dtype, with its bits", () => {
    const bits = { F4: 4, F6_E2M3: 6, F6_E3M2: 6, I16: 16, U16: 16, F16: 16, BF16: 16, I32: 32, U32: 32, F32: 32 };
    const wide = { C64: 64, F64: 64, I64: 64, U64: 64 };
    expect(dtypes).toHaveLength(22);
    for (const dtype of dtypes) {
      const bytes = { ...bits, ...wide }[dtype as string] ?? 8; // of 8 elements
      expect(bitsPerElement(dtype)).toBe(bytes);
      expect(names(file(`{${tensor("a", dtype, "8", 0, bytes)}}`, bytes)), dtype).toEqual(["a"]);
    }
  });

  test("what a header gives", () => {
    const bytes = file(`{"__metadata__":{"format":"pt"},${tensor("a", "F16", "2,3", 0, 12)}}`, 12);
    const header = parseHeader(bytes, bytes.length);
    expect(header.dataStart).toBe(bytes.length - 12);
    expect(header.metadata.get("format")).toBe("pt");
    expect(header.tensors.get("a")).toEqual({ name: "a", dtype: "F16", shape: [2, 3], begin: 0, end: 12 });
  });
});

describe("refused", () => {
  const field = (name: string, value: string): Uint8Array => {
    const fields = { dtype: '"U8"', shape: "[1]", data_offsets: "[0,1]", [name]: value };
    return file(`{"a":{${Object.entries(fields).map(([key, json]) => `"${key}":${json}`)}}}`, 1);
  };
  const json = (message: string): [string, string] => ["HEADER_JSON", `m: header: expected ${message}`];

  test.each<[string, Uint8Array, [code: string, message: string]]>([
    ["an empty file", new Uint8Array(0), ["NOT_SAFETENSORS", "m: expected safetensors, got an empty file"]],
    ["7 bytes", new Uint8Array(7), ["FILE_TOO_SMALL", "m: expected at least 8 bytes, got 7"]],
    [
      "a length of 2^64−1",
      length(2n ** 64n - 1n),
      [
        "HEADER_TOO_LARGE",
        "m: expected a header of at most 100,000,000 bytes, got a length of 18,446,744,073,709,551,615",
      ],
    ],
    [
      "a length of 100,000,001",
      length(100_000_001),
      ["HEADER_TOO_LARGE", "m: expected a header of at most 100,000,000 bytes, got a length of 100,000,001"],
    ],
    [
      "a length beyond the file",
      concat(length(100_000_000), text("{}")),
      ["HEADER_TRUNCATED", "m: the header needs 100,000,000 bytes after the first 8, the file has 2"],
    ],
    ["a length of 0", length(0), json("an object at character 0, got the end")],
    [
      "an HTML page",
      text("\n<!DOCTYPE html><html>…"),
      ["NOT_SAFETENSORS", "m: expected safetensors, got an HTML page"],
    ],
    [
      "an HTML page with a BOM",
      text("\ufeff<html lang=en>"),
      ["NOT_SAFETENSORS", "m: expected safetensors, got an HTML page"],
    ],
    [
      "an XML reply",
      text('<?xml version="1.0"?><Error>'),
      ["NOT_SAFETENSORS", "m: expected safetensors, got an XML document"],
    ],
    [
      "a Git-LFS pointer",
      text("version https://git-lfs.github.com/spec/v1\noid sha256:0"),
      [
        "NOT_SAFETENSORS",
        "m: expected safetensors, got a Git-LFS pointer (the file itself was never downloaded: git lfs pull)",
      ],
    ],
    [
      "a JSON text",
      text('{"error":"Repository not found"}'),
      ["NOT_SAFETENSORS", "m: expected safetensors, got a JSON text"],
    ],
    ["a JSON text of 2 bytes", text("{}"), ["NOT_SAFETENSORS", "m: expected safetensors, got a JSON text"]],
    [
      "a zip",
      latin1("PK\x03\x04\x14\x00\x08\x08"),
      ["NOT_SAFETENSORS", "m: expected safetensors, got a zip archive (PyTorch's .bin and .pt files are such)"],
    ],
    [
      "a pickle",
      latin1("\x80\x02}q\x00(X\x05"),
      ["NOT_SAFETENSORS", "m: expected safetensors, got a Python pickle (an old PyTorch file)"],
    ],
    ["GGUF", latin1("GGUF\x03\x00\x00\x01"), ["NOT_SAFETENSORS", "m: expected safetensors, got a GGUF file"]],
    ["npy", latin1("\x93NUMPY\x01\x00"), ["NOT_SAFETENSORS", "m: expected safetensors, got a NumPy .npy file"]],
    ["HDF5", latin1("\x89HDF\r\n\x1a\n"), ["NOT_SAFETENSORS", "m: expected safetensors, got an HDF5 file"]],
    ["gzip", latin1("\x1f\x8b\x08\x00\x00\x00\x00\x01"), ["NOT_SAFETENSORS", "m: expected safetensors, got gzip data"]],
    [
      "a truncated file whose length starts like JSON",
      length(0x7b),
      ["HEADER_TRUNCATED", "m: the header needs 123 bytes after the first 8, the file has 0"],
    ],

    ["a byte that is not UTF-8", file(latin1('{"\xff":1}')), ["HEADER_UTF8", "m: the header is not valid UTF-8"]],
    ["a surrogate in UTF-8", file(latin1('{"\xed\xa0\x80":1}')), ["HEADER_UTF8", "m: the header is not valid UTF-8"]],
    ["an overlong form", file(latin1('{"\xc0\xaf":1}')), ["HEADER_UTF8", "m: the header is not valid UTF-8"]],
    ["a BOM", file("\ufeff{}"), json('an object at character 0, got "\ufeff{}"')],
    ["NUL padding", file("{}\0\0"), json('nothing but spaces after the object at character 2, got "\\u0000\\u0000"')],
    ["a second object", file("{} {}"), json('nothing but spaces after the object at character 3, got "{}"')],
    ["an array", file("[]"), json('an object at character 0, got "[]"')],
    ["null", file("null"), json('an object at character 0, got "null"')],
    ["a comma after the last", file('{"a":1,}'), json('an object at character 5, got "1,}"')],
    ["a comma first", file("{,}"), json('a string at character 1, got ",}"')],
    ["an end inside an object", file(`{${A}`, 4), json('"," or "}" at character 53, got the end')],
    ["no colon", file('{"a" 1}'), json('":" at character 5, got "1}"')],
    [
      "an open string",
      file('{"a'),
      json("a closing quote, and control characters escaped at character 3, got the end"),
    ],
    [
      "a control character",
      file('{"a\n":1}'),
      json('a closing quote, and control characters escaped at character 3, got "\\n\\":1}"'),
    ],
    ["an unknown escape", file('{"\\x41":1}'), json('an escape sequence at character 2, got "\\\\x41\\":1}"')],
    ["a broken \\u escape", file('{"\\u00g0":1}'), json('an escape sequence at character 2, got "\\\\u00g0\\":1}"')],
    [
      "a lone leading surrogate",
      file('{"\\ud800":1}'),
      json('a pair of surrogates at character 2, got "\\\\ud800\\":1}"'),
    ],
    [
      "a leading surrogate before another escape",
      file('{"\\ud800\\u0041":1}'),
      json('a pair of surrogates at character 2, got "\\\\ud800\\\\u0041\\":1}"'),
    ],
    [
      "a lone trailing surrogate",
      file('{"\\udc00":1}'),
      json('a pair of surrogates at character 2, got "\\\\udc00\\":1}"'),
    ],
    [
      "a lone surrogate where nobody reads it",
      field("x", '"\\ud800"'),
      json('a pair of surrogates at character 57, got "\\\\ud800\\"}}"'),
    ],
    ["128 levels", field("x", "[".repeat(126)), json(`at most 127 levels of nesting at character 181, got "[}}"`)],
    ["a number beyond float64", field("x", "1e999"), json('a number within float64 at character 56, got "1e999}}"')],
    [
      "DBL_MAX as C writes it, over the limit for the reference",
      field("x", "1.7976931348623158e308"),
      json('a number within float64 at character 56, got "1.7976931348623158e3"'),
    ],
    [
      "310 digits",
      field("x", "1".repeat(310)),
      json('a number within float64 at character 56, got "11111111111111111111"'),
    ],
    ["a leading zero where nobody reads it", field("x", "01"), json('"," or "}" at character 57, got "1}}"')],
    ["a point without digits", field("x", "1."), json('a digit at character 58, got "}}"')],
    ["an exponent without digits", field("x", "1e+"), json('a digit at character 59, got "}}"')],
    ["NaN", field("x", "NaN"), json('a JSON value at character 56, got "NaN}}"')],
    ["nul", field("x", "nul"), json('a JSON value at character 56, got "nul}}"')],
    ["an array left open", field("x", "[1"), json('"," or "]" at character 58, got "}}"')],

    ["metadata that is an array", file('{"__metadata__":[]}'), json('an object at character 16, got "[]}"')],
    ["metadata that is not a string", file('{"__metadata__":{"a":1}}'), json('a string at character 21, got "1}}"')],
    [
      "two __metadata__",
      file('{"__metadata__":null,"__metadata__":{}}'),
      ["HEADER_FIELD", "m: header: two __metadata__"],
    ],

    ["a tensor that is null", file('{"a":null}'), json('an object at character 5, got "null}"')],
    ["no dtype", file('{"a":{}}'), ["HEADER_FIELD", 'm: tensor "a": no dtype']],
    ["no shape", file('{"a":{"dtype":"U8"}}'), ["HEADER_FIELD", 'm: tensor "a": no shape']],
    ["no data_offsets", file('{"a":["U8",[1]]}'), ["HEADER_FIELD", 'm: tensor "a": no data_offsets']],
    ["a fourth value", file('{"a":["U8",[1],[0,1],2]}', 1), json('"]" at character 21, got "2]}"')],
    ["two dtypes", file('{"a":{"dtype":"U8","dtype":"U8"}}'), ["HEADER_FIELD", 'm: tensor "a": two dtype']],
    ["two shapes", file('{"a":{"shape":[],"shape":[]}}'), ["HEADER_FIELD", 'm: tensor "a": two shape']],
    [
      "two data_offsets",
      file('{"a":{"data_offsets":[],"data_offsets":[]}}'),
      ["HEADER_FIELD", 'm: tensor "a": two data_offsets'],
    ],
    ["one tensor name twice", file(`{${A},${A}}`, 4), ["DUPLICATE_TENSOR", 'm: two tensors are named "a"']],
    [
      "one name twice, once escaped",
      file(`{${A},${A.replace('"a"', '"\\u0061"')}}`, 4),
      ["DUPLICATE_TENSOR", 'm: two tensors are named "a"'],
    ],
    [
      "an unknown dtype",
      field("dtype", '"F128"'),
      ["UNKNOWN_DTYPE", `m: tensor "a": unknown dtype "F128", expected one of ${dtypes.join(", ")}`],
    ],
    [
      "a dtype that objects inherit",
      field("dtype", '"constructor"'),
      ["UNKNOWN_DTYPE", `m: tensor "a": unknown dtype "constructor", expected one of ${dtypes.join(", ")}`],
    ],
    [
      "a dtype that is a number",
      field("dtype", "3"),
      json('a string at character 14, got "3,\\"shape\\":[1],\\"data_"'),
    ],
    [
      "a dtype object without a name",
      field("dtype", "{}"),
      json('one dtype and null at character 16, got ",\\"shape\\":[1],\\"data_o"'),
    ],
    [
      "a dtype object with a value",
      field("dtype", '{"U8":{}}'),
      json('one dtype and null at character 20, got "{}},\\"shape\\":[1],\\"dat"'),
    ],
    [
      "a dtype object with two names",
      field("dtype", '{"U8":null,"I8":null}'),
      json('one dtype and null at character 30, got "null},\\"shape\\":[1],\\"d"'),
    ],
    ["a shape that is null", field("shape", "null"), json('an array at character 27, got "null,\\"data_offsets\\":"')],

    [
      "one offset",
      field("data_offsets", "[0]"),
      ["HEADER_FIELD", 'm: tensor "a": expected data_offsets [begin, end], got 1 numbers'],
    ],
    [
      "three offsets",
      field("data_offsets", "[0,1,1]"),
      ["HEADER_FIELD", 'm: tensor "a": expected data_offsets [begin, end], got 3 numbers'],
    ],
    [
      "reversed offsets",
      file(`{${tensor("a", "U8", "0", 1, 0)}}`, 1),
      ["OFFSETS_REVERSED", 'm: tensor "a": data_offsets [1, 0] run backwards'],
    ],
    [
      "offsets beyond the file",
      file(`{${A}}`, 3),
      ["OFFSETS_BEYOND", 'm: tensor "a": data_offsets [0, 4] reach beyond the 3 bytes of data in the file'],
    ],
    [
      "offsets beyond 2^53",
      file(`{${tensor("a", "U8", "1", "18446744073709551614", "18446744073709551615")}}`),
      [
        "OFFSETS_BEYOND",
        'm: tensor "a": data_offsets [18446744073709551614, 18446744073709551615] reach beyond the 0 bytes of data in the file',
      ],
    ],
    [
      "a wrong size",
      file(`{${tensor("encoder.layer.3.output.dense.weight", "F32", "384,1536", 0, 8192)}}`, 8192),
      [
        "TENSOR_SIZE",
        'm: tensor "encoder.layer.3.output.dense.weight": F32 shape [384, 1536] needs 2,359,296 bytes, data_offsets [0, 8192] span 8,192',
      ],
    ],
    [
      "a size beyond 2^53 bytes",
      file(`{${tensor("a", "U8", "144115188075855872", 0, 0)}}`),
      [
        "TENSOR_SIZE",
        'm: tensor "a": U8 shape [144115188075855872] needs 144,115,188,075,855,872 bytes, data_offsets [0, 0] span 0',
      ],
    ],
    [
      "4-bit elements that end inside a byte",
      file(`{${tensor("a", "F4", "3", 0, 2)}}`, 2),
      ["PARTIAL_BYTE", 'm: tensor "a": F4 shape [3] is 12 bits, not whole bytes'],
    ],
    [
      "6-bit elements that end inside a byte",
      file(`{${tensor("a", "F6_E3M2", "2", 0, 2)}}`, 2),
      ["PARTIAL_BYTE", 'm: tensor "a": F6_E3M2 shape [2] is 12 bits, not whole bytes'],
    ],
    [
      "a product over 2^64",
      file(`{${tensor("a", "U8", "4294967296,4294967296", 0, 0)}}`),
      ["SHAPE_OVERFLOW", 'm: tensor "a": U8 shape [4294967296, 4294967296] is over 2^64 bits'],
    ],
    [
      "a product over 2^64 before a zero",
      file(`{${tensor("a", "U8", "18446744073709551615,2,0", 0, 0)}}`),
      ["SHAPE_OVERFLOW", 'm: tensor "a": U8 shape [18446744073709551615, 2, 0] is over 2^64 bits'],
    ],
    [
      "elements under 2^64 but bits over it",
      file(`{${tensor("a", "F64", "288230376151711744", 0, 0)}}`),
      ["SHAPE_OVERFLOW", 'm: tensor "a": F64 shape [288230376151711744] is over 2^64 bits'],
    ],
    [
      "an overflow in a long shape",
      file(`{${tensor("a", "U8", Array(70).fill(2).join(), 0, 0)}}`),
      ["SHAPE_OVERFLOW", 'm: tensor "a": U8 shape [2, 2, 2, 2, 2, 2, 2, 2, …] is over 2^64 bits'],
    ],

    [
      "a gap at the start",
      file(`{${tensor("a", "U8", "2", 1, 3)}}`, 3),
      ["OFFSETS_GAP", 'm: tensor "a" leaves a gap after the start of the data: expected it to begin at 0, got 1'],
    ],
    [
      "a hole",
      file(`{${A},${tensor("b", "U8", "1", 5, 6)}}`, 6),
      ["OFFSETS_GAP", 'm: tensor "b" leaves a gap after tensor "a": expected it to begin at 4, got 5'],
    ],
    [
      "an overlap",
      file(`{${A},${tensor("b", "U8", "4", 2, 6)}}`, 6),
      ["OFFSETS_OVERLAP", 'm: tensor "b" overlaps tensor "a": expected it to begin at 4, got 2'],
    ],
    [
      "two tensors over one range",
      file(`{${A},${tensor("b", "F32", "1", 0, 4)}}`, 4),
      ["OFFSETS_OVERLAP", 'm: tensor "b" overlaps tensor "a": expected it to begin at 4, got 0'],
    ],
    [
      "a zero-size tensor inside another",
      file(`{${A},${tensor("z", "U8", "0", 2, 2)}}`, 4),
      ["OFFSETS_OVERLAP", 'm: tensor "z" overlaps tensor "a": expected it to begin at 4, got 2'],
    ],
    [
      "trailing bytes",
      file(`{${A}}`, 5),
      ["TRAILING_BYTES", "m: expected 4 bytes of data, got 5: no tensor claims the rest"],
    ],
    [
      "data without tensors",
      file("{}", 8),
      ["TRAILING_BYTES", "m: expected 0 bytes of data, got 8: no tensor claims the rest"],
    ],
  ])("%s", async (_, bytes, [code, message]) => {
    const error = await failure(() => parse(bytes, "m"));
    expect(error).toBeInstanceOf(SafetensorsError);
    expect([error.code, error.message]).toEqual([code, message]);
  });

  const notAnInteger = [
    "16.0",
    "1e1",
    "1E0",
    "-0",
    "-1",
    "01",
    "+1",
    "1.",
    "true",
    "null",
    '"1"',
    "[1]",
    "18446744073709551616",
    "9".repeat(400),
    "",
  ];
  test.each(notAnInteger)("%s as a dimension", async (number) => {
    const error = await failure(() => parse(file(`{"a":["U8",[1,${number}],[0,1]]}`, 1), "m"));
    expect([error.code, error.message.slice(0, 68)]).toEqual([
      "HEADER_JSON",
      "m: header: expected an unsigned 64-bit integer at character 14, got ",
    ]);
  });
  test.each(notAnInteger)("%s as an offset", async (number) => {
    const error = await failure(() => parse(file(`{"a":["U8",[1],[0,${number}]]}`, 1), "m"));
    expect([error.code, error.message.slice(0, 68)]).toEqual([
      "HEADER_JSON",
      "m: header: expected an unsigned 64-bit integer at character 18, got ",
    ]);
  });

  test("a name in a message is escaped and cut", async () => {
    const { message } = await failure(() => parse(file(`{"${"x".repeat(1000)}\\n":{}}`), "m"));
    expect(message).toBe(`m: tensor "${"x".repeat(120)}…": no dtype`);
    expect((await failure(() => parse(file('{"a\\nb":{}}'), "m"))).message).toBe('m: tensor "a\\nb": no dtype');
  });

  test("bytes that end before the header does, though the file does not", async () => {
    const bytes = file(`{${A}}`, 4);
    const error = await failure(() => parseHeader(bytes.subarray(0, 20), bytes.length, "m"));
    expect([error.code, error.message]).toEqual([
      "SHORT_READ",
      "m: expected the 62 bytes up to the header's end, got 20",
    ]);
  });

  test("without a name the place is called safetensors", async () => {
    expect((await failure(() => parse(length(1)))).message).toMatch(/^safetensors: the header needs 1 bytes/);
  });
});

// Retried, because a busy machine can make a test late; a quadratic one takes minutes each time.
describe("hostile sizes stay linear", { retry: 2 }, () => {
  const secondsSince = (start: number): number => (performance.now() - start) / 1000;
  const many = 100_000;

  test("100,000 tensors", () => {
    const header = Array.from({ length: many }, (_, i) => tensor(`layer.${i}.weight`, "F32", "1", 4 * i, 4 * i + 4));
    const bytes = file(`{${header}}`, 4 * many);
    const start = performance.now();
    expect(parse(bytes).size).toBe(many);
    expect(secondsSince(start)).toBeLessThan(1);
  });

  test.each<[string, string, number, string]>([
    [
      "100,000 tensors over one range",
      `{${Array.from({ length: many }, (_, i) => tensor(`${i}`, "U8", "4", 0, 4))}}`,
      4,
      "OFFSETS_OVERLAP",
    ],
    ["a million dimensions", `{${tensor("a", "U8", `${"1,".repeat(1e6)}1`, 0, 0)}}`, 0, "TENSOR_SIZE"],
    ["a million digits", `{"a":{"x":${"1".repeat(1e6)}}}`, 0, "HEADER_JSON"],
    ["a million brackets", "[".repeat(1e6), 0, "HEADER_JSON"],
    ["a million escapes", `{"${"\\u0041".repeat(1e6)}":1}`, 0, "HEADER_JSON"],
    ["a million spaces", `{${" ".repeat(1e6)}`, 0, "HEADER_JSON"],
  ])("%s", async (_, header, data, code) => {
    const bytes = file(header, data);
    const start = performance.now();
    const error = await failure(() => parse(bytes));
    expect(secondsSince(start)).toBeLessThan(1);
    expect(error.code).toBe(code);
    expect(error.message.length).toBeLessThan(600);
  });
});
