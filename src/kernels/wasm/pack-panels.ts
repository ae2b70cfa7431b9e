/**
 * Weights as checkpoints store them, `../matrix.ts`, into panels of eight outputs. Eight rows are read at a time and transposed:
 * a vector is then one input of four outputs.
 */
import { BLOCK } from "../quantize.ts";
import { type Func, type FunctionBuilder, func, funcOf, type Local } from "./function.ts";
import { f32x4, type I32, i16x8, i32, i32x4, type V128, v128 } from "./instructions.ts";
import { WIDTH } from "./layout.ts";
import { transpose } from "./transpose.ts";

const STEP = 4 * WIDTH; // bytes of an input of a panel of float32
const HALVES = [0, 1] as const;

/**
 * Float32 as it is.
 *
 *   rows  [8 · panels, inputs]
 *   out   [panels, inputs, 8]   panels outStride bytes apart
 */
export function packFloat32(): Func {
  return func("packFloat32", { out: i32, outStride: i32, rows: i32, inputs: i32, panels: i32 }, (f, p) => {
    const rowBytes = f.local(i32, i32.mul(p.inputs, 4));
    const rows = Array.from({ length: WIDTH }, () => f.local(i32));
    const out = f.local(i32);
    f.times(p.panels, () => {
      f.set(out, p.out);
      setRows(f, rows, p.rows, rowBytes);
      f.times(i32.shr_u(p.inputs, 2), () => {
        for (const half of HALVES) {
          for (const [k, step] of transposeRows(f, rows, half).entries()) {
            f.do(v128.store(out, step, STEP * k + 16 * half));
          }
        }
        for (const row of rows) f.advance(row, 16);
        f.advance(out, 4 * STEP);
      });
      f.times(i32.and(p.inputs, 3), () => {
        for (const half of HALVES) f.do(v128.store(out, gather(f, rows, half), 16 * half));
        for (const row of rows) f.advance(row, 4);
        f.advance(out, STEP);
      });
      f.set(p.rows, rows[WIDTH - 1]!);
      f.advance(p.out, p.outStride);
    });
  });
}

const INT4_ROWS = { out: i32, outStride: i32, rows: i32, scales: i32, biases: i32, blocks: i32, panels: i32 };

/**
 * 4-bit groups as float32: scale · q + bias. Gives 0 where that was exact but for the last rounding: where every scale ends in
 * four zero bits, as those from 16-bit floats do, so that its products have no more than 24 bits.
 *
 *   rows            [8 · panels, 4 · blocks]   eight values a word
 *   scales, biases  [8 · panels, blocks]
 *   out             [panels, 32 · blocks, 8]   panels outStride bytes apart
 */
export function unpackInt4(): Func {
  return funcOf("unpackInt4", i32, INT4_ROWS, (f, p) => {
    const nibble = f.local(v128, i32x4.splat(15));
    const lost = f.local(v128);
    forBlocks(
      f,
      p,
      (out, half, words, scale, bias) => {
        f.set(lost, v128.or(lost, scale));
        for (const [i, word] of words.entries()) {
          for (let n = 0; n < 8; n++) {
            const q = f32x4.convert_i32x4_s(v128.and(i32x4.shr_u(word, 4 * n), nibble));
            f.do(v128.store(out, f32x4.add(f32x4.mul(q, scale), bias), STEP * (8 * i + n) + 16 * half));
          }
        }
      },
      BLOCK * STEP,
    );
    return v128.any_true(v128.and(lost, nibble));
  });
}

/**
 * 4-bit groups as the int8 kernels read them.
 *
 *   rows, scales, biases   as above
 *   out  [panels, blocks]  blockBytes each: the weights as two nibbles a byte or as int16 less 8; scales [8]; where there is room,
 *                          biases [8]
 */
export function packInt4(form: "bytes" | "wide"): Func {
  const isWide = form === "wide";
  const weightBytes = BLOCK * WIDTH * (isWide ? 2 : 0.5);
  return func("packInt4", { ...INT4_ROWS, blockBytes: i32 }, (f, p) => {
    forBlocks(
      f,
      p,
      (out, half, words, scale, bias) => {
        for (const [i, word] of words.entries()) {
          const stored = isWide ? widenNibbles(word) : [pairNibbles(f, word)];
          for (const [k, vector] of stored.entries()) {
            f.do(v128.store(out, vector, STEP * (stored.length * i + k) + 16 * half));
          }
        }
        f.do(v128.store(out, scale, weightBytes + 16 * half));
        f.if(i32.gt_s(p.blockBytes, weightBytes + STEP), () => {
          const offset = isWide ? f32x4.add(bias, f32x4.mul(scale, f32x4.splat(8))) : bias;
          f.do(v128.store(out, offset, weightBytes + STEP + 16 * half));
        });
      },
      p.blockBytes,
    );
  });
}

type BlockBody = (out: Local<"i32">, half: 0 | 1, words: readonly V128[], scale: V128, bias: V128) => void;
type Int4Rows = { readonly [Name in keyof typeof INT4_ROWS]: Local<"i32"> };

/** Runs the body for the blocks of 32 inputs of each panel, in halves of four outputs: words [4][4 outputs]. */
function forBlocks(f: FunctionBuilder, p: Int4Rows, body: BlockBody, outBytes: I32): void {
  const rowBytes = f.local(i32, i32.mul(p.blocks, 16));
  const scaleBytes = f.local(i32, i32.mul(p.blocks, 4));
  const [rows, scales, biases] = [1, 2, 3].map(() => Array.from({ length: WIDTH }, () => f.local(i32))) as [
    Local<"i32">[],
    Local<"i32">[],
    Local<"i32">[],
  ];
  const out = f.local(i32);
  f.times(p.panels, () => {
    f.set(out, p.out);
    setRows(f, rows, p.rows, rowBytes);
    setRows(f, scales, p.scales, scaleBytes);
    setRows(f, biases, p.biases, scaleBytes);
    f.times(p.blocks, () => {
      for (const half of HALVES) {
        body(out, half, transposeRows(f, rows, half), gather(f, scales, half), gather(f, biases, half));
      }
      for (const row of rows) f.advance(row, 16);
      for (const pointer of [...scales, ...biases]) f.advance(pointer, 4);
      f.advance(out, outBytes);
    });
    f.set(p.rows, rows[WIDTH - 1]!); // the last row ends where the next panel begins
    f.set(p.scales, scales[WIDTH - 1]!);
    f.set(p.biases, biases[WIDTH - 1]!);
    f.advance(p.out, p.outStride);
  });
}

function setRows(f: FunctionBuilder, rows: readonly Local<"i32">[], first: Local<"i32">, bytes: Local<"i32">): void {
  f.set(rows[0]!, first);
  for (let i = 1; i < rows.length; i++) f.set(rows[i]!, i32.add(rows[i - 1]!, bytes));
}

/** Four words of four rows, as four vectors of a word each. */
function transposeRows(f: FunctionBuilder, rows: readonly Local<"i32">[], half: 0 | 1): Local<"v128">[] {
  return transpose(
    f,
    rows.slice(4 * half, 4 * half + 4).map((row) => v128.load(row)),
  );
}

/** One word of four rows. */
function gather(f: FunctionBuilder, rows: readonly Local<"i32">[], half: 0 | 1): Local<"v128"> {
  const four = rows.slice(4 * half, 4 * half + 4);
  return f.local(
    v128,
    four.reduce<V128>(
      (vector, row, lane) => (lane === 0 ? vector : v128.load32_lane(row, vector, lane)),
      v128.load32_zero(four[0]!),
    ),
  );
}

const EVEN_NIBBLES = 0x0f0f0f0f;

/** Eight nibbles, least significant first, as four bytes: nibbles 0 to 3 in their low halves, 4 to 7 in their high ones. */
function pairNibbles(f: FunctionBuilder, word: V128): V128 {
  const spread = (four: V128): V128 => {
    const two = f.local(v128, v128.and(v128.or(four, i32x4.shl(four, 8)), i32x4.splat(0x00ff00ff)));
    return v128.and(v128.or(two, i32x4.shl(two, 4)), i32x4.splat(EVEN_NIBBLES));
  };
  const [low, high] = [v128.and(word, i32x4.splat(0xffff)), i32x4.shr_u(word, 16)].map((four) => f.local(v128, four));
  return v128.or(spread(low!), i32x4.shl(spread(high!), 4));
}

/** Eight nibbles less eight as int16, two a word. */
function widenNibbles(word: V128): V128[] {
  return [0, 8, 16, 24].map((at) => {
    const pair = i32x4.shr_u(word, at);
    const [even, odd] = [v128.and(pair, i32x4.splat(15)), v128.and(i32x4.shl(pair, 12), i32x4.splat(15 << 16))];
    return i16x8.sub(v128.or(even, odd), i16x8.splat(8));
  });
}
