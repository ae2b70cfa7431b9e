import { count, SafetensorsError, type SafetensorsErrorCode } from "./errors.ts";
import { otherKind } from "./kind.ts";
import { FIRST_READ } from "./open.ts";
import type { ByteSource } from "./source.ts";

export interface HttpOptions {
  fetch?: typeof fetch | undefined;
  /** For example an Authorization. */
  headers?: RequestInit["headers"] | undefined; // Node's types have no name for it
  signal?: AbortSignal | undefined;
}

/** Over a network 256 KiB take about as long as another request. */
const HTTP_GAP = 256 * 1024;

interface Reply {
  readonly bytes: Uint8Array;
  /** Of the whole file. */
  readonly size: number;
  /** ETag, else Last-Modified: when it changes, so did the file. */
  readonly validator: string | null;
}

/**
 * A file behind HTTP, read by Range requests. The first request asks for the first 64 KiB, learns the size and keeps
 * these bytes. Nothing is retried. An abort is thrown as the signal's reason, all else as a SafetensorsError.
 *
 * A file that changes between two reads is an error: its ETag (or Last-Modified) and size are compared on each reply.
 * An If-Range header would do the same, but makes browsers ask the server first, and many servers then say no.
 */
export async function httpSource(url: string | URL, options: HttpOptions = {}): Promise<ByteSource> {
  const { href } = new URL(url, globalThis.location?.href);
  const name = withoutSecrets(href);
  const first = await fetchRange(href, name, 0, FIRST_READ, options);
  return {
    size: first.size,
    name,
    gap: HTTP_GAP,
    async read(offset, length) {
      if (offset + length <= first.bytes.length) return first.bytes.subarray(offset, offset + length);
      const reply = await fetchRange(href, name, offset, length, options);
      if (reply.size !== first.size || reply.validator !== first.validator)
        throw new SafetensorsError(
          "SOURCE_CHANGED",
          `${name}: the file changed: expected ${describe(first)}, got ${describe(reply)}`,
        );
      return reply.bytes;
    },
  };
}

function describe({ size, validator }: Reply): string {
  return `${count(size)} bytes, ${validator ?? "no ETag"}`;
}

/** Bytes [offset, offset + length) of the file, fewer if it ends before. */
async function fetchRange(
  href: string,
  name: string,
  offset: number,
  length: number,
  { fetch: fetchWith = fetch, headers, signal }: HttpOptions,
): Promise<Reply> {
  const request = new Headers(headers);
  request.set("Range", `bytes=${offset}-${offset + length - 1}`);
  try {
    const response = await fetchWith(href, { headers: request, signal: signal ?? null });
    const range = await checkReply(response, name, offset, length);
    const bytes = await readBody(response, name, range.end - offset);
    const validator = response.headers.get("ETag")?.replace(/^W\//, "") ?? response.headers.get("Last-Modified");
    return { bytes, size: range.size, validator };
  } catch (error) {
    if (error instanceof SafetensorsError || signal?.aborted) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const said = `${reason} ${(error as { path?: unknown }).path}`; // Bun's address
    throw new SafetensorsError(
      "NETWORK",
      `${name}: the request failed: ${withoutSecrets(reason)}`,
      withoutSecrets(said) === said ? { cause: error } : {}, // a cause is printed with its error
    );
  }
}

/** A text whose addresses have lost what may be secret in them: credentials and a query. */
function withoutSecrets(text: string): string {
  return text.replace(/(\w:\/\/)(?:[^\s/?#]*@)?([^\s?#]*)\S*/g, "$1$2");
}

/** The range that the reply is about; every other reply is an error. */
async function checkReply(
  response: Response,
  name: string,
  offset: number,
  length: number,
): Promise<{ end: number; size: number }> {
  const fail = async (code: SafetensorsErrorCode, message: string): Promise<never> => {
    await response.body?.cancel();
    throw new SafetensorsError(code, `${name}: ${message}`);
  };
  if (response.status === 200) {
    const kind = otherKind(await firstChunk(response));
    if (kind !== undefined) throw new SafetensorsError("NOT_SAFETENSORS", `${name}: expected safetensors, got ${kind}`);
    throw new SafetensorsError(
      "RANGE_IGNORED",
      `${name}: the server ignores Range requests: expected status 206, got the whole file (200)`,
    );
  }
  if (response.status === 416)
    return offset === 0
      ? fail("NOT_SAFETENSORS", "expected safetensors, got an empty file")
      : fail("SOURCE_CHANGED", `the file changed: it has no byte ${offset} any more`);
  if (response.status !== 206) return fail("HTTP_STATUS", `expected status 206, got ${response.status}`);
  const contentRange = response.headers.get("Content-Range");
  const [, begin, last, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(contentRange ?? "") ?? [];
  const size = Number(total);
  const end = Number(last) + 1;
  if (Number(begin) === offset && Number.isSafeInteger(size) && end === Math.min(offset + length, size))
    return { end, size };
  const got = contentRange === null ? "none (CORS hides it unless exposed)" : JSON.stringify(contentRange);
  return fail("BAD_RANGE", `expected the Content-Range of bytes ${offset}-${offset + length - 1}, got ${got}`);
}

async function firstChunk(response: Response): Promise<Uint8Array> {
  const reader = response.body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  await reader?.cancel();
  return value ?? new Uint8Array(0);
}

async function readBody(response: Response, name: string, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  const reader = response.body?.getReader();
  let at = 0;
  for (;;) {
    const { value } = (await reader?.read()) ?? {};
    if (value === undefined) break;
    if (at + value.length > length) {
      await reader?.cancel();
      throw new SafetensorsError("SHORT_READ", `${name}: expected a body of ${length} bytes, got more`);
    }
    bytes.set(value, at);
    at += value.length;
  }
  if (at < length) throw new SafetensorsError("SHORT_READ", `${name}: expected a body of ${length} bytes, got ${at}`);
  return bytes;
}
