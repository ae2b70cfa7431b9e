import type { ByteSource } from "safetensors-ts";
import { crc32, createSha256 } from "#platform";
import { checksum } from "../crc32.ts";
import { checkWholeSize } from "./checks.ts";

const STEP = 1 << 23; // a request each where the file is read over a network
const SMALL_STEP = 1 << 18; // stays in a core's cache

/** The bytes of a file that is small enough to be read whole. */
export async function readWhole(source: ByteSource, address: string): Promise<Uint8Array> {
  checkWholeSize(source.size, address);
  return await source.read(0, source.size);
}

/** The SHA-256 of a file of any size, of which a step at a time is in memory. */
export async function sha256Of(source: ByteSource): Promise<string> {
  const hash = await createSha256();
  for (let at = 0; at < source.size; at += STEP) hash.update(await source.read(at, Math.min(STEP, source.size - at)));
  return hash.digest();
}

/** The `checksum` of a file of any size. */
export async function checksumOf(source: ByteSource): Promise<string> {
  const { size } = source;
  let crc = 0;
  if (source.readInto === undefined) {
    for (let at = 0; at < size; at += STEP) crc = crc32(await source.read(at, Math.min(STEP, size - at)), crc);
    return checksum(size, crc);
  }
  const buffer = new Uint8Array(Math.min(SMALL_STEP, size));
  for (let at = 0; at < size; at += buffer.length) {
    const bytes = buffer.subarray(0, size - at);
    source.readInto(at, bytes);
    crc = crc32(bytes, crc);
  }
  return checksum(size, crc);
}
