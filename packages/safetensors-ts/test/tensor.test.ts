import { decodeBF16, decodeF16, dtypes, parse, type Tensor, toFloat32, view } from "safetensors-ts";
import { describe, expect, test } from "vitest";
import { concat, failure, file, tensor } from "./file.ts";

const bytesOf = (array: ArrayBufferView): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
const make = (dtype: Tensor["dtype"], array: ArrayBufferView): Tensor => ({
  name: "t",
  dtype,
  shape: [],
  data: bytesOf(array),
});

describe("parse", () => {
  const F32 = `{${tensor("a", "F32", "2", 0, 8)}}`;
  const values = bytesOf(Float32Array.of(1.5, -2));

  test("a tensor at an aligned place is a view into the file", () => {
    const bytes = file(F32.padEnd(56), values);
    const { data } = parse(bytes).get("a")!;
    expect(data.buffer).toBe(bytes.buffer);
    expect(data.byteOffset).toBe(64);
  });

  test.each([1, 2, 3])("a tensor %i bytes off is an aligned copy", (off) => {
    const bytes = file(F32.padEnd(56 + off), values);
    const a = parse(bytes).get("a")!;
    expect(a.data.buffer).not.toBe(bytes.buffer);
    expect(view(a)).toEqual(Float32Array.of(1.5, -2));
    expect(a.data.length).toBe(8);
  });

  test("a file that starts anywhere in its buffer", () => {
    const bytes = concat(new Uint8Array(3), file(F32, values)).subarray(3);
    expect(view(parse(bytes).get("a")!)).toEqual(Float32Array.of(1.5, -2));
  });

  test("a Node Buffer gives plain Uint8Arrays", () => {
    const { data } = parse(Buffer.from(file(`{${tensor("a", "U8", "1", 0, 1)}}`, 1))).get("a")!;
    expect(data.constructor).toBe(Uint8Array);
  });
});

describe("view", () => {
  test.each<[Tensor["dtype"], ArrayBufferView]>([
    ["BOOL", Uint8Array.of(0, 1)],
    ["U8", Uint8Array.of(0, 255)],
    ["I8", Int8Array.of(-128, 127)],
    ["F8_E5M2", Uint8Array.of(0x7c)],
    ["F8_E4M3", Uint8Array.of(0x7f)],
    ["F8_E8M0", Uint8Array.of(0xff)],
    ["F8_E4M3FNUZ", Uint8Array.of(0x80)],
    ["F8_E5M2FNUZ", Uint8Array.of(0x80)],
    ["I16", Int16Array.of(-32768, 32767)],
    ["U16", Uint16Array.of(0, 65535)],
    ["F16", Uint16Array.of(0x3c00)],
    ["BF16", Uint16Array.of(0x3f80)],
    ["I32", Int32Array.of(-(2 ** 31), 2 ** 31 - 1)],
    ["U32", Uint32Array.of(2 ** 32 - 1)],
    ["F32", Float32Array.of(0.1)],
    ["C64", Float32Array.of(1, -1)],
    ["F64", Float64Array.of(0.1)],
    ["I64", BigInt64Array.of(-(2n ** 63n))],
    ["U64", BigUint64Array.of(2n ** 64n - 1n)],
  ])("%s", (dtype, array) => {
    const tensor = make(dtype, array);
    expect(view(tensor)).toEqual(array);
    expect(view(tensor).buffer).toBe(array.buffer);
  });

  test.each(["F4", "F6_E2M3", "F6_E3M2"] as const)("%s has no array", async (dtype) => {
    const error = await failure(() => view(make(dtype, new Uint8Array(3))));
    const bits = dtype === "F4" ? 4 : 6;
    expect([error.code, error.message]).toEqual([
      "DTYPE_UNSUPPORTED",
      `tensor "t": no typed array holds ${dtype}, ${bits} bits an element: use its data`,
    ]);
  });

  test("unaligned data of a tensor made elsewhere is copied", () => {
    const bytes = concat(new Uint8Array(1), bytesOf(Float32Array.of(7))).subarray(1);
    expect(view({ ...make("F32", bytes), data: bytes })).toEqual(Float32Array.of(7));
  });

  test("with a dtype, another one is an error", async () => {
    const floats: Float32Array = view(make("F32", Float32Array.of(1)), "F32");
    expect(floats).toEqual(Float32Array.of(1));
    const error = await failure(() => view(make("F16", Uint16Array.of(1)), "F32"));
    expect([error.code, error.message]).toEqual(["DTYPE_UNSUPPORTED", 'tensor "t": expected dtype F32, got F16']);
  });
});

/** The value of a half by its definition. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 0x3ff;
  if (exponent === 31) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (1024 + mantissa) * 2 ** (exponent - 25);
}

describe("toFloat32", () => {
  const all = Uint16Array.from({ length: 65_536 }, (_, i) => i);

  test("F16: all 65,536 values", () => {
    expect(toFloat32(make("F16", all))).toEqual(Float32Array.from(all, half));
  });

  test.each([
    ["a quiet NaN keeps its payload", 0x7e01, 0x7fc0_2000],
    ["a signalling NaN stays one", 0xfc01, 0xff80_2000],
    ["infinity", 0x7c00, 0x7f80_0000],
    ["minus infinity", 0xfc00, 0xff80_0000],
    ["the least subnormal", 0x0001, 0x3380_0000],
    ["the greatest subnormal", 0x83ff, 0xb87f_c000],
    ["minus zero", 0x8000, 0x8000_0000],
  ])("F16 bits: %s", (_, bits, expected) => {
    expect(new Uint32Array(decodeF16(Uint16Array.of(bits), new Float32Array(1)).buffer)[0]).toBe(expected);
  });

  test("BF16: the bits of all 65,536 values are float32's upper half", () => {
    const floats = toFloat32(make("BF16", all));
    expect(new Uint32Array(floats.buffer)).toEqual(Uint32Array.from(all, (bits) => bits << 16));
  });

  test("F32 is a view, F64 is rounded", () => {
    const f32 = Float32Array.of(1, Number.NaN, -0);
    expect(toFloat32(make("F32", f32)).buffer).toBe(f32.buffer);
    expect(toFloat32(make("F64", Float64Array.of(0.1, 1e300)))).toEqual(Float32Array.of(0.1, Number.POSITIVE_INFINITY));
  });

  test.each<[Tensor["dtype"], ArrayBufferView]>([
    ["F32", Float32Array.of(1.5, -2)],
    ["F64", Float64Array.of(1.5, -2)],
    ["F16", Uint16Array.of(0x3e00, 0xc000)],
    ["BF16", Uint16Array.of(0x3fc0, 0xc000)],
  ])("%s into an array of the caller's", (dtype, array) => {
    const room = new Float32Array(4);
    const out = room.subarray(1, 3);
    expect(toFloat32(make(dtype, array), out)).toBe(out);
    expect(room).toEqual(Float32Array.of(0, 1.5, -2, 0));
  });

  test("an out of another length", async () => {
    const error = await failure(() => toFloat32(make("F16", Uint16Array.of(1, 2)), new Float32Array(3)));
    expect([error.code, error.message]).toEqual([
      "OUT_LENGTH",
      'tensor "t": toFloat32 expects out of 2 elements, got 3',
    ]);
  });

  const floats = ["F32", "F64", "F16", "BF16"];
  test.each(dtypes.filter((dtype) => !floats.includes(dtype)))("%s is refused", async (dtype) => {
    const error = await failure(() => toFloat32(make(dtype, new Uint8Array(24))));
    expect([error.code, error.message]).toEqual([
      "DTYPE_UNSUPPORTED",
      `tensor "t": toFloat32 expects F32, F64, F16 or BF16, got ${dtype}`,
    ]);
  });

  test("decoders write at any place of a buffer", () => {
    const room = new Float32Array(3);
    decodeBF16(Uint16Array.of(0x3f80), room.subarray(1, 2));
    decodeF16(Uint16Array.of(0x3c00), room.subarray(2, 3));
    expect(room).toEqual(Float32Array.of(0, 1, 1));
  });
});
