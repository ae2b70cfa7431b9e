import { type ByteSource, blobSource, httpSource, SafetensorsError } from "safetensors-ts";
import { SiskinError } from "../errors.ts";
import { checkKind, checkPath, checkWholeSize } from "./checks.ts";
import { bodyChunks, contentLength, request, showAddress } from "./http.ts";
import type { ModelSource, SourceOptions } from "./model-source.ts";
import { readWhole } from "./whole.ts";

/**
 * A model in a folder of a web server: small files by plain requests, weights by ranges. A query in the address, such as
 * a signature, is sent with each request. Nothing is cached here; a browser's own cache may.
 */
export function openUrl(base: URL, options: SourceOptions): ModelSource {
  const name = showAddress(base);
  if (options.localFilesOnly) {
    throw new SiskinError("MODEL_NOT_FOUND", `load: ${name}: expected a local model with localFilesOnly, got a URL`);
  }
  return {
    name,
    async read(path) {
      const url = fileUrl(base, path);
      const file = await download(url, path, options, checkWholeSize);
      return file && readWhole(blobSource(file), showAddress(url));
    },
    async open(path) {
      return openRanges(fileUrl(base, path), path, options);
    },
    close() {},
  };
}

function fileUrl(base: URL, path: string): URL {
  checkPath(path, showAddress(base));
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/$/, "")}/${path.split("/").map(encodeURIComponent).join("/")}`;
  return url;
}

/** The file by ranges; as a whole where the server sends nothing else. Undefined when there is no such file. */
async function openRanges(url: URL, path: string, options: SourceOptions): Promise<ByteSource | undefined> {
  let status = 0;
  const watched: typeof fetch = async (...request) => {
    const response = await (options.fetch ?? fetch)(...request);
    status = response.status;
    return response;
  };
  try {
    const source = await httpSource(url, { fetch: watched, signal: options.signal });
    checkKind(await source.read(0, Math.min(64, source.size)), showAddress(url));
    return source;
  } catch (error) {
    if (isAbsent(status)) return undefined;
    if (status !== 200 || !(error instanceof SafetensorsError)) throw error;
    const file = await download(url, path, options, () => {});
    return file && blobSource(file, showAddress(url));
  }
}

/** A whole file. `check` sees its size so far, before more of it is taken into memory. */
async function download(
  url: URL,
  path: string,
  options: SourceOptions,
  check: (size: number, address: string) => void,
): Promise<Blob | undefined> {
  const reply = await request(url, {}, options);
  const { response, address } = reply;
  if (isAbsent(response.status) || !response.ok) {
    await response.body?.cancel();
    if (isAbsent(response.status)) return undefined;
    throw new SiskinError("NETWORK", `${address}: expected status 200, got ${response.status}`);
  }
  const total = contentLength(response);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let loaded = 0;
  check(total ?? 0, address);
  for await (const chunk of bodyChunks(reply, options)) {
    if (loaded === 0) checkKind(chunk, address);
    chunks.push(chunk as Uint8Array<ArrayBuffer>);
    check((loaded += chunk.length), address);
    options.onProgress?.({ phase: "download", file: path, loaded, ...(total === undefined ? {} : { total }) });
  }
  return new Blob(chunks);
}

function isAbsent(status: number): boolean {
  return status === 404 || status === 410;
}
