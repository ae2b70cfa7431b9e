import { type ByteSource, blobSource } from "safetensors-ts";

/**
 * Where downloads are kept, by key: `/`-separated parts without `..`. On disk in Node, in the Cache API in browsers. A
 * cache that cannot be written is not an error: what would go there stays in memory for as long as the cache object lives.
 */
export interface DownloadCache {
  /** For messages. */
  readonly place: string;
  readText(key: string): Promise<string | undefined>;
  writeText(key: string, text: string): Promise<void>;
  open(key: string): Promise<ByteSource | undefined>;
  /** A place for a download: with what an earlier, interrupted one of this key left there, if it can be resumed. */
  startPart(key: string): Promise<Part>;
  /** The same in memory, for when the first place cannot be written any more. */
  startMemoryPart(key: string): Part;
  /** Closes what `open` opened. */
  close(): void;
}

/** A download on its way. It ends with `commit`, `keep` or `discard`. */
export interface Part {
  /** Bytes so far. */
  readonly size: number;
  /** The strong ETag of these bytes; undefined when they cannot be resumed. */
  readonly etag: string | undefined;
  /** Set when a write failed: the place is full or read-only, and another place may do. */
  readonly unwritable: boolean;
  /** Begins anew with the content of this ETag. */
  restart(etag: string | undefined): Promise<void>;
  write(bytes: Uint8Array): Promise<void>;
  /** What has been written, to be checked. */
  source(): ByteSource;
  /** Makes it the key's file. */
  commit(): Promise<void>;
  /** Leaves it for a later download to resume. */
  keep(): Promise<void>;
  discard(): Promise<void>;
}

/** A cache in memory; the last resort of the others. */
export function createMemoryCache(place: string): DownloadCache {
  const texts = new Map<string, string>();
  const files = new Map<string, Blob>();
  const startMemoryPart = (key: string) => memoryPart(key, async (blob) => void files.set(key, blob));
  return {
    place,
    async readText(key) {
      return texts.get(key);
    },
    async writeText(key, text) {
      texts.set(key, text);
    },
    async open(key) {
      const file = files.get(key);
      return file && blobSource(file, key);
    },
    async startPart(key) {
      return startMemoryPart(key);
    },
    startMemoryPart,
    close() {},
  };
}

/** A download into memory; `commit` hands the whole to `store`. */
export function memoryPart(key: string, store: (file: Blob) => Promise<void>): Part {
  let chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const clear = async () => {
    chunks = [];
    size = 0;
  };
  return {
    get size() {
      return size;
    },
    etag: undefined,
    unwritable: false,
    restart: clear,
    async write(bytes) {
      chunks.push(bytes as Uint8Array<ArrayBuffer>);
      size += bytes.length;
    },
    source: () => blobSource(new Blob(chunks), key),
    commit: () => store(new Blob(chunks)),
    keep: clear,
    discard: clear,
  };
}
