/** What the packing of weights and the kernels' generators agree on. */
import { BLOCK } from "../quantize.ts";

/** Outputs a panel holds: two vectors of four. */
export const WIDTH = 8;

/** Bytes of a block of 32 of x for the int8 kernels: integers of `bytes` bytes and three floats. */
export function recordBytes(bytes: 1 | 2): number {
  return BLOCK * bytes + 12;
}
