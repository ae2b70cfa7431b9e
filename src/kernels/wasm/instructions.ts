/**
 * WebAssembly's instructions as nested expressions: `f32x4.add(v128.load(p), acc)`. Each is the bytes that leave one value
 * on the stack, and its type is checked by the compiler, so that an i32 cannot stand where a v128 belongs.
 *
 * The names are those of the text format; only what the kernels use is here.
 */
import { signed, unsigned } from "./leb128.ts";

export type ValueType = "i32" | "f32" | "v128";

/** Bytes, in pieces that other pieces share: a function flattens its code once, when it is built. */
export type Code = readonly (number | Code)[];

export interface Expression<T extends ValueType> {
  readonly type: T;
  readonly code: Code;
}

/** What leaves nothing on the stack: a store. */
export interface Statement {
  readonly code: Code;
}

/** A number stands for a constant. */
export type I32 = Expression<"i32"> | number;
export type F32 = Expression<"f32"> | number;
export type V128 = Expression<"v128">;

const SIMD = 0xfd;

function expression<T extends ValueType>(type: T, ...code: (number | Code)[]): Expression<T> {
  return { type, code };
}

export function i32Code(value: I32): Code {
  return typeof value === "number" ? [0x41, ...signed(value)] : value.code;
}

export function f32Code(value: F32): Code {
  return typeof value === "number" ? [0x43, ...new Uint8Array(Float32Array.of(value).buffer)] : value.code;
}

function binaryI32(opcode: number) {
  return (a: I32, b: I32): Expression<"i32"> => expression("i32", i32Code(a), i32Code(b), opcode);
}

function binaryF32(opcode: number) {
  return (a: F32, b: F32): Expression<"f32"> => expression("f32", f32Code(a), f32Code(b), opcode);
}

function unaryV128(opcode: number) {
  return (a: V128): V128 => expression("v128", a.code, SIMD, ...unsigned(opcode));
}

function binaryV128(opcode: number) {
  return (a: V128, b: V128): V128 => expression("v128", a.code, b.code, SIMD, ...unsigned(opcode));
}

function ternaryV128(opcode: number) {
  return (a: V128, b: V128, c: V128): V128 => expression("v128", a.code, b.code, c.code, SIMD, ...unsigned(opcode));
}

function shiftV128(opcode: number) {
  return (a: V128, bits: I32): V128 => expression("v128", a.code, i32Code(bits), SIMD, ...unsigned(opcode));
}

/** The alignment hint says what every array here has, the size of an element; a constant offset in bytes is free. */
function memory(offset: number): number[] {
  return [2, ...unsigned(offset)];
}

type UnaryV128 = (a: V128) => V128;
type BinaryV128 = (a: V128, b: V128) => V128;
type TernaryV128 = (a: V128, b: V128, c: V128) => V128;
type BinaryI32 = (a: I32, b: I32) => Expression<"i32">;
type BinaryF32 = (a: F32, b: F32) => Expression<"f32">;

export const i32 = {
  type: "i32" as const,
  load: (address: I32, offset: number = 0): Expression<"i32"> =>
    expression("i32", i32Code(address), 0x28, ...memory(offset)),
  add: binaryI32(0x6a) as BinaryI32,
  sub: binaryI32(0x6b) as BinaryI32,
  mul: binaryI32(0x6c) as BinaryI32,
  div_u: binaryI32(0x6e) as BinaryI32,
  and: binaryI32(0x71) as BinaryI32,
  shr_u: binaryI32(0x76) as BinaryI32,
  /** a where the condition is not 0, else b. */
  select: (condition: I32, a: I32, b: I32): Expression<"i32"> =>
    expression("i32", i32Code(a), i32Code(b), i32Code(condition), 0x1b),
  clz: (a: I32): Expression<"i32"> => expression("i32", i32Code(a), 0x67),
  eq: binaryI32(0x46) as BinaryI32,
  lt_u: binaryI32(0x49) as BinaryI32,
  gt_s: binaryI32(0x4a) as BinaryI32,
};

export const f32 = {
  type: "f32" as const,
  load: (address: I32, offset: number = 0): Expression<"f32"> =>
    expression("f32", i32Code(address), 0x2a, ...memory(offset)),
  store: (address: I32, value: F32, offset: number = 0): Statement => ({
    code: [i32Code(address), f32Code(value), 0x38, ...memory(offset)],
  }),
  add: binaryF32(0x92) as BinaryF32,
  sub: binaryF32(0x93) as BinaryF32,
  mul: binaryF32(0x94) as BinaryF32,
  div: binaryF32(0x95) as BinaryF32,
  sqrt: (a: F32): Expression<"f32"> => expression("f32", f32Code(a), 0x91),
  convert_i32_u: (a: I32): Expression<"f32"> => expression("f32", i32Code(a), 0xb3),
};

export const v128 = {
  type: "v128" as const,
  const_i32: (...lanes: readonly [number, number, number, number]): V128 =>
    expression("v128", SIMD, 0x0c, ...new Uint8Array(Int32Array.from(lanes).buffer)),
  load: (address: I32, offset: number = 0): V128 => expression("v128", i32Code(address), SIMD, 0x00, ...memory(offset)),
  load32_splat: (address: I32, offset: number = 0): V128 =>
    expression("v128", i32Code(address), SIMD, 0x09, ...memory(offset)),
  /** Lane 0 from memory, the others zero. */
  load32_zero: (address: I32, offset: number = 0): V128 =>
    expression("v128", i32Code(address), SIMD, 0x5c, ...memory(offset)),
  load32_lane: (address: I32, vector: V128, lane: number, offset: number = 0): V128 =>
    expression("v128", i32Code(address), vector.code, SIMD, 0x56, ...memory(offset), lane),
  store: (address: I32, value: V128, offset: number = 0): Statement => ({
    code: [i32Code(address), value.code, SIMD, 0x0b, ...memory(offset)],
  }),
  store32_lane: (address: I32, value: V128, lane: number, offset: number = 0): Statement => ({
    code: [i32Code(address), value.code, SIMD, 0x5a, ...memory(offset), lane],
  }),
  store64_lane: (address: I32, value: V128, lane: number): Statement => ({
    code: [i32Code(address), value.code, SIMD, 0x5b, ...memory(0), lane],
  }),
  store16_lane: (address: I32, value: V128, lane: number): Statement => ({
    code: [i32Code(address), value.code, SIMD, 0x59, 1, 0, lane],
  }),
  and: binaryV128(0x4e) as BinaryV128,
  or: binaryV128(0x50) as BinaryV128,
  any_true: (a: V128): Expression<"i32"> => expression("i32", a.code, SIMD, 0x53),
};

export const f32x4 = {
  splat: (a: F32): V128 =>
    typeof a === "number"
      ? expression("v128", SIMD, 0x0c, ...new Uint8Array(Float32Array.of(a, a, a, a).buffer))
      : expression("v128", a.code, SIMD, 0x13),
  extract_lane: (a: V128, lane: number): Expression<"f32"> => expression("f32", a.code, SIMD, 0x1f, lane),
  abs: unaryV128(0xe0) as UnaryV128,
  add: binaryV128(0xe4) as BinaryV128,
  sub: binaryV128(0xe5) as BinaryV128,
  mul: binaryV128(0xe6) as BinaryV128,
  div: binaryV128(0xe7) as BinaryV128,
  /** a, or b where it is the smaller (larger): one instruction everywhere, which `min` and `max` with their NaNs are not. */
  pmin: binaryV128(0xea) as BinaryV128,
  pmax: binaryV128(0xeb) as BinaryV128,
  convert_i32x4_s: unaryV128(0xfa) as UnaryV128,
  /** a · b + c, rounded once or twice as the engine likes. */
  relaxed_madd: ternaryV128(0x105) as TernaryV128,
};

export const i32x4 = {
  splat: (a: I32): V128 => expression("v128", i32Code(a), SIMD, 0x11),
  extract_lane: (a: V128, lane: number): Expression<"i32"> => expression("i32", a.code, SIMD, 0x1b, lane),
  eq: binaryV128(0x37) as BinaryV128,
  abs: unaryV128(0xa0) as UnaryV128,
  shl: shiftV128(0xab) as (a: V128, bits: I32) => V128,
  shr_u: shiftV128(0xad) as (a: V128, bits: I32) => V128,
  add: binaryV128(0xae) as BinaryV128,
  sub: binaryV128(0xb1) as BinaryV128,
  mul: binaryV128(0xb5) as BinaryV128,
  max_s: binaryV128(0xb8) as BinaryV128,
  /** Each lane the sum of two products of neighbouring 16-bit integers. */
  dot_i16x8_s: binaryV128(0xba) as BinaryV128,
  /** Four 32-bit lanes of the eight of a and b, by index. */
  shuffle: (a: V128, b: V128, lanes: readonly [number, number, number, number]): V128 =>
    expression("v128", a.code, b.code, SIMD, 0x0d, ...lanes.flatMap((lane) => [0, 1, 2, 3].map((i) => 4 * lane + i))),
};

export const i16x8 = {
  splat: (n: number): V128 => expression("v128", SIMD, 0x0c, ...new Uint8Array(new Int16Array(8).fill(n).buffer)),
  shr_u: shiftV128(0x8d) as (a: V128, bits: I32) => V128,
  add: binaryV128(0x8e) as BinaryV128,
  sub: binaryV128(0x91) as BinaryV128,
  /**
   * Each lane the sum of two products of neighbouring 8-bit integers, those of a signed and those of b from 0 to 127; outside
   * of that, and where a sum passes 16 bits, engines differ.
   */
  relaxed_dot_i8x16_i7x16_s: binaryV128(0x112) as BinaryV128,
  /** The eight 32-bit integers of a and b, saturated to 16 bits. */
  narrow_i32x4_s: binaryV128(0x85) as BinaryV128,
};

export const i8x16 = {
  splat: (n: number): V128 => expression("v128", SIMD, 0x0c, ...new Uint8Array(16).fill(n)),
  /** The sixteen 16-bit integers of a and b, saturated to 8 bits. */
  narrow_i16x8_s: binaryV128(0x65) as BinaryV128,
};
