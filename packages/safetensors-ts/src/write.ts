import { bitsPerElement, type DType, dtypes, isDType } from "./dtype.ts";
import { count, list, quote, SafetensorsError } from "./errors.ts";
import { MAX_HEADER_LENGTH } from "./header.ts";

export interface TensorInput {
  readonly name: string;
  /** Without it the array's own: F32 for a Float32Array, U8 for a Uint8Array, and so on. */
  readonly dtype?: DType | undefined;
  readonly shape: readonly number[];
  /** The elements, little-endian: a typed array, or bytes. */
  readonly data: ArrayBufferView;
}

export type Metadata = Readonly<Record<string, string>> | ReadonlyMap<string, string>;

const DTYPE_OF_ARRAY: Readonly<Record<string, DType>> = {
  Uint8Array: "U8",
  Uint8ClampedArray: "U8",
  Int8Array: "I8",
  Uint16Array: "U16",
  Int16Array: "I16",
  Float16Array: "F16",
  Uint32Array: "U32",
  Int32Array: "I32",
  Float32Array: "F32",
  Float64Array: "F64",
  BigUint64Array: "U64",
  BigInt64Array: "I64",
};

/** A whole file in one array. For files that are large for memory, `serializeParts` copies no tensor. */
export function serialize(tensors: Iterable<TensorInput>, metadata?: Metadata): Uint8Array<ArrayBuffer> {
  const parts = serializeParts(tensors, metadata);
  const file = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}

/**
 * A file in parts, to be written one after the other: the header, then each tensor's bytes as a view of its `data`.
 *
 * The tensors are laid out as the reference does it, the widest dtype first and by name within a dtype, after a header
 * padded with spaces to a multiple of 8, so that each tensor is aligned for its dtype.
 */
export function serializeParts(tensors: Iterable<TensorInput>, metadata?: Metadata): Uint8Array[] {
  const sorted = Array.from(tensors, checkTensor).sort(
    (a, b) => dtypes.indexOf(b.dtype) - dtypes.indexOf(a.dtype) || compareCodePoints(a.name, b.name),
  );
  const names = new Set<string>();
  const members: string[] = [];
  if (metadata !== undefined) members.push(`"__metadata__":${metadataJson(metadata)}`);
  let at = 0;
  for (const { name, dtype, shape, bytes } of sorted) {
    if (names.has(name)) throw new SafetensorsError("BAD_TENSOR", `serialize: two tensors are named ${quote(name)}`);
    names.add(name);
    const offsets = [at, (at += bytes.length)];
    members.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: offsets })}`);
  }
  return [headerBytes(`{${members.join(",")}}`), ...sorted.map(({ bytes }) => bytes)];
}

function headerBytes(json: string): Uint8Array {
  const text = new TextEncoder().encode(json);
  const length = Math.ceil(text.length / 8) * 8;
  if (length > MAX_HEADER_LENGTH)
    throw new SafetensorsError(
      "HEADER_TOO_LARGE",
      `serialize: expected a header of at most ${count(MAX_HEADER_LENGTH)} bytes, got ${count(length)}`,
    );
  const bytes = new Uint8Array(8 + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, 8);
  return bytes;
}

interface CheckedTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

function checkTensor({ name, dtype, shape, data }: TensorInput): CheckedTensor {
  const fail = (message: string): never => {
    throw new SafetensorsError("BAD_TENSOR", `serialize: tensor ${quote(String(name))}: ${message}`);
  };
  if (typeof name !== "string" || name === "__metadata__" || isIllFormed(name))
    return fail("expected a well-formed string other than __metadata__ as its name");
  if (!ArrayBuffer.isView(data)) return fail("expected a typed array as its data");
  const kind = dtype ?? DTYPE_OF_ARRAY[Object.prototype.toString.call(data).slice(8, -1)];
  if (!isDType(kind)) return fail(`expected a dtype, one of ${dtypes.join(", ")}, got ${kind}`);
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0))
    return fail(`expected a shape of integers from 0, got ${list(shape)}`);
  const elements = shape.reduce((product, size) => {
    if (product * size > Number.MAX_SAFE_INTEGER) fail(`shape ${list(shape)} is over 2^53 elements`);
    return product * size;
  }, 1);
  const expected = (elements * bitsPerElement(kind)) / 8;
  if (data.byteLength !== expected)
    return fail(`${kind} shape ${list(shape)} needs ${count(expected)} bytes, got ${count(data.byteLength)}`);
  return { name, dtype: kind, shape, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

function metadataJson(metadata: Metadata): string {
  const entries = metadata instanceof Map ? [...metadata] : Object.entries(metadata as Record<string, string>);
  const members = entries.map(([key, value]) => {
    if (typeof key !== "string" || typeof value !== "string" || isIllFormed(key) || isIllFormed(value))
      throw new SafetensorsError(
        "BAD_METADATA",
        `serialize: metadata ${quote(String(key))}: expected well-formed strings, got ${typeof value === "string" ? quote(value) : typeof value}`,
      );
    return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
  });
  return `{${members.join(",")}}`;
}

/** Has a lone surrogate, which UTF-8 cannot hold. */
function isIllFormed(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}

/** The order of the names' UTF-8 bytes, by which the reference sorts; `<` compares UTF-16 units. */
function compareCodePoints(a: string, b: string): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    // Where two strings first differ, a surrogate stands for a code point above the other's.
    if (x !== y) return (isSurrogate(x) ? x + 0x1_0000 : x) - (isSurrogate(y) ? y + 0x1_0000 : y);
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
