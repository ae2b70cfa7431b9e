/*
 * Some kernels get more arguments than their module's function has; WebAssembly ignores those. They are for split.ts, which
 * stands before the function and sees nothing but the arguments of a call: from them it learns by how much to move addresses.
 */

/** Every linear kernel: see `linear` in linear.ts. `panelBytes` and `columnBytes`, from panel to panel, are for split.ts. */
type LinearKernel = (
  out: number,
  outStride: number,
  x: number,
  panels: number,
  columns: number,
  tokens: number,
  steps: number,
  count: number,
  panelBytes: number,
  columnBytes: number,
) => void;

/** `perThread`, by how much scratch grows a thread, is for split.ts. */
type AttentionKernel = (
  out: number,
  qkv: number,
  scratch: number,
  tokens: number,
  heads: number,
  headSize: number,
  scale: number,
  row: number,
  perThread: number,
) => void;

/** What a module exports: pointers and strides in bytes, counts in elements, as the generator of each name says. */
export interface Exports {
  readonly linear: LinearKernel;
  readonly linearInt16: LinearKernel;
  quantizeRows(out: number, x: number, tokens: number, inputs: number, ...rounding: readonly number[]): void;
  /** Of the relaxed module. */
  readonly linearInt4?: LinearKernel;
  readonly linearInt4Plus?: LinearKernel;
  readonly linearInt7?: LinearKernel;
  readonly linearInt7Plus?: LinearKernel;
  quantizeBlocks?(out: number, x: number, blocks: number, ...rounding: readonly number[]): void;
  /** Of the other one. */
  readonly linearWidePlus?: LinearKernel;
  quantizeBlocksWide?(out: number, x: number, blocks: number, ...rounding: readonly number[]): void;
  readonly attention: AttentionKernel;
  readonly attentionInt16: AttentionKernel;
  layerNorm(out: number, x: number, weight: number, bias: number, tokens: number, hidden: number, eps: number): void;
  addLayerNorm(x: number, y: number, weight: number, bias: number, tokens: number, hidden: number, eps: number): void;
  gelu(x: number, length: number): void;
  geluTanh(x: number, length: number): void;
  relu(x: number, length: number): void;
  peak(steps: number): number;
  fusion(value: number, term: number): number;
}

/** 4-bit rows and where their panels go: INT4_ROWS of pack-panels.ts. */
type Int4Rows = readonly [
  out: number,
  outStride: number,
  rows: number,
  scales: number,
  biases: number,
  blocks: number,
  panels: number,
];

/** What a module exports besides where it has the kernels that pack weights: pack-panels.ts, pack-integers.ts. */
export interface PackingExports {
  packFloat32(out: number, outStride: number, rows: number, inputs: number, panels: number): void;
  unpackInt4(...rows: Int4Rows): number;
  packInt4(...rows: [...Int4Rows, blockBytes: number]): void;
  packInt16(out: number, columns: number, from: number, pairs: number, panels: number): number;
  packInt7(out: number, from: number, blocks: number, blockBytes: number): void;
  allFinite(values: number, count: number): number;
}
