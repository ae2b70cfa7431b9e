import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import {
  bitsPerElement,
  decodeBF16,
  decodeF16,
  dtypes,
  parse,
  SafetensorsError,
  serialize,
  type Tensor,
  type TensorInput,
} from "safetensors-ts";
import { beforeAll, describe, expect, test } from "vitest";
import { mutatedFile, Random } from "./safetensors-mutations.ts";

const SCRIPT = fileURLToPath(new URL("safetensors-reference.py", import.meta.url));

/** Runs the Python reference; SISKIN_PYTHON is an interpreter that has safetensors 0.8.0 and numpy. */
function reference(command: string, input: Uint8Array = new Uint8Array(0)): Buffer {
  return execFileSync(process.env["SISKIN_PYTHON"] ?? "python3", [SCRIPT, command], { input, maxBuffer: 1 << 28 });
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

type Described = [name: string, dtype: string, shape: readonly number[], data: string];
const describeAll = (tensors: Iterable<Tensor>): Described[] =>
  Array.from(tensors, ({ name, dtype, shape, data }): Described => [name, dtype, shape, hex(data)]).sort(byName);
const byName = (a: Described, b: Described): number => (a[0] < b[0] ? -1 : 1);

/** The reference's verdict on each file: its tensors, or the text of the error. */
function judge(files: readonly Uint8Array[]): (Described[] | string)[] {
  const pack = Buffer.concat(files.flatMap((file) => [Buffer.from(Uint32Array.of(file.length).buffer), file]));
  const { version, verdicts } = JSON.parse(reference("judge", pack).toString());
  expect(version).toBe("0.8.0");
  return verdicts;
}

describe("10,000 mutated files", () => {
  const SEED = 20_261_124;
  const FILES = 10_000;
  interface Case {
    readonly place: string;
    readonly file: Uint8Array;
    readonly theirs: Described[] | string;
    readonly ours: Described[] | SafetensorsError;
  }
  let cases: Case[];

  beforeAll(() => {
    const random = new Random(SEED);
    const files = Array.from({ length: FILES }, () => mutatedFile(random));
    const verdicts = judge(files);
    cases = files.map((file, i) => {
      const theirs = verdicts[i]!;
      let ours: Case["ours"];
      try {
        ours = describeAll(parse(file).values());
      } catch (error) {
        if (!(error instanceof SafetensorsError)) throw error;
        ours = error;
      }
      return { place: `seed ${SEED}, file ${i}: ${Buffer.from(file).toString("latin1")}`, file, theirs, ours };
    });
  });

  test("a healthy share is accepted, and every refusal of the format occurs", () => {
    const accepted = cases.filter(({ theirs }) => typeof theirs !== "string").length;
    console.log(`${accepted} of ${FILES} files accepted by the reference`);
    expect(accepted / FILES).toBeGreaterThan(0.3);
    expect(accepted / FILES).toBeLessThan(0.7);
    const codes = new Set(cases.map(({ ours }) => (ours instanceof SafetensorsError ? ours.code : "")));
    for (const code of [
      "FILE_TOO_SMALL",
      "HEADER_TOO_LARGE",
      "HEADER_TRUNCATED",
      "HEADER_UTF8",
      "HEADER_JSON",
      "HEADER_FIELD",
      "DUPLICATE_TENSOR",
      "UNKNOWN_DTYPE",
      "SHAPE_OVERFLOW",
      "PARTIAL_BYTE",
      "TENSOR_SIZE",
      "OFFSETS_REVERSED",
      "OFFSETS_BEYOND",
      "OFFSETS_GAP",
      "OFFSETS_OVERLAP",
      "TRAILING_BYTES",
    ] as const)
      expect(codes, code).toContain(code);
  });

  test("what the reference refuses is refused", () => {
    for (const { place, theirs, ours } of cases)
      if (typeof theirs === "string") expect(ours, `${place}\nreference: ${theirs}`).toBeInstanceOf(SafetensorsError);
  });

  test("what it accepts is accepted and read alike; only a tensor name that comes twice is refused", () => {
    for (const { place, theirs, ours } of cases) {
      if (typeof theirs === "string") continue;
      if (ours instanceof SafetensorsError) expect(ours.code, `${place}\n${ours.message}`).toBe("DUPLICATE_TENSOR");
      else expect(ours, place).toEqual(theirs.sort(byName));
    }
  });
});

describe("the writer", () => {
  const random = new Random(7);
  const bytes = (n: number): Uint8Array => Uint8Array.from({ length: n }, () => random.below(256));
  const NUMPY = {
    BOOL: "bool",
    U8: "uint8",
    I8: "int8",
    U16: "uint16",
    I16: "int16",
    F16: "float16",
    U32: "uint32",
    I32: "int32",
    F32: "float32",
    C64: "complex64",
    F64: "float64",
    U64: "uint64",
    I64: "int64",
  };
  const input = (dtype: Tensor["dtype"], shape: number[], name = `${dtype} ${shape}`): TensorInput => {
    const data = bytes((shape.reduce((a, b) => a * b, 1) * bitsPerElement(dtype)) / 8);
    return { name, dtype, shape, data: dtype === "BOOL" ? data.map((byte) => byte & 1) : data };
  };
  const shapes = [[], [0], [1], [3, 2], [2, 0, 5], [2, 3, 4]];

  test("files of every dtype load in the reference", () => {
    const inputs = dtypes.flatMap((dtype) => [[8], [2, 0], [4, 2, 3]].map((shape) => input(dtype, shape)));
    const [theirs] = judge([serialize(inputs)]);
    const expected = inputs.map((t): Described => [t.name, t.dtype!, t.shape, hex(t.data as Uint8Array)]);
    expect((theirs as Described[]).sort(byName)).toEqual(expected.sort(byName));
  });

  test("numpy arrays of every dtype are equal", () => {
    const inputs = Object.keys(NUMPY).flatMap((dtype) => shapes.map((shape) => input(dtype as Tensor["dtype"], shape)));
    const loaded = JSON.parse(reference("load", serialize(inputs)).toString());
    expect(Object.keys(loaded)).toHaveLength(inputs.length);
    for (const { name, dtype, shape, data } of inputs)
      expect(loaded[name], name).toEqual([NUMPY[dtype as keyof typeof NUMPY], shape, hex(data as Uint8Array)]);
  });

  test("the reference writes the same bytes", () => {
    const names = [
      "b",
      "a",
      "a.b",
      "A",
      "é",
      "\uffff",
      "\u{10000}",
      '"\\\n\t\u0001\u007f\u2028',
      "",
      "layer.10",
      "layer.9",
    ];
    const inputs = [
      ...names.map((name) => input("F32", [2], name)),
      ...Object.keys(NUMPY).flatMap((dtype) => shapes.map((shape) => input(dtype as Tensor["dtype"], shape))),
    ];
    for (const metadata of [undefined, { 'k"\\\n': "v\u0000é😀" }]) {
      const file = serialize(random.shuffle(inputs), metadata);
      expect(hex(reference("save", file))).toBe(hex(file));
    }
  });
});

test("all 65,536 values of F16 and BF16", () => {
  const expected = new Uint32Array(new Uint8Array(reference("halves")).buffer);
  const all = Uint16Array.from({ length: 65_536 }, (_, i) => i);
  const bits = (floats: Float32Array): Uint32Array => new Uint32Array(floats.buffer).map(quieten);
  expect(bits(decodeF16(all, new Float32Array(65_536)))).toEqual(expected.slice(0, 65_536).map(quieten));
  expect(bits(decodeBF16(all, new Float32Array(65_536)))).toEqual(expected.slice(65_536).map(quieten));
});

/** Signalling NaNs as quiet ones: processors differ in whether a conversion keeps them apart. */
function quieten(bits: number): number {
  return (bits & 0x7fff_ffff) > 0x7f80_0000 ? bits | 0x40_0000 : bits;
}
