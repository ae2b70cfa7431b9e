import { bitsPerElement, type DType } from "./dtype.ts";
import { count, list, quote, SafetensorsError, type SafetensorsErrorCode } from "./errors.ts";

const MAX_BITS = 0xffff_ffff_ffff_ffffn;

export interface TensorInfo {
  readonly name: string;
  readonly dtype: DType;
  /** Empty for a scalar. A dimension above 2^53, which only a tensor without elements can have, is rounded. */
  readonly shape: readonly number[];
  /** The tensor's bytes are [begin, end) of the data section. */
  readonly begin: number;
  readonly end: number;
}

/** A tensor as its header declares it, unchecked; bigints where numbers would not be exact. */
export interface DeclaredTensor {
  readonly dtype: DType;
  readonly shape: readonly (number | bigint)[];
  readonly begin: number | bigint;
  readonly end: number | bigint;
}

/** Throws an error about one tensor. */
export type TensorFailure = (code: SafetensorsErrorCode, message: string) => never;

export function tensorFailure(where: string, name: string): TensorFailure {
  return (code, message) => {
    throw new SafetensorsError(code, `${where}: tensor ${quote(name)}: ${message}`);
  };
}

/** Checks each tensor by itself, then that together they fill the data section. */
export function checkTensors(
  declared: ReadonlyMap<string, DeclaredTensor>,
  dataLength: number,
  where: string,
): Map<string, TensorInfo> {
  const tensors = new Map<string, TensorInfo>();
  for (const [name, tensor] of declared)
    tensors.set(name, checkTensor(name, tensor, dataLength, tensorFailure(where, name)));
  checkLayout(tensors.values(), dataLength, where);
  return tensors;
}

function checkTensor(
  name: string,
  { dtype, shape, begin, end }: DeclaredTensor,
  dataLength: number,
  fail: TensorFailure,
): TensorInfo {
  if (end < begin) fail("OFFSETS_REVERSED", `data_offsets [${begin}, ${end}] run backwards`);
  if (end > dataLength)
    fail(
      "OFFSETS_BEYOND",
      `data_offsets [${begin}, ${end}] reach beyond the ${count(dataLength)} bytes of data in the file`,
    );
  const span = Number(end) - Number(begin);
  const bits = bitLength(dtype, shape, fail);
  if (Number(bits) % 8 !== 0)
    fail("PARTIAL_BYTE", `${dtype} shape ${list(shape)} is ${count(bits)} bits, not whole bytes`);
  if (Number(bits) / 8 !== span)
    fail(
      "TENSOR_SIZE",
      `${dtype} shape ${list(shape)} needs ${count(BigInt(bits) / 8n)} bytes, ` +
        `data_offsets [${begin}, ${end}] span ${count(span)}`,
    );
  return { name, dtype, shape: shape.map(Number), begin: Number(begin), end: Number(end) };
}

/**
 * Bits of a tensor. Overflow is judged as the reference does, in 64 bits from left to right: [2^63, 2, 0] is refused
 * though it has no elements, [0, 2^63, 2] is not.
 */
function bitLength(dtype: DType, shape: readonly (number | bigint)[], fail: TensorFailure): number | bigint {
  const multiply = (a: number | bigint, b: number | bigint): number | bigint => {
    const product = Number(a) * Number(b);
    if (product <= Number.MAX_SAFE_INTEGER) return product;
    const exact = BigInt(a) * BigInt(b);
    if (exact > MAX_BITS) fail("SHAPE_OVERFLOW", `${dtype} shape ${list(shape)} is over 2^64 bits`);
    return exact;
  };
  return multiply(shape.reduce(multiply, 1), bitsPerElement(dtype));
}

/** Sorted by offset, the tensors must cover the data section: no gap, no overlap, no byte left over. */
function checkLayout(tensors: Iterable<TensorInfo>, dataLength: number, where: string): void {
  const sorted = [...tensors].sort((a, b) => a.begin - b.begin || a.end - b.end);
  let at = 0;
  let before: string | undefined;
  for (const { name, begin, end } of sorted) {
    if (begin !== at) {
      const neighbour = before === undefined ? "the start of the data" : `tensor ${quote(before)}`;
      const message = begin > at ? `leaves a gap after ${neighbour}` : `overlaps ${neighbour}`;
      throw new SafetensorsError(
        begin > at ? "OFFSETS_GAP" : "OFFSETS_OVERLAP",
        `${where}: tensor ${quote(name)} ${message}: expected it to begin at ${at}, got ${begin}`,
      );
    }
    at = end;
    before = name;
  }
  if (at !== dataLength)
    throw new SafetensorsError(
      "TRAILING_BYTES",
      `${where}: expected ${count(at)} bytes of data, got ${count(dataLength)}: no tensor claims the rest`,
    );
}
