import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface TestServer {
  readonly url: string;
  /** "GET /path" of each request so far. */
  readonly log: string[];
  readonly requests: IncomingMessage[];
  close(): Promise<void>;
}

/** A server on a free loopback port; whoever starts it closes it. */
export async function startServer(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<TestServer> {
  const log: string[] = [];
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    log.push(`${request.method} ${request.url}`);
    requests.push(request);
    handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    log,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Sends bytes as a static file server does: whole, or the range that was asked for when its If-Range still holds. */
export function sendBytes(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Uint8Array,
  headers: Record<string, string> = {},
): void {
  const [, begin, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
  const ifRange = request.headers["if-range"];
  if (begin === undefined || (ifRange !== undefined && ifRange !== headers["ETag"])) {
    response.writeHead(200, { "Content-Length": bytes.length, ...headers });
    response.end(request.method === "HEAD" ? undefined : bytes);
    return;
  }
  const from = Number(begin);
  const to = Math.min(last === "" ? bytes.length : Number(last) + 1, bytes.length);
  if (from >= bytes.length) {
    response.writeHead(416, { "Content-Range": `bytes */${bytes.length}` }).end();
    return;
  }
  const part = bytes.subarray(from, to);
  const range = { "Content-Range": `bytes ${from}-${to - 1}/${bytes.length}`, "Content-Length": part.length };
  response.writeHead(206, { ...range, ...headers }).end(part);
}
