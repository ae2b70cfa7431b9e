import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheFolder } from "./platform-node-folders.ts";

/** A file in the cache folder that can be made again from what it was made of. */
export interface KeptFile {
  /** Undefined when it is absent, or cannot be read. */
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
        return new Uint8Array(buffer, byteOffset, length);
      } catch {
        return undefined;
      }
    },
    begin() {
      const draft = `${path}.${randomBytes(6).toString("hex")}`;
      const discard = () => rmSync(draft, { force: true });
      try {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(draft, "");
      } catch {
        return undefined;
      }
      return {
        commit(bytes) {
          try {
            writeFileSync(draft, bytes);
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
