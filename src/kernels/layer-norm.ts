/**
 * Layer normalization over the last axis.
 *
 *   out[t, h] = (x[t, h] − mean(t)) / sqrt(variance(t) + eps) · weight[h] + bias[h]
 *
 *   out, x        [tokens, hidden]   may be the same array
 *   weight, bias  [hidden]
 *
 * Mean and variance (the population's, divided by hidden) are summed in float64, left to right.
 * Ba, Kiros, Hinton 2016, arXiv:1607.06450; torch.nn.LayerNorm.
 */
export function layerNorm(
  out: Float32Array,
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array,
  tokens: number,
  hidden: number,
  eps: number,
): void {
  for (let t = 0; t < tokens; t++) {
    const row = t * hidden;
    let sum = 0;
    let squares = 0;
    for (let h = 0; h < hidden; h++) sum += x[row + h]!;
    const mean = sum / hidden;
    for (let h = 0; h < hidden; h++) {
      const d = x[row + h]! - mean;
      squares += d * d;
    }
    const scale = 1 / Math.sqrt(squares / hidden + eps);
    for (let h = 0; h < hidden; h++) out[row + h] = (x[row + h]! - mean) * scale * weight[h]! + bias[h]!;
  }
}

/** x = layerNorm(x + y), the residual connection and its normalization; x, y [tokens, hidden]. */
export function addLayerNorm(
  x: Float32Array,
  y: Float32Array,
  weight: Float32Array,
  bias: Float32Array,
  tokens: number,
  hidden: number,
  eps: number,
): void {
  for (let i = 0; i < tokens * hidden; i++) x[i] = x[i]! + y[i]!;
  layerNorm(x, x, weight, bias, tokens, hidden, eps);
}
