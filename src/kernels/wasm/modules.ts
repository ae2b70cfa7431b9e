/**
 * The modules of kernels. scripts/build-wasm.js makes them at build time for engines that read them from disk or may not
 * compile bytes; pages make them on the spot, since these generators take half the bytes of what they generate, and without the
 * kernels that pack weights.
 */
import { gelu, geluTanh, relu } from "./activation.ts";
import { type Arithmetic, fused, separate } from "./arithmetic.ts";
import { assemble } from "./assembler.ts";
import { attention } from "./attention.ts";
import { float32Heads } from "./attention-float32.ts";
import { int16Heads } from "./attention-int16.ts";
import type { Func } from "./function.ts";
import { addLayerNorm, layerNorm } from "./layer-norm.ts";
import { float32Form, type LinearForm, linear } from "./linear.ts";
import { int4Form, int7Form, wideForm } from "./linear-int8.ts";
import { int16Form } from "./linear-int16.ts";
import { fusion, peak } from "./peak.ts";
import { quantizeBlocks, quantizeRows } from "./quantize.ts";

/** Only instructions of the SIMD proposal, rounded as IEEE 754 says: the same bits in every engine. */
export function simdModule(packing: readonly Func[], arithmetic: Arithmetic = separate): Uint8Array<ArrayBuffer> {
  return kernelModule(arithmetic, [wideForm(arithmetic)], [quantizeBlocks(2), ...packing]);
}

/** Relaxed SIMD: multiply-add, which an engine may fuse or not, and the dot product of bytes. */
export function relaxedModule(packing: readonly Func[], arithmetic: Arithmetic = fused): Uint8Array<ArrayBuffer> {
  const int8 = [
    int4Form(arithmetic, false),
    int4Form(arithmetic, true),
    int7Form(arithmetic, false),
    int7Form(arithmetic, true),
  ];
  return kernelModule(arithmetic, int8, [quantizeBlocks(1), ...packing]);
}

function kernelModule(
  arithmetic: Arithmetic,
  int8: readonly LinearForm[],
  helpers: readonly Func[],
): Uint8Array<ArrayBuffer> {
  const linears = [float32Form(arithmetic), int16Form(arithmetic), ...int8].map(linear);
  const heads = [float32Heads(arithmetic), int16Heads(arithmetic)].map(attention);
  return assemble(
    [
      ...linears.map(({ linear }) => linear),
      ...heads.map(({ attention }) => attention),
      quantizeRows(),
      ...helpers,
      layerNorm(arithmetic),
      addLayerNorm(arithmetic),
      gelu(arithmetic),
      geluTanh(arithmetic),
      relu(),
      peak(arithmetic),
      fusion(arithmetic),
    ],
    [...new Set([...linears, ...heads].flatMap(({ internal }) => internal))],
  );
}
