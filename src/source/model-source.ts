import type { ByteSource } from "safetensors-ts";

/**
 * Where a model's files come from: a folder, a map in memory, a URL or the hub. Paths are relative to the model, with
 * `/` between the parts; they may come from the model's own files and are checked by `checkPath`.
 */
export interface ModelSource {
  /** For messages: "models/e5", "intfloat/multilingual-e5-small". */
  readonly name: string;
  /** Of an installed package, whose files were published together. */
  readonly isPackage?: boolean;
  /** A whole file of at most `MAX_WHOLE_FILE` bytes; undefined when it is absent. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Random access to a file of any size; undefined when it is absent. */
  open(path: string): Promise<ByteSource | undefined>;
  /** Closes what `open` opened. */
  close(): void;
}

/** A model as `load` takes it. A string is an existing folder, else a URL, else a hub id "org/name". */
export type Source = string | URL | ReadonlyMap<string, Uint8Array | Blob>;

/** What `onProgress` is told while files arrive. */
export interface DownloadProgress {
  readonly phase: "download";
  readonly file: string;
  /** Bytes so far, those of an earlier, interrupted download included. */
  readonly loaded: number;
  readonly total?: number;
}

/** How a source is reached; the part of `LoadOptions` that concerns files. */
export interface SourceOptions {
  /** The hub's branch, tag or commit; "main" when absent. */
  readonly revision?: string | undefined;
  /** Where downloads and compiled tokenizers are kept; the system's cache folder when absent. */
  readonly cacheDir?: string | undefined;
  /** Never makes a request: what is not in the cache is an error. */
  readonly localFilesOnly?: boolean | undefined;
  /** The hub's access token; HF_TOKEN when absent, where there is an environment. It goes to the hub's own host only. */
  readonly token?: string | undefined;
  /** The hub's address; HF_ENDPOINT when absent, else https://huggingface.co. */
  readonly endpoint?: string | undefined;
  readonly fetch?: typeof fetch | undefined;
  readonly onProgress?: ((event: DownloadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The most that `read` takes into memory. The largest tokenizer.json in wide use has 35 MB. */
export const MAX_WHOLE_FILE: number = 256 * 1024 * 1024;
