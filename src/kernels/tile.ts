/**
 * The one inner loop of the scalar matrix products: nine dot products of three rows with three rows.
 *
 * Operands are panels of three rows interleaved by step, `[depth][3]` in float64: a step then reads six neighbouring
 * numbers, converts nothing, and keeps nine sums in registers. Tiles of 2x4 and 3x4 and reading float32 rows directly were
 * slower on Node 20, 22, 24 and Bun 1.4.
 */
export const TILE = 3;

/**
 * sums[at + 3i + j] = Σ_k a[aOffset + 3k + i] · b[bOffset + 3k + j], k < depth
 *
 * Each sum is accumulated in float64 in the order of k by itself, so a row's result does not depend on its neighbours.
 *
 * `| 0` tells V8 that an index does not overflow: without it each of the six additions is checked, which costs a third of
 * the speed (GFLOP/s on Node 20 / 22 / 24: 4.0 / 4.6 / 4.6 against 5.5 / 6.3 / 6.1; Bun 9.9 both ways).
 */
export function multiplyTile(
  sums: Float64Array,
  at: number,
  a: Float64Array,
  aOffset: number,
  b: Float64Array,
  bOffset: number,
  depth: number,
): void {
  let s00 = 0;
  let s01 = 0;
  let s02 = 0;
  let s10 = 0;
  let s11 = 0;
  let s12 = 0;
  let s20 = 0;
  let s21 = 0;
  let s22 = 0;
  const end = (aOffset + TILE * depth) | 0;
  for (let i = aOffset | 0, j = bOffset | 0; i < end; i = (i + 3) | 0, j = (j + 3) | 0) {
    const a0 = a[i]!;
    const a1 = a[(i + 1) | 0]!;
    const a2 = a[(i + 2) | 0]!;
    const b0 = b[j]!;
    const b1 = b[(j + 1) | 0]!;
    const b2 = b[(j + 2) | 0]!;
    s00 += a0 * b0;
    s01 += a0 * b1;
    s02 += a0 * b2;
    s10 += a1 * b0;
    s11 += a1 * b1;
    s12 += a1 * b2;
    s20 += a2 * b0;
    s21 += a2 * b1;
    s22 += a2 * b2;
  }
  sums[at] = s00;
  sums[at + 1] = s01;
  sums[at + 2] = s02;
  sums[at + 3] = s10;
  sums[at + 4] = s11;
  sums[at + 5] = s12;
  sums[at + 6] = s20;
  sums[at + 7] = s21;
  sums[at + 8] = s22;
}

/**
 * Packs `count` rows of `depth` float32 values, `stride` apart from x[offset], into panels of three rows
 * `[ceil(count / 3)][depth][3]`; the rows missing from the last panel are zeros.
 */
export function packRows(
  panels: Float64Array,
  x: Float32Array,
  offset: number,
  stride: number,
  count: number,
  depth: number,
  scale: number,
): void {
  for (let row = 0; row < roundUp(count); row++) {
    const panel = (row - (row % TILE)) * depth + (row % TILE);
    if (row >= count) for (let k = 0; k < depth; k++) panels[panel + TILE * k] = 0;
    else {
      const from = offset + row * stride;
      for (let k = 0; k < depth; k++) panels[panel + TILE * k] = x[from + k]! * scale;
    }
  }
}

/** The least multiple of the tile's side that holds n. */
export function roundUp(n: number): number {
  return Math.ceil(n / TILE) * TILE;
}
