import type { ByteSource } from "safetensors-ts";
import { checkWholeSize } from "./checks.ts";

const CHUNK = 1 << 20;

/** The bytes of a file that is small enough to be read whole. */
export async function readWhole(source: ByteSource, address: string): Promise<Uint8Array> {
  checkWholeSize(source.size, address);
  return await source.read(0, source.size);
}

/** The file piece by piece, for hashing and copying. */
export async function* pieces(source: ByteSource): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < source.size; at += CHUNK) yield await source.read(at, Math.min(CHUNK, source.size - at));
}
