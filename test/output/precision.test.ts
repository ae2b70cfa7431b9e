import { expect, test } from "vitest";
import { quantize, rangesOf } from "../../dist/output/precision.js";

// Four vectors of ten components, and what numpy makes of them by the formulas of sentence_transformers 6.2.
const vectors = Float32Array.from(
  [
    [
      0.000123015343, 0.0298745539, -0.0274137855, -0.0890591815, -0.0454670787, -0.0991646573, 0.00601436011,
      0.134021521, -0.0492206514, -0.062047489,
    ],
    [
      0.0489842035, 0.035688702, 0.0105414251, -0.0930468068, -0.00292518223, 0.0695303231, -0.134421453, -0.0457615778,
      -0.190122277, -0.12895377,
    ],
    [
      -0.184173509, -0.0235091131, -0.126744643, 0.0271264352, 0.0156751089, -0.0186930951, -0.251675963, -0.0538692884,
      -0.00485009467, 0.0113308989,
    ],
    [
      -0.153013572, -0.0477753282, -0.0978519097, -0.0808837265, 0.10608986, -0.080753468, -0.00325217051, 0.0884389877,
      -0.0583600439, -0.0111701954,
    ],
  ].flat(),
);
const ranges = { min: new Array(10).fill(-0.15), max: [0.2, 0.2, 0.2, -0.15, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2] };
const levels = [
  [109, 131, 89, 0, 76, 37, 113, 206, 73, 64],
  [144, 135, 116, 0, 107, 159, 11, 75, 0, 15],
  [0, 92, 16, 0, 120, 95, 0, 70, 105, 117],
  [0, 74, 37, 0, 186, 50, 106, 173, 66, 101],
];

test("float32 gives views of the rows", () => {
  const rows = quantize(vectors, 4, 10, "float32");
  expect(rows).toHaveLength(4);
  expect(rows[2]).toEqual(vectors.subarray(20, 30));
  expect(rows[2]!.buffer).toBe(vectors.buffer);
});

test("uint8 gives numpy's levels, a component without range the level 0", () => {
  expect(quantize(vectors, 4, 10, "uint8", ranges)).toEqual(levels.map((row) => Uint8Array.from(row)));
});

test("int8 gives the levels less 128", () => {
  expect(quantize(vectors, 4, 10, "int8", ranges)).toEqual(levels.map((row) => Int8Array.from(row, (x) => x - 128)));
});

test("ubinary and binary pack the signs, most significant bit first, the last byte padded", () => {
  const packed = [
    [195, 0],
    [228, 0],
    [24, 64],
    [9, 0],
  ];
  expect(quantize(vectors, 4, 10, "ubinary")).toEqual(packed.map((row) => Uint8Array.from(row)));
  expect(quantize(vectors, 4, 10, "binary")).toEqual(packed.map((row) => Int8Array.from(row, (x) => x - 128)));
});

test("a value between two levels falls where float32 arithmetic puts it", () => {
  const value = Float32Array.of(-1.3431373834609985); // float64 arithmetic gives 69
  expect(quantize(value, 1, 1, "uint8", { min: [-3.1], max: [3.3] })).toEqual([Uint8Array.of(70)]);
});

test("no vectors give no rows", () => {
  for (const precision of ["float32", "int8", "uint8", "binary", "ubinary"] as const) {
    expect(quantize(new Float32Array(0), 0, 10, precision, ranges)).toEqual([]);
  }
});

test.each([
  [
    "int8 without ranges",
    undefined,
    'encode: precision "int8": expected ranges {min, max} of a calibration set (see rangesOf), got none',
  ],
  ["a short min", { min: [0], max: ranges.max }, "encode: ranges.min: expected 10 values, one a dimension, got 1"],
  ["no max", { min: ranges.min } as never, "encode: ranges.max: expected 10 values, one a dimension, got none"],
  [
    "min above max",
    { min: new Array(10).fill(1), max: ranges.max },
    "encode: ranges: component 0: expected min <= max, got min 1 and max 0.2",
  ],
  [
    "NaN",
    { min: new Array(10).fill(Number.NaN), max: ranges.max },
    "encode: ranges: component 0: expected min <= max, got min NaN and max 0.2",
  ],
])("%s is an error", (_, given, message) => {
  expect(() => quantize(vectors, 4, 10, "int8", given)).toThrow(
    expect.objectContaining({ code: "BAD_OPTION", message }),
  );
});

test("rangesOf gives each component's least and greatest value", () => {
  expect(rangesOf([Float32Array.of(1, -2), Float32Array.of(-3, 4), Float32Array.of(0, 0)])).toEqual({
    min: Float32Array.of(-3, -2),
    max: Float32Array.of(1, 4),
  });
});

test("one vector has no range, and vectors of two lengths have none", () => {
  expect(() => rangesOf([Float32Array.of(1)])).toThrow("rangesOf: vectors: expected at least 2, got 1");
  expect(() => rangesOf([Float32Array.of(1), Float32Array.of(1, 2)])).toThrow(
    "rangesOf: vectors[1]: expected 1 components, got 2",
  );
});
