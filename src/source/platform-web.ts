/** What differs between Node and the web, for browsers, workers and edge runtimes. `platform-node.ts` exports the same names. */
import { blobSource } from "safetensors-ts";
import { createMemoryCache, type DownloadCache, memoryPart } from "./cache.ts";
import type { ModelSource } from "./model-source.ts";
import { createSha256 as newSha256, type Sha256 } from "./sha256.ts";

export { crc32 } from "../crc32.ts";

export async function createSha256(): Promise<Sha256> {
  return newSha256();
}

export function environment(_name: string): string | undefined {
  return undefined;
}

/** The page's address, which relative addresses are relative to. */
export function baseAddress(): string | undefined {
  return globalThis.location?.href;
}

/** There are no folders here. */
export function openDirectory(_folder: string | URL, _name?: string): ModelSource | undefined {
  return undefined;
}

/** There are no installed packages here. */
export function findInstalledModel(_packageName: string): ModelSource | undefined {
  return undefined;
}

/** The cache of downloads: the Cache API, which pages and most edge runtimes have; memory elsewhere. */
export async function openCache(_folder: string | undefined): Promise<DownloadCache> {
  const memory = createMemoryCache("memory");
  if (typeof caches === "undefined") return memory;
  const find = async (key: string): Promise<Response | undefined> => {
    try {
      return await (await caches.open(CACHE_NAME)).match(addressOf(key));
    } catch {
      return undefined; // pages without a secure origin, or with storage turned off
    }
  };
  const store = async (key: string, content: Blob | string): Promise<boolean> => {
    try {
      await (await caches.open(CACHE_NAME)).put(addressOf(key), new Response(content));
      return true;
    } catch {
      return false; // the same, or no room
    }
  };
  const startMemoryPart = (key: string) =>
    memoryPart(key, async (file) => {
      if (await store(key, file)) return;
      const part = memory.startMemoryPart(key);
      await part.write(new Uint8Array(await file.arrayBuffer()));
      await part.commit();
    });
  return {
    place: "the Cache API",
    readText: async (key) => (await memory.readText(key)) ?? (await find(key))?.text(),
    async writeText(key, text) {
      if (!(await store(key, text))) await memory.writeText(key, text);
    },
    async open(key) {
      const kept = await memory.open(key);
      if (kept !== undefined) return kept;
      const response = await find(key);
      return response && blobSource(await response.blob(), key);
    },
    startPart: async (key) => startMemoryPart(key),
    startMemoryPart,
    close() {},
  };
}

const CACHE_NAME = "siskin";

/** Keys as addresses of a host that cannot exist, which is what the Cache API takes. */
function addressOf(key: string): string {
  return `https://siskin.invalid/${key}`;
}
