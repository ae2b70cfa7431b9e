/** What differs between Node and the web, for Node. `platform-web.ts` exports the same names. */
import { type Stats, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as zlib from "node:zlib";
import { type FileSource, fileSource } from "safetensors-ts/node";
import { crc32 as portableCrc32 } from "../crc32.ts";
import { SiskinError } from "../errors.ts";
import type { DownloadCache } from "./cache.ts";
import { checkKind, checkPath } from "./checks.ts";
import type { ModelSource } from "./model-source.ts";
import { cacheFolder } from "./platform-node-folders.ts";
import type { Sha256 } from "./sha256.ts";
import { readWhole } from "./whole.ts";

export function environment(name: string): string | undefined {
  return process.env[name] || undefined;
}

/** The address that relative addresses are relative to; there is none in Node, where they are folders. */
export function baseAddress(): string | undefined {
  return undefined;
}

export async function createSha256(): Promise<Sha256> {
  const { createHash } = await import("node:crypto"); // 5 ms, for downloads alone
  const hash = createHash("sha256");
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest("hex") };
}

/** The CRC-32 of bytes after those that gave `before`. */
export const crc32: (bytes: Uint8Array, before: number) => number = zlib.crc32 ?? portableCrc32; // Deno has none

/** A model in a folder; undefined when there is no such folder. */
export function openDirectory(folder: string | URL, name: string = String(folder)): ModelSource | undefined {
  const stats = statIfThere(folder);
  if (stats === undefined) return undefined;
  const path = folder instanceof URL ? fileURLToPath(folder) : folder;
  if (!stats.isDirectory()) throw new SiskinError("BAD_OPTION", `load: ${name}: expected a model's folder, got a file`);
  const opened: FileSource[] = [];
  return {
    name,
    async read(file) {
      const source = openFile(path, file, name);
      try {
        return source && (await readWhole(source, source.name));
      } finally {
        source?.close();
      }
    },
    async open(file) {
      const source = openFile(path, file, name);
      if (source !== undefined) opened.push(source);
      return source;
    },
    close() {
      for (const source of opened.splice(0)) source.close();
    },
  };
}

function openFile(folder: string, file: string, name: string): FileSource | undefined {
  checkPath(file, name);
  const path = join(folder, file);
  if (statIfThere(path) === undefined) return undefined;
  const source = fileSource(path);
  try {
    checkKind(source.read(0, Math.min(64, source.size)) as Uint8Array, path);
    return source;
  } catch (error) {
    source.close();
    throw error;
  }
}

/** What says that there is no such path: a part of it is absent, is a file, or is no name that a file can have. */
const ABSENT = new Set([
  "ENOENT",
  "ENOTDIR",
  "ENAMETOOLONG",
  "ERR_INVALID_ARG_VALUE",
  "ERR_INVALID_FILE_URL_HOST",
  "ERR_INVALID_FILE_URL_PATH",
]);

function statIfThere(path: string | URL): Stats | undefined {
  try {
    return statSync(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (ABSENT.has(code ?? "")) return undefined;
    throw new SiskinError("BAD_FILE", `${path}: cannot be read: ${message}`, { cause });
  }
}

/** A model that is installed as a package, seen from siskin itself or from the working directory. */
export function findInstalledModel(packageName: string): ModelSource | undefined {
  for (const from of [import.meta.url, join(process.cwd(), "package.json")]) {
    try {
      const manifest = createRequire(from).resolve(`${packageName}/package.json`);
      const folder = openDirectory(dirname(manifest), packageName);
      return folder && { ...folder, isPackage: true };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "MODULE_NOT_FOUND" && code !== "ERR_INVALID_ARG_VALUE") throw error; // the latter: bundled, without a url
    }
  }
  return undefined;
}

/** The cache of downloads: in the folder given, else in the system's folder for caches. */
export async function openCache(folder: string | undefined): Promise<DownloadCache> {
  const { openDiskCache } = await import("./platform-node-cache.ts");
  return openDiskCache(cacheFolder(folder));
}
