import { SiskinError } from "../errors.ts";
import type { SourceOptions } from "./model-source.ts";

/** What reaching a server takes. */
type Connection = Pick<SourceOptions, "fetch" | "signal">;

/** A reply and the ones that redirected to it, which carry headers of their own. */
export interface Reply {
  readonly response: Response;
  /** For messages: without query, which may hold a signature. */
  readonly address: string;
  /** A header of the first reply that has it. */
  header(name: string): string | undefined;
}

const MAX_REDIRECTS = 8;

/** An address fit for a message: without a query and credentials. */
export function showAddress(url: URL): string {
  return withoutSecrets(url.href);
}

/** A text whose addresses have lost what may be secret in them: credentials and a query. */
export function withoutSecrets(text: string): string {
  return text.replace(/(\w:\/\/)(?:[^\s/?#]*@)?([^\s?#]*)\S*/g, "$1$2");
}

/**
 * A request whose redirects are followed here, hop by hop, so that the token reaches the first origin only and the
 * headers of every hop are seen. A browser hides redirects from programs: it then follows them itself, without the token.
 *
 * @throws SiskinError NETWORK when there is no reply; the signal's reason when aborted. A status is the caller's matter.
 */
export async function request(
  url: URL,
  init: { readonly method?: "GET" | "HEAD"; readonly headers?: Headers; readonly token?: string | undefined },
  connection: Connection,
): Promise<Reply> {
  const replies: Response[] = [];
  let target = url;
  for (;;) {
    const headers = new Headers(init.headers);
    if (init.token !== undefined && target.origin === url.origin) headers.set("Authorization", `Bearer ${init.token}`);
    const { method = "GET" } = init;
    let response = await fetchOnce(target, { method, headers, redirect: "manual" }, connection);
    if (response.type === "opaqueredirect") {
      response = await fetchOnce(target, { method, headers, redirect: "follow" }, connection);
    }
    replies.push(response);
    const location = response.headers.get("Location");
    if (!isRedirect(response.status) || location === null) {
      return {
        response,
        address: showAddress(target),
        header: (name) => replies.find((reply) => reply.headers.has(name))?.headers.get(name) ?? undefined,
      };
    }
    await response.body?.cancel();
    target = redirectTarget(location, target, replies.length);
  }
}

function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

function redirectTarget(location: string, from: URL, hops: number): URL {
  const target = URL.canParse(location, from) ? new URL(location, from) : undefined;
  if (hops > MAX_REDIRECTS || target === undefined || !/^https?:$/.test(target.protocol)) {
    const got =
      hops > MAX_REDIRECTS
        ? `more than ${MAX_REDIRECTS} redirects`
        : `a redirect to ${JSON.stringify(withoutSecrets(location))}`;
    throw new SiskinError("NETWORK", `${showAddress(from)}: expected a file, got ${got}`);
  }
  return target;
}

async function fetchOnce(
  url: URL,
  init: RequestInit,
  { fetch: fetchWith = fetch, signal }: Connection,
): Promise<Response> {
  try {
    return await fetchWith(url.href, { ...init, signal: signal ?? null });
  } catch (error) {
    throw networkError(error, showAddress(url), "a reply", signal);
  }
}

/** What became of a request or a body that broke off: the abort's reason, or an error that names the address. */
function networkError(error: unknown, address: string, expected: string, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  const { message, cause, path } = error as {
    message?: unknown;
    cause?: { message?: unknown; code?: unknown };
    path?: unknown; // Bun's address
  };
  const reason = String(cause?.message || cause?.code || message || error); // fetch says "fetch failed", its cause says why
  const shown = `${address}: expected ${expected}, got ${withoutSecrets(reason)}`;
  const said = `${message} ${path}`;
  return new SiskinError("NETWORK", shown, withoutSecrets(said) === said ? { cause: error } : {}); // a cause is printed too
}

/** The body's chunks as they come; a body that breaks off is a NETWORK error. */
export async function* bodyChunks({ response, address }: Reply, { signal }: Connection): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const { value } = await reader.read().catch((error: unknown) => {
        throw networkError(error, address, "the rest of the file", signal);
      });
      if (value === undefined) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {}); // the consumer may have stopped early; a broken body cannot be cancelled
  }
}

/** The body's length as announced; undefined when it is unknown or counts compressed bytes. */
export function contentLength(response: Response): number | undefined {
  const length = Number(response.headers.get("Content-Length") ?? Number.NaN);
  const encoding = response.headers.get("Content-Encoding") ?? "identity";
  return Number.isSafeInteger(length) && length >= 0 && encoding === "identity" ? length : undefined;
}
