import { inspect } from "node:util";
import { afterEach, expect, test } from "vitest";
import { openSource } from "../../dist/source/open-source.js";
import { sendBytes, startServer, type TestServer } from "./server.ts";

const text = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);
const weights = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 31) & 255);
let server: TestServer;

afterEach(() => server.close());

async function start({ ranges = true, page = false } = {}): Promise<void> {
  server = await startServer((request, response) => {
    const path = request.url?.split("?")[0];
    if (page)
      return response.writeHead(200, { "Content-Type": "text/html" }).end("<!DOCTYPE html><title>Sign in</title>");
    if (path === "/m/config.json") return response.end('{"a":1}');
    if (path === "/m/1_Pooling/config.json") return response.end("{}");
    if (path === "/m/broken.json") {
      response.writeHead(200, { "Content-Length": 100 });
      return response.write("half", () => response.destroy());
    }
    if (path === "/m/huge.json") return response.writeHead(200, { "Content-Length": 300_000_000 }).flushHeaders();
    if (path === "/m/busy.json") return response.writeHead(503).end();
    if (path === "/m/slow.json") return; // never answers
    if (path !== "/m/model.safetensors") return response.writeHead(404).end("<html>not found</html>");
    if (!ranges) delete request.headers.range;
    return sendBytes(request, response, weights, { ETag: '"1"' });
  });
}

test("small files come whole, weights by ranges, absent files are undefined", async () => {
  await start();
  const model = await openSource(`${server.url}/m`);
  expect(text(await model.read("config.json"))).toBe('{"a":1}');
  expect(text(await model.read("1_Pooling/config.json"))).toBe("{}");
  expect(await model.read("absent.json")).toBeUndefined();
  expect(await model.open("absent.safetensors")).toBeUndefined();
  const file = await model.open("model.safetensors");
  expect(file?.size).toBe(200_000);
  expect(await file?.read(150_000, 1000)).toEqual(weights.subarray(150_000, 151_000));
  expect(server.requests.at(-1)?.headers.range).toBe("bytes=150000-150999");
});

test("a server without ranges gives the whole file, with progress", async () => {
  await start({ ranges: false });
  const events: unknown[] = [];
  const model = await openSource(new URL(`${server.url}/m/`), { onProgress: (event) => events.push(event) });
  const file = await model.open("model.safetensors");
  expect(await file?.read(199_990, 10)).toEqual(weights.subarray(199_990));
  expect(events.at(-1)).toEqual({ phase: "download", file: "model.safetensors", loaded: 200_000, total: 200_000 });
});

test("a query is sent with each file and shown in no message", async () => {
  await start();
  const model = await openSource(`${server.url}/m/?signature=secret`);
  await model.read("config.json");
  expect(server.log.at(-1)).toBe("GET /m/config.json?signature=secret");
  expect(model.name).toBe(`${server.url}/m/`);
  await expect(model.read("busy.json")).rejects.toThrow(
    expect.objectContaining({ code: "NETWORK", message: `${server.url}/m/busy.json: expected status 200, got 503` }),
  );
});

test("credentials and a query are in no message of fetch's own, nor in its cause", async () => {
  await start();
  const model = await openSource("http://user:pa55@127.0.0.1:1/x?sig=SECRET");
  const bun = Object.assign(new TypeError("fetch failed"), { path: "http://127.0.0.1:1/x?sig=SECRET" });
  const bunModel = await openSource("http://127.0.0.1:1/x?sig=SECRET", { fetch: () => Promise.reject(bun) });
  for (const work of [
    model.read("config.json"),
    model.open("model.safetensors"),
    bunModel.read("config.json"),
    bunModel.open("model.safetensors"),
  ]) {
    const error = await work.catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: "NETWORK",
      message: expect.stringMatching(
        /^http:\/\/127\.0\.0\.1:1\/x\/\S+: (expected a reply, got|the request failed:) \S/,
      ),
    });
    expect(inspect(error)).not.toMatch(/pa55|SECRET/);
  }
});

test("a page in place of a file names the address", async () => {
  await start({ page: true });
  const model = await openSource(`${server.url}/m`);
  for (const work of [model.read("config.json"), model.open("model.safetensors")]) {
    await expect(work).rejects.toThrow(
      /^http:\/\/127\.0\.0\.1:\d+\/m\/\S+: expected the file, got an HTML or XML page$/,
    );
  }
});

test("a file too large to be read whole is refused before it arrives", async () => {
  await start();
  const model = await openSource(`${server.url}/m`);
  await expect(model.read("huge.json")).rejects.toThrow(
    "/m/huge.json: expected at most 268,435,456 bytes, got 300,000,000",
  );
});

test("a body that breaks off, and a server that is gone, are network errors", async () => {
  await start();
  const model = await openSource(`${server.url}/m`);
  await expect(model.read("broken.json")).rejects.toThrow(
    expect.objectContaining({
      code: "NETWORK",
      message: expect.stringMatching(/\/m\/broken\.json: expected the rest of the file, got /),
    }),
  );
  await server.close();
  await expect(model.read("config.json")).rejects.toThrow(
    expect.objectContaining({
      code: "NETWORK",
      message: expect.stringMatching(/\/m\/config\.json: expected a reply, got .*ECONNREFUSED/),
    }),
  );
});

test("an abort ends a request with the signal's reason", async () => {
  await start();
  const abort = new AbortController();
  const model = await openSource(`${server.url}/m`, { signal: abort.signal });
  const reading = model.read("slow.json");
  setTimeout(() => abort.abort(new Error("enough")), 20);
  await expect(reading).rejects.toThrow("enough");
});

test("with localFilesOnly nothing is asked for", async () => {
  await start();
  await expect(openSource(`${server.url}/m`, { localFilesOnly: true })).rejects.toThrow(
    expect.objectContaining({
      code: "MODEL_NOT_FOUND",
      message: `load: ${server.url}/m: expected a local model with localFilesOnly, got a URL`,
    }),
  );
  expect(server.log).toEqual([]);
});

test("paths that lead out of the model are refused without a request", async () => {
  await start();
  const model = await openSource(`${server.url}/m`);
  for (const path of ["../x", "//host/x", "https://host/x", "%2e%2e/x"]) {
    await expect(model.read(path)).rejects.toThrow("expected a path inside its folder");
    await expect(model.open(path)).rejects.toThrow("expected a path inside its folder");
  }
  expect(server.log).toEqual([]);
});
