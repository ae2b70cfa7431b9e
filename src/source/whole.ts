import type { ByteSource } from "safetensors-ts";
import { createSha256 } from "#platform";
import { checkWholeSize } from "./checks.ts";

const STEP = 1 << 23; // a request each where the file is read over a network

/** The bytes of a file that is small enough to be read whole. */
export async function readWhole(source: ByteSource, address: string): Promise<Uint8Array> {
  checkWholeSize(source.size, address);
  return await source.read(0, source.size);
}

/** The SHA-256 of a file of any size, of which a step at a time is in memory. */
export async function sha256Of(source: ByteSource): Promise<string> {
  const hash = createSha256();
  for (let at = 0; at < source.size; at += STEP) hash.update(await source.read(at, Math.min(STEP, source.size - at)));
  return hash.digest();
}
