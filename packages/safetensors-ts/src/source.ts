import { SafetensorsError } from "./errors.ts";

/** Anything that has a size and gives bytes by position: a file, a Blob, HTTP ranges, memory. */
export interface ByteSource {
  /** In bytes. */
  readonly size: number;
  /** For errors. */
  readonly name?: string;
  /** So many unwanted bytes cost less than one more call: what lies closer is read together. 4 KiB if absent. */
  readonly gap?: number;
  /** Exactly `length` bytes from `offset`. A source that answers at once makes `readRows` synchronous. */
  read(offset: number, length: number): Uint8Array | Promise<Uint8Array>;
  /** Fills `out` with the bytes from `offset`, for sources that can do so at once: into memory that there is already. */
  readInto?(offset: number, out: Uint8Array): void;
}

export function bytesSource(bytes: Uint8Array, name = "safetensors"): ByteSource {
  return {
    size: bytes.length,
    name,
    read: (offset, length) => new Uint8Array(bytes.buffer, bytes.byteOffset + offset, length),
  };
}

export function blobSource(blob: Blob, name: string = "name" in blob ? String(blob.name) : "blob"): ByteSource {
  return {
    size: blob.size,
    name,
    read: async (offset, length) => new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
  };
}

/** The source, with what it reads in this memory, one after the other, as long as there is room. */
export function readingInto(source: ByteSource, memory: Uint8Array): ByteSource {
  const { size, name = "safetensors" } = source;
  let used = 0;
  return {
    size,
    name,
    read(offset, length) {
      if (source.readInto === undefined || used + length > memory.length) return source.read(offset, length);
      const out = new Uint8Array(memory.buffer, memory.byteOffset + used, length);
      used = Math.min(memory.length, (used + length + 7) & -8); // what is aligned in the file stays so
      source.readInto(offset, out);
      return out;
    },
  };
}

/** Reads from a source and checks that it gave what was asked for. */
export function readExactly(source: ByteSource, offset: number, length: number): Uint8Array | Promise<Uint8Array> {
  if (length === 0) return new Uint8Array(0);
  const check = (bytes: Uint8Array): Uint8Array => {
    if (bytes.length !== length)
      throw new SafetensorsError(
        "SHORT_READ",
        `${source.name ?? "safetensors"}: expected ${length} bytes at ${offset}, got ${bytes.length}`,
      );
    return bytes;
  };
  const bytes = source.read(offset, length);
  return bytes instanceof Uint8Array ? check(bytes) : bytes.then(check);
}
