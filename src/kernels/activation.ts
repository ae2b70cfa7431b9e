import { erf } from "./erf.ts";
import { exp } from "./exp.ts";

/** The activations that checkpoints name, by what they compute. */
export type Activation = "gelu" | "gelu_tanh" | "relu" | "tanh" | "identity";

/**
 * x = activation(x), the first `length` values, in place; each value computed in float64 and rounded once.
 *
 *   gelu       x/2 · (1 + erf(x/√2))                          torch.nn.GELU(), the exact form
 *   gelu_tanh  x/2 · (1 + tanh(√(2/π) · (x + 0.044715·x³)))   torch.nn.GELU("tanh")
 *
 * Hendrycks, Gimpel 2016, arXiv:1606.08415.
 */
export function activate(x: Float32Array, activation: Activation, length: number): void {
  switch (activation) {
    case "gelu":
      for (let i = 0; i < length; i++) x[i] = 0.5 * x[i]! * (1 + erf(x[i]! * Math.SQRT1_2));
      return;
    case "gelu_tanh":
      for (let i = 0; i < length; i++) {
        const v = x[i]!;
        x[i] = 0.5 * v * (1 + tanh(0.7978845608028654 * (v + 0.044715 * v * v * v)));
      }
      return;
    case "relu":
      for (let i = 0; i < length; i++) if (x[i]! < 0) x[i] = 0;
      return;
    case "tanh":
      for (let i = 0; i < length; i++) x[i] = tanh(x[i]!);
      return;
    case "identity":
      return;
  }
}

/** tanh(x) = 1 − 2 / (e^2x + 1): absolute error below 1e-15, which float32 results do not see except near 0. */
function tanh(x: number): number {
  if (Math.abs(x) < 1e-4) return x - (x * x * x) / 3; // where the difference would lose the relative precision
  return 1 - 2 / (exp(2 * x) + 1);
}
