/**
 * Weight matrices as checkpoints store them: `[rows, columns]`, row-major, a row an output.
 *
 *   float32     one float32 a value
 *   quantized4  eight 4-bit values a uint32, least significant first; each group of `groupSize` values along a row has a
 *               scale and a bias: value = scale · q + bias, q in 0..15. The layout of MLX's `quantize`.
 *
 *               packed [rows, columns / 8]; scales, biases [rows, columns / groupSize]
 */
export type Matrix = Float32Matrix | Quantized4Matrix;

export interface Float32Matrix {
  readonly format: "float32";
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

export interface Quantized4Matrix {
  readonly format: "quantized4";
  readonly rows: number;
  readonly columns: number;
  readonly groupSize: number;
  readonly packed: Uint32Array;
  readonly scales: Float32Array;
  readonly biases: Float32Array;
}

/** A linear layer: matrices of equal width stacked along the outputs (fused q, k, v are three), and one bias [outputs]. */
export interface LinearWeights {
  readonly inputs: number;
  readonly outputs: number;
  readonly matrices: readonly Matrix[];
  readonly bias: Float32Array;
  /** int8: whether 7-bit weights see blocks of the inputs without a middle, faster: where no value stands out (see quantize.ts). */
  readonly uncentred?: boolean | undefined;
}

/** Writes one row of a matrix, as float64 or float32 values, to out[offset], out[offset + stride], … */
export function unpackRow(
  out: Float64Array | Float32Array,
  offset: number,
  stride: number,
  matrix: Matrix,
  row: number,
): void {
  const { columns } = matrix;
  if (matrix.format === "float32") {
    const { data } = matrix;
    for (let k = 0, from = row * columns; k < columns; k++, offset += stride) out[offset] = data[from + k]!;
    return;
  }
  const { packed, scales, biases, groupSize } = matrix;
  const words = groupSize / 8;
  const groups = columns / groupSize;
  let word = (row * columns) / 8;
  for (let g = row * groups; g < (row + 1) * groups; g++) {
    const scale = scales[g]!;
    const bias = biases[g]!;
    for (let w = 0; w < words; w++) {
      let bits = packed[word++]!;
      for (let i = 0; i < 8; i++, bits >>>= 4, offset += stride) out[offset] = Math.fround(scale * (bits & 15) + bias);
    }
  }
}
