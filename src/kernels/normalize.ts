/**
 * Scales each row of x [rows, size] to unit length, in place: x / max(‖x‖₂, 1e-12), as torch.nn.functional.normalize.
 * The norm is summed in float64; a zero row stays zero.
 */
export function normalize(x: Float32Array, rows: number, size: number): void {
  for (let row = 0; row < rows; row++) {
    const end = (row + 1) * size;
    let squares = 0;
    for (let i = row * size; i < end; i++) squares += x[i]! * x[i]!;
    const norm = Math.max(Math.sqrt(squares), 1e-12);
    for (let i = row * size; i < end; i++) x[i] = x[i]! / norm;
  }
}
