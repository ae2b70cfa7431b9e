/** The modules of kernels; run at build time by scripts/build-wasm.js, never in the library. */
import { gelu, geluTanh, relu } from "./activation.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { assemble } from "./assembler.ts";
import { attention } from "./attention.ts";
import { addLayerNorm, layerNorm } from "./layer-norm.ts";
import { float32Form, linear } from "./linear.ts";
import { int16Form, quantizeRows } from "./linear-int16.ts";
import { peak } from "./peak.ts";

/**
 * A module of all kernels. With `separate` it has only instructions of the SIMD proposal and gives the same bits in every
 * engine; with `fused` it has relaxed_madd, which an engine may fuse or not.
 */
export function kernelModule(arithmetic: Arithmetic): Uint8Array<ArrayBuffer> {
  const float32 = linear(float32Form(arithmetic));
  const int16 = linear(int16Form(arithmetic));
  const heads = attention(arithmetic);
  return assemble(
    [
      float32.linear,
      int16.linear,
      quantizeRows(),
      heads.attention,
      layerNorm(arithmetic),
      addLayerNorm(arithmetic),
      gelu(arithmetic),
      geluTanh(arithmetic),
      relu(),
      peak(arithmetic),
    ],
    [...float32.tiles, ...int16.tiles, ...heads.internal],
  );
}
