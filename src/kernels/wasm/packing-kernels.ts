import type { Func } from "./function.ts";
import { allFinite, packInt7, packInt16 } from "./pack-integers.ts";
import { packFloat32, packInt4, unpackInt4 } from "./pack-panels.ts";

/** What packing-simd.ts calls, for a module whose int8 multiplies bytes or 16-bit integers. */
export function packingKernels(int8: "bytes" | "wide"): readonly Func[] {
  return [packFloat32(), unpackInt4(), packInt4(int8), packInt7(int8), packInt16(), allFinite()];
}
