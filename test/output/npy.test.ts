import { expect, test } from "vitest";
import { readNpy, writeNpy } from "../../dist/output/npy.js";

/** A NumPy file from its header's text and its data. */
function npy(dict: string, data: ArrayLike<number> = [], version = 1): Uint8Array {
  const length = version === 1 ? [dict.length & 255, dict.length >> 8] : [dict.length & 255, dict.length >> 8, 0, 0];
  return Uint8Array.from([
    0x93,
    ...Array.from("NUMPY", (c) => c.charCodeAt(0)),
    version,
    0,
    ...length,
    ...Array.from(dict, (c) => c.charCodeAt(0)),
    ...Array.from(data),
  ]);
}

const bytesOf = (numbers: Float32Array | Float64Array) => new Uint8Array(numbers.buffer);

test("what is written is byte for byte what numpy.save writes", () => {
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }".padEnd(117) + "\n";
  const expected = npy(header, bytesOf(Float32Array.of(1, 2, 3, 4, 5, 6)));
  expect(writeNpy([Float32Array.of(1, 2, 3), Float32Array.of(4, 5, 6)])).toEqual(expected);
  expect(expected.length).toBe(128 + 24);
});

test("what is written is read again, views and empty lists too", () => {
  const rows = new Float32Array([9, 1.5, -2, Number.NaN, 1e-45]).subarray(1);
  expect(readNpy(writeNpy([rows.subarray(0, 2), rows.subarray(2)]), "x.npy")).toEqual({
    rows: 2,
    columns: 2,
    data: rows,
  });
  expect(readNpy(writeNpy([]), "x.npy")).toEqual({ rows: 0, columns: 0, data: new Float32Array(0) });
});

test.each([1, 2, 3])("float64 and version %i are read, wherever the bytes lie", (version) => {
  const file = npy(
    "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }\n",
    bytesOf(Float64Array.of(1 / 3, -1e300)),
    version,
  );
  const unaligned = new Uint8Array(file.length + 1);
  unaligned.set(file, 1);
  expect(readNpy(unaligned.subarray(1), "x.npy")).toEqual({
    rows: 1,
    columns: 2,
    data: Float64Array.of(1 / 3, -1e300),
  });
});

test("vectors of two lengths cannot be written", () => {
  expect(() => writeNpy([Float32Array.of(1), Float32Array.of(1, 2)])).toThrow(
    "writeNpy: vectors[1]: expected 1 components, got 2",
  );
});

const good = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), }";
test.each([
  ["nothing", new Uint8Array(0), "a NumPy file, got other bytes"],
  ["a zip", Uint8Array.of(80, 75, 3, 4), "a NumPy file, got other bytes"],
  ["a version to come", npy(good, [], 4), "NumPy format version 1 to 3, got 4"],
  ["the magic alone", npy(good).subarray(0, 8), "a header, got the end of the file"],
  ["half a header", npy(good).subarray(0, 30), "a header of 59 bytes, got the end of the file"],
  ["integers", npy(good.replace("<f4", "<i8")), "dtype '<f4' or '<f8', got '<i8'"],
  ["big-endian numbers", npy(good.replace("<f4", ">f4")), "dtype '<f4' or '<f8', got '>f4'"],
  ["Python objects", npy(good.replace("<f4", "|O")), "dtype '<f4' or '<f8', got '|O'"],
  [
    "a record",
    npy("{'descr': [('x', '<f4')], 'shape': (1,)}"),
    "'descr' in the header, got \"{'descr': [('x', '<f4')], 'shape': (1,)}\"",
  ],
  ["column-major order", npy(good.replace("False", "True")), "row-major order, got fortran_order True"],
  ["a vector", npy(good.replace("(1, 1)", "(1,)")), "a matrix, got shape (1,)"],
  ["a cube", npy(good.replace("(1, 1)", "(1, 1, 1)")), "a matrix, got shape (1, 1, 1)"],
  ["too few numbers", npy(good, [0, 0]), "4 bytes of data for shape (1, 1), got 2"],
  ["bytes after the numbers", npy(good, [0, 0, 0, 0, 0]), "4 bytes of data for shape (1, 1), got 5"],
  [
    "a shape larger than memory",
    npy(good.replace("(1, 1)", "(999999999999, 999999999999)")),
    "3.999999999992e+24 bytes of data for shape (999999999999, 999999999999), got 0",
  ],
])("%s is refused", (_, file, expected) => {
  expect(() => readNpy(file, "x.npy")).toThrow(
    expect.objectContaining({ code: "BAD_INPUT", message: `x.npy: expected ${expected}` }),
  );
});
