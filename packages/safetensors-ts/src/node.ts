import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { SafetensorsError } from "./errors.ts";
import type { ByteSource } from "./source.ts";

/** One call of the system reads less than 2 GiB. */
const MAX_READ = 1 << 30;

export interface FileSource extends ByteSource {
  readonly name: string;
  close(): void;
}

/** A file, read by position and synchronously. It stays open until `close`. */
export function fileSource(path: string | URL): FileSource {
  const name = String(path);
  let fd: number | undefined = openFile(path, name);
  const readInto = (offset: number, out: Uint8Array): void => {
    if (fd === undefined) throw new SafetensorsError("CLOSED", `${name}: read after close`);
    for (let at = 0; at < out.length; ) {
      const got = readSync(fd, out, at, Math.min(out.length - at, MAX_READ), offset + at);
      if (got === 0)
        throw new SafetensorsError(
          "SHORT_READ",
          `${name}: expected ${out.length} bytes at ${offset}, got ${at}: the file is shorter than it was`,
        );
      at += got;
    }
  };
  return {
    size: fstatSync(fd).size,
    name,
    read(offset, length) {
      const bytes = new Uint8Array(length);
      readInto(offset, bytes);
      return bytes;
    },
    readInto,
    close() {
      if (fd !== undefined) closeSync(fd);
      fd = undefined;
    },
  };
}

function openFile(path: string | URL, name: string): number {
  try {
    // Before opening: to open a pipe would wait for its writer.
    if (statSync(path).isFile()) return openSync(path, "r");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SafetensorsError("OPEN_FAILED", `${name}: cannot be opened: ${reason}`, { cause });
  }
  throw new SafetensorsError("OPEN_FAILED", `${name}: expected a file, got something else`);
}
