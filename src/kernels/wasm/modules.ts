/** The two modules of kernels; run at build time by scripts/build-wasm.js, never in the library. */
import { gelu, geluTanh, relu } from "./activation.ts";
import { type Arithmetic, fused, separate } from "./arithmetic.ts";
import { assemble } from "./assembler.ts";
import { attention } from "./attention.ts";
import { addLayerNorm, layerNorm } from "./layer-norm.ts";
import { linear } from "./linear.ts";
import { peak } from "./peak.ts";

/** Instructions of the SIMD proposal alone: the same bits in every engine. */
export function simdModule(): Uint8Array<ArrayBuffer> {
  return kernels(separate);
}

/** With relaxed_madd, which an engine may fuse or not. */
export function relaxedModule(): Uint8Array<ArrayBuffer> {
  return kernels(fused);
}

function kernels(arithmetic: Arithmetic): Uint8Array<ArrayBuffer> {
  const products = linear(arithmetic);
  const heads = attention(arithmetic);
  return assemble(
    [
      products.linear,
      heads.attention,
      layerNorm(arithmetic),
      addLayerNorm(arithmetic),
      gelu(arithmetic),
      geluTanh(arithmetic),
      relu(),
      peak(arithmetic),
    ],
    [...products.tiles, ...heads.internal],
  );
}
