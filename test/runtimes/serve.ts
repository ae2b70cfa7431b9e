import { readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { sendBytes, startServer, type TestServer } from "../source/server.ts";
import { MODEL } from "./job.ts";

const TYPES: Record<string, string> = { ".html": "text/html; charset=utf-8", ".js": "text/javascript" };

/** Serves the model's files under /model/, beside files of one's own by their paths. Whoever starts it closes it. */
export function serve(
  own: Readonly<Record<string, Uint8Array>> = {},
  headers: Record<string, string> = {},
): Promise<TestServer> {
  const files = new Map(Object.entries(own));
  return startServer((request, response) => {
    const path = request.url!;
    if (!files.has(path) && path.startsWith("/model/")) {
      const file = join(MODEL, path.slice("/model/".length));
      if (statSync(file, { throwIfNoEntry: false })?.isFile()) files.set(path, readFileSync(file));
    }
    const bytes = files.get(path);
    if (bytes === undefined) response.writeHead(404).end();
    else sendBytes(request, response, bytes, { "Content-Type": TYPES[extname(path)] ?? "", ...headers });
  });
}
