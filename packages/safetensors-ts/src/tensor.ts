import { bitsPerElement, type DType } from "./dtype.ts";
import { quote, SafetensorsError } from "./errors.ts";
import { decodeBF16, decodeF16 } from "./half.ts";
import { parseHeader } from "./header.ts";

export interface Tensor {
  readonly name: string;
  readonly dtype: DType;
  /** Empty for a scalar. */
  readonly shape: readonly number[];
  /** The elements, little-endian, the last axis fastest; aligned for `view`. */
  readonly data: Uint8Array;
}

/**
 * The array that `view` gives for a dtype. Floats that JavaScript has no array for come as their bits; C64 as pairs of
 * real and imaginary part. The 4- and 6-bit floats have no array: use `tensor.data`.
 */
export interface Views {
  BOOL: Uint8Array;
  U8: Uint8Array;
  I8: Int8Array;
  F8_E5M2: Uint8Array;
  F8_E4M3: Uint8Array;
  F8_E8M0: Uint8Array;
  F8_E4M3FNUZ: Uint8Array;
  F8_E5M2FNUZ: Uint8Array;
  I16: Int16Array;
  U16: Uint16Array;
  F16: Uint16Array;
  BF16: Uint16Array;
  I32: Int32Array;
  U32: Uint32Array;
  F32: Float32Array;
  C64: Float32Array;
  F64: Float64Array;
  I64: BigInt64Array;
  U64: BigUint64Array;
}
export type TensorView = Views[keyof Views];

interface ViewConstructor<View> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): View;
}

const CONSTRUCTORS: { readonly [D in keyof Views]: ViewConstructor<Views[D]> } & {
  readonly [D in DType]?: ViewConstructor<TensorView>;
} = {
  BOOL: Uint8Array,
  U8: Uint8Array,
  I8: Int8Array,
  F8_E5M2: Uint8Array,
  F8_E4M3: Uint8Array,
  F8_E8M0: Uint8Array,
  F8_E4M3FNUZ: Uint8Array,
  F8_E5M2FNUZ: Uint8Array,
  I16: Int16Array,
  U16: Uint16Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I32: Int32Array,
  U32: Uint32Array,
  F32: Float32Array,
  C64: Float32Array,
  F64: Float64Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
};

/**
 * Parses a whole file in memory.
 *
 * A tensor's data is a view into `bytes` where its place there suits its dtype, as it does in files written by the
 * reference or by `serialize`, and an aligned copy elsewhere.
 */
export function parse(bytes: Uint8Array, where = "safetensors"): Map<string, Tensor> {
  const { tensors, dataStart } = parseHeader(bytes, bytes.length, where);
  const parsed = new Map<string, Tensor>();
  for (const { name, dtype, shape, begin, end } of tensors.values())
    parsed.set(name, { name, dtype, shape, data: alignedSlice(bytes, dataStart + begin, dataStart + end, dtype) });
  return parsed;
}

/** Bytes [begin, end) as a view if it is aligned for the dtype's array, else as a copy. */
export function alignedSlice(bytes: Uint8Array, begin: number, end: number, dtype: DType): Uint8Array {
  // Not subarray, which keeps a Node Buffer a Buffer.
  const slice = new Uint8Array(bytes.buffer, bytes.byteOffset + begin, end - begin);
  return slice.byteOffset % (CONSTRUCTORS[dtype]?.BYTES_PER_ELEMENT ?? 1) === 0 ? slice : new Uint8Array(slice);
}

/**
 * The tensor's elements as a typed array over the same memory, in the machine's byte order, which is the format's
 * little-endian on everything that runs JavaScript today but s390x.
 *
 * With a dtype as the second argument any other one is an error, and the array's type is known.
 */
export function view(tensor: Tensor): TensorView;
export function view<D extends keyof Views>(tensor: Tensor, dtype: D): Views[D];
export function view(tensor: Tensor, dtype: DType = tensor.dtype): TensorView {
  if (tensor.dtype !== dtype)
    throw new SafetensorsError(
      "DTYPE_UNSUPPORTED",
      `tensor ${quote(tensor.name)}: expected dtype ${dtype}, got ${tensor.dtype}`,
    );
  const View: ViewConstructor<TensorView> | undefined = CONSTRUCTORS[dtype];
  if (View === undefined)
    throw new SafetensorsError(
      "DTYPE_UNSUPPORTED",
      `tensor ${quote(tensor.name)}: no typed array holds ${dtype}, ${bitsPerElement(dtype)} bits an element: use its data`,
    );
  const data = alignedSlice(tensor.data, 0, tensor.data.length, dtype);
  return new View(data.buffer, data.byteOffset, data.length / View.BYTES_PER_ELEMENT);
}

/**
 * The elements as float32: F16 and BF16 exactly, F64 rounded to the nearest.
 *
 *   out   [elements]; without it F32 comes as a view over the tensor's memory, the others as a new array
 */
export function toFloat32(tensor: Tensor, out?: Float32Array): Float32Array {
  const { dtype } = tensor;
  if (dtype !== "F32" && dtype !== "F64" && dtype !== "F16" && dtype !== "BF16")
    throw new SafetensorsError(
      "DTYPE_UNSUPPORTED",
      `tensor ${quote(tensor.name)}: toFloat32 expects F32, F64, F16 or BF16, got ${dtype}`,
    );
  const length = tensor.data.length / (bitsPerElement(dtype) / 8);
  if (out !== undefined && out.length !== length)
    throw new SafetensorsError(
      "OUT_LENGTH",
      `tensor ${quote(tensor.name)}: toFloat32 expects out of ${length} elements, got ${out.length}`,
    );
  if (dtype === "F16") return decodeF16(view(tensor, dtype), out ?? new Float32Array(length));
  if (dtype === "BF16") return decodeBF16(view(tensor, dtype), out ?? new Float32Array(length));
  const values = view(tensor, dtype);
  if (out === undefined) return values instanceof Float32Array ? values : new Float32Array(values);
  out.set(values);
  return out;
}
