import { checkRelativePath } from "safetensors-ts";
import { SiskinError } from "../errors.ts";
import { MAX_WHOLE_FILE } from "./model-source.ts";

/**
 * Refuses a path that leads out of the model: `..`, absolute, with a backslash, a drive, an escape, or a URL. Paths come
 * from modules.json and shard indexes, which strangers write.
 */
export function checkPath(path: string, where: string): void {
  try {
    checkRelativePath(path, where);
  } catch (cause) {
    throw new SiskinError("BAD_CONFIG", (cause as Error).message, { cause });
  }
}

/** Refuses, by its first bytes, what a server or a half-done clone gives in place of a file. */
export function checkKind(start: Uint8Array, address: string): void {
  const text = String.fromCharCode(...start.subarray(0, 64));
  if (text.startsWith("version https://git-lfs")) {
    throw new SiskinError(
      "BAD_FILE",
      `${address}: expected the file, got its Git-LFS pointer: fetch it with "git lfs pull"`,
    );
  }
  if (/^(\xef\xbb\xbf)?\s*<(!doctype|html|head|body|!--|\?xml)/i.test(text)) {
    throw new SiskinError("BAD_FILE", `${address}: expected the file, got an HTML or XML page`);
  }
}

/** Refuses to take a file of this size into memory as a whole. */
export function checkWholeSize(size: number, address: string): void {
  if (size <= MAX_WHOLE_FILE) return;
  throw new SiskinError(
    "BAD_FILE",
    `${address}: expected at most ${MAX_WHOLE_FILE.toLocaleString("en-US")} bytes, got ${size.toLocaleString("en-US")}`,
  );
}
