import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { crc32 } from "./platform-node.ts";
import { cacheFolder } from "./platform-node-folders.ts";

const CHECK_BYTES = 4; // a CRC-32 after the content: what a power cut left must not be taken for it
const DRAFT = ".draft";
const ABANDONED_MS = 60_000;

/** A file in the cache folder that can be made again from what it was made of. */
export interface KeptFile {
  /** Undefined when it is absent, damaged, or cannot be read. */
  read(): Uint8Array | undefined;
  /** A place to write to; undefined where the folder cannot be written, which is found out by trying. */
  begin(): Draft | undefined;
}

/** It ends with one of these, and the file is there whole or not at all. */
interface Draft {
  commit(bytes: Uint8Array): void;
  discard(): void;
}

/** The file of a kind and suffix for this content. It is named after the content's SHA-256: no other content can take its place. */
export function keptFile(cacheDir: string | undefined, kind: string, content: Uint8Array, suffix: string): KeptFile {
  const hash = createHash("sha256").update(content).digest("hex");
  const path = join(cacheFolder(cacheDir), kind, `${hash}${suffix}`);
  return {
    read() {
      try {
        const { buffer, byteOffset, length } = readFileSync(path);
        return withoutCheck(new Uint8Array(buffer, byteOffset, length));
      } catch {
        return undefined;
      }
    },
    begin() {
      const folder = dirname(path);
      const draft = join(folder, `${randomBytes(8).toString("hex")}${DRAFT}`);
      const discard = () => rmSync(draft, { force: true });
      try {
        mkdirSync(folder, { recursive: true });
        removeAbandoned(folder);
        writeFileSync(draft, "");
      } catch {
        return undefined;
      }
      return {
        commit(bytes) {
          try {
            writeFileSync(draft, withCheck(bytes));
            renameSync(draft, path);
          } catch {
            discard(); // no room, say
          }
        },
        discard,
      };
    },
  };
}

/** Removes the drafts of processes that ended before they were done. */
function removeAbandoned(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (name.endsWith(DRAFT) && Date.now() - statSync(path).mtimeMs > ABANDONED_MS) rmSync(path, { force: true });
  }
}

function withCheck(bytes: Uint8Array): Uint8Array {
  const checked = new Uint8Array(bytes.length + CHECK_BYTES);
  checked.set(bytes);
  new DataView(checked.buffer).setUint32(bytes.length, crc32(bytes, 0), true);
  return checked;
}

/** The content without its CRC, undefined where they do not agree. */
function withoutCheck(checked: Uint8Array): Uint8Array | undefined {
  if (checked.length < CHECK_BYTES) return undefined;
  const bytes = checked.subarray(0, checked.length - CHECK_BYTES);
  const stored = new DataView(checked.buffer, checked.byteOffset).getUint32(bytes.length, true);
  return crc32(bytes, 0) === stored ? bytes : undefined;
}
