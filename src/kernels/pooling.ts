/** How the hidden states of a text become one vector; the names are sentence-transformers'. */
export type PoolingMode = "cls" | "max" | "mean" | "mean_sqrt_len_tokens" | "weightedmean" | "lasttoken";

/**
 * Pools each text's hidden states [tokens, size] into out [texts, size].
 *
 *   starts  [texts + 1]  text i is the tokens from starts[i] to starts[i + 1]
 *   begins  [texts]      where text i's pool begins: starts[i], or later where a prompt's tokens are left out
 *
 *   mean                  Σ h[t] / n                  cls        h[begins[i]]
 *   mean_sqrt_len_tokens  Σ h[t] / √n                 lasttoken  h[starts[i + 1] − 1]
 *   weightedmean          Σ w(t)·h[t] / Σ w(t)        max        the largest of each component
 *                         w(t) = 1 + t − starts[i]
 *
 * An empty pool, of a text without tokens or of one that a prompt fills, is a zero vector. Only `cls` then takes the text's
 * first token, where there is one, as sentence-transformers does. Sums are in float64, first token first.
 * Reimers, Gurevych 2019, arXiv:1908.10084; weightedmean: Muennighoff 2022, arXiv:2202.08904.
 */
export function pool(
  out: Float32Array,
  hidden: Float32Array,
  begins: Int32Array,
  starts: Int32Array,
  size: number,
  mode: PoolingMode,
): void {
  for (let text = 0; text + 1 < starts.length; text++) {
    const start = starts[text]!;
    const end = starts[text + 1]!;
    const row = out.subarray(text * size, (text + 1) * size);
    const begin = mode === "cls" && begins[text]! >= end ? start : begins[text]!;
    if (begin >= end) {
      row.fill(0);
    } else if (mode === "cls") {
      row.set(hidden.subarray(begin * size, (begin + 1) * size));
    } else if (mode === "lasttoken") {
      row.set(hidden.subarray((end - 1) * size, end * size));
    } else if (mode === "max") {
      poolMax(row, hidden, begin, end, size);
    } else {
      poolSum(row, hidden, begin, start, end, size, mode);
    }
  }
}

function poolMax(row: Float32Array, hidden: Float32Array, begin: number, end: number, size: number): void {
  for (let h = 0; h < size; h++) {
    let largest = hidden[begin * size + h]!;
    for (let t = begin + 1; t < end; t++) largest = Math.max(largest, hidden[t * size + h]!);
    row[h] = largest;
  }
}

function poolSum(
  row: Float32Array,
  hidden: Float32Array,
  begin: number,
  start: number,
  end: number,
  size: number,
  mode: "mean" | "mean_sqrt_len_tokens" | "weightedmean",
): void {
  const weighted = mode === "weightedmean";
  let total = 0;
  for (let t = begin; t < end; t++) total += weighted ? 1 + t - start : 1;
  const divisor = mode === "mean_sqrt_len_tokens" ? Math.sqrt(total) : total;
  for (let h = 0; h < size; h++) {
    let sum = 0;
    for (let t = begin; t < end; t++) sum += hidden[t * size + h]! * (weighted ? 1 + t - start : 1);
    row[h] = sum / divisor;
  }
}
