import { createHash, randomBytes } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ByteSource } from "safetensors-ts";
import { type FileSource, fileSource } from "safetensors-ts/node";
import { createMemoryCache, type DownloadCache, type Part } from "./cache.ts";

/** A part that nobody has written to for so long is taken for abandoned; a running download writes far more often. */
const ABANDONED_MS = 60_000;

/**
 * Downloads on disk: a file a key, and `parts/` for those on their way. A file appears whole, by a rename. When the
 * folder cannot be written, memory serves.
 */
export function openDiskCache(folder: string): DownloadCache {
  const memory = createMemoryCache("memory");
  const opened: FileSource[] = [];
  const pathOf = (key: string): string => join(folder, ...key.split("/"));
  return {
    place: folder,
    readText: async (key) => (await memory.readText(key)) ?? readFile(pathOf(key), "utf8").catch(() => undefined),
    async writeText(key, text) {
      const path = pathOf(key);
      const draft = `${path}.${randomName()}`;
      try {
        await mkdir(dirname(path), { recursive: true });
        await writeFile(draft, text);
        await rename(draft, path);
      } catch {
        await rm(draft, { force: true }).catch(() => {}); // the folder cannot be written: nothing was left there either
        await memory.writeText(key, text);
      }
    },
    async open(key) {
      const kept = await memory.open(key);
      if (kept !== undefined) return kept;
      const path = pathOf(key);
      const found = await stat(path).catch(() => undefined);
      if (!found?.isFile()) return undefined;
      const source = fileSource(path);
      opened.push(source);
      return source;
    },
    async startPart(key) {
      try {
        const parts = join(folder, "parts");
        await mkdir(parts, { recursive: true });
        return await filePart(parts, pathOf(key), key);
      } catch {
        return memory.startMemoryPart(key); // a folder that cannot be written
      }
    },
    startMemoryPart: memory.startMemoryPart,
    close() {
      for (const source of opened.splice(0)) source.close();
    },
  };
}

/**
 * A download in `parts/`, named after its key, the ETag of its content and a random number. Two processes never write to
 * the same part: each takes an abandoned one by renaming it, which only one of them can do, or begins its own.
 */
async function filePart(parts: string, target: string, key: string): Promise<Part> {
  const prefix = createHash("sha256").update(key).digest("hex").slice(0, 32);
  const nameFor = (etag: string | undefined) => join(parts, `${prefix}.${encodeEtag(etag)}.${randomName()}`);
  const claimed = await claimAbandoned(parts, prefix, nameFor);
  let path = claimed?.path ?? nameFor(undefined);
  let etag = claimed?.etag;
  let file: FileHandle | undefined = await open(path, "a");
  let size = (await file.stat()).size;
  let unwritable = false;
  let reading: FileSource | undefined;
  const finish = async () => {
    reading?.close();
    await file?.close();
    file = undefined;
  };
  const guard = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      unwritable = true;
      throw error;
    }
  };
  return {
    get size() {
      return size;
    },
    get etag() {
      return etag;
    },
    get unwritable() {
      return unwritable;
    },
    restart: (newEtag) =>
      guard(async () => {
        await finish();
        await rm(path, { force: true });
        path = nameFor(newEtag);
        etag = newEtag;
        size = 0;
        file = await open(path, "a");
      }),
    write: (bytes) =>
      guard(async () => {
        await file?.appendFile(bytes);
        size += bytes.length;
      }),
    source(): ByteSource {
      reading = fileSource(path);
      return reading;
    },
    commit: () =>
      guard(async () => {
        await finish();
        await mkdir(dirname(target), { recursive: true });
        await rename(path, target);
      }),
    async keep() {
      await finish();
      if (etag === undefined || size === 0) await rm(path, { force: true });
      else await utimes(path, 0, 0); // so that the next download need not wait to see that it is abandoned
    },
    async discard() {
      await finish();
      await rm(path, { force: true });
    },
  };
}

/** Takes the longest abandoned part of a key for this process, and removes the other abandoned ones. */
async function claimAbandoned(
  parts: string,
  prefix: string,
  nameFor: (etag: string) => string,
): Promise<{ path: string; etag: string } | undefined> {
  const names = (await readdir(parts)).filter((name) => name.startsWith(`${prefix}.`));
  const found = await Promise.all(
    names.map(async (name) => {
      const path = join(parts, name);
      const stats = await stat(path).catch(() => undefined); // another process may have finished it
      return {
        path,
        etag: decodeEtag(name.split(".")[1]!),
        size: stats?.size ?? 0,
        age: Date.now() - (stats?.mtimeMs ?? Date.now()),
      };
    }),
  );
  const abandoned = found.filter(({ age }) => age > ABANDONED_MS).sort((a, b) => b.size - a.size);
  let claimed: { path: string; etag: string } | undefined;
  for (const { path, etag } of abandoned) {
    if (claimed !== undefined || etag === undefined) {
      await rm(path, { force: true });
      continue;
    }
    const mine = nameFor(etag);
    try {
      const now = new Date();
      await utimes(path, now, now); // no longer abandoned
      await rename(path, mine);
    } catch {
      continue; // another process was first
    }
    claimed = { path: mine, etag };
  }
  return claimed;
}

/** An ETag as a part of a file's name; an empty one for content without, or with one too long for a name. */
function encodeEtag(etag: string | undefined): string {
  const encoded = Buffer.from(etag ?? "").toString("base64url");
  return encoded.length <= 150 ? encoded : "";
}

function decodeEtag(encoded: string): string | undefined {
  return encoded === "" ? undefined : Buffer.from(encoded, "base64url").toString();
}

function randomName(): string {
  return randomBytes(6).toString("hex");
}
