import { SiskinError } from "../errors.ts";
import type { Part } from "./cache.ts";
import { checkKind } from "./checks.ts";
import { bodyChunks, contentLength, type Reply, request } from "./http.ts";
import type { SourceOptions } from "./model-source.ts";
import { sha256Of } from "./whole.ts";

/** One file to be fetched from the hub. */
export interface Download {
  readonly url: URL;
  /** For progress. */
  readonly path: string;
  readonly token: string | undefined;
  /** The ETag of the copy at hand, if there is one that may have become old. */
  readonly knownEtag: string | undefined;
  readonly options: SourceOptions;
}

export interface Downloaded {
  readonly size: number;
  readonly etag?: string;
}

/**
 * Fetches a file into a part and commits it: resumes what an earlier download left, checks the length, the kind and,
 * for large files of the hub, the SHA-256 that its redirect announces, which browsers hide. What was received stays for the
 * next time when the connection breaks; what is wrong does not.
 */
export async function downloadInto(part: Part, task: Download): Promise<Downloaded | "absent" | "unchanged"> {
  try {
    const outcome = await fetchPart(part, task);
    if (typeof outcome === "string") await part.discard();
    else await part.commit();
    return outcome;
  } catch (error) {
    const useless = part.unwritable || (error instanceof SiskinError && error.code === "BAD_FILE");
    await (useless ? part.discard() : part.keep()).catch(() => {}); // the first error is the one to tell
    throw error;
  }
}

async function fetchPart(part: Part, task: Download): Promise<Downloaded | "absent" | "unchanged"> {
  const reply = await requestFile(part, task);
  const { response } = reply;
  if (response.status === 304 || response.status === 404) {
    await response.body?.cancel();
    checkStatus(reply);
    return response.status === 304 ? "unchanged" : "absent";
  }
  checkStatus(reply);
  const total = response.status === 206 ? resumedTotal(reply, part.size) : contentLength(response);
  if (response.status !== 206) await part.restart(strongEtag(response));
  await receive(part, reply, total, task);
  await verify(part, reply);
  const etag = response.headers.get("ETag");
  return { size: part.size, ...(etag === null ? {} : { etag }) };
}

/** Asks for the file; for its rest where a part of the same content is at hand. */
async function requestFile(part: Part, { url, token, knownEtag, options }: Download): Promise<Reply> {
  const headers = new Headers({ "Accept-Encoding": "identity" }); // lengths and ranges are then those of the file
  if (knownEtag !== undefined) headers.set("If-None-Match", knownEtag);
  if (part.size > 0 && part.etag !== undefined) {
    headers.set("Range", `bytes=${part.size}-`);
    headers.set("If-Range", part.etag);
  }
  const reply = await request(url, { headers, token }, options);
  const { status } = reply.response;
  const isOther = status === 206 && strongEtag(reply.response) !== part.etag; // a server may ignore If-Range
  if (status !== 416 && !isOther) return reply;
  await reply.response.body?.cancel(); // the part is longer than the file, or of an earlier one: begin anew
  await part.restart(undefined);
  headers.delete("Range");
  headers.delete("If-Range");
  return request(url, { headers, token }, options);
}

/** Statuses that say why there is no file. 404 is left to the caller, unless the whole model is missing. */
export function checkStatus({ response, address, header }: Reply): void {
  if (response.ok || response.status === 304) return;
  const code = header("X-Error-Code");
  if (response.status === 401 || response.status === 403) {
    throw new SiskinError(
      "MODEL_NOT_FOUND",
      `${address}: expected a public model, got status ${response.status}: the model does not exist, or needs a token with access to it`,
    );
  }
  if (response.status !== 404)
    throw new SiskinError("NETWORK", `${address}: expected status 200, got ${response.status}`);
  if (code === "RepoNotFound" || code === "RevisionNotFound") {
    throw new SiskinError("MODEL_NOT_FOUND", `${address}: expected a model, got ${code}`);
  }
}

/** The whole file's size, from a reply that holds its rest from `offset` on. */
function resumedTotal({ address, response }: Reply, offset: number): number {
  const range = response.headers.get("Content-Range");
  const [, begin, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(range ?? "") ?? [];
  if (Number(begin) === offset && Number.isSafeInteger(Number(total))) return Number(total);
  throw new SiskinError("NETWORK", `${address}: expected the bytes from ${offset} on, got Content-Range ${range}`);
}

/** An ETag that stands for exactly these bytes; a weak one cannot be resumed from. */
function strongEtag(response: Response): string | undefined {
  const etag = response.headers.get("ETag");
  return etag === null || etag.startsWith("W/") ? undefined : etag;
}

async function receive(
  part: Part,
  reply: Reply,
  total: number | undefined,
  { path, options }: Download,
): Promise<void> {
  const report = () =>
    options.onProgress?.({
      phase: "download",
      file: path,
      loaded: part.size,
      ...(total === undefined ? {} : { total }),
    });
  report();
  for await (const chunk of bodyChunks(reply, options)) {
    await part.write(chunk);
    report();
  }
  if (total === undefined || part.size === total) return;
  throw new SiskinError("NETWORK", `${reply.address}: expected ${total} bytes, got ${part.size}`);
}

/** Checks what was received, all of it as it is now: not an error page, and of the SHA-256 that the hub gives. */
async function verify(part: Part, { address, header }: Reply): Promise<void> {
  const source = part.source();
  checkKind(await source.read(0, Math.min(64, source.size)), address);
  const expected = header("X-Linked-Etag")?.replace(/^W\//, "").replaceAll('"', "");
  if (expected === undefined || !/^[0-9a-f]{64}$/.test(expected)) return; // small files are not named by their SHA-256
  const got = await sha256Of(source);
  if (got !== expected) throw new SiskinError("BAD_FILE", `${address}: expected SHA-256 ${expected}, got ${got}`);
}
