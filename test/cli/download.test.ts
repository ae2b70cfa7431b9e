import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sendBytes, startServer, type TestServer } from "../source/server.ts";
import { tinyModel } from "../support/tiny-model.ts";
import { BIN, siskin } from "./run.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
let hub: TestServer;
let cache: string;
let stalled: (() => void) | undefined;

beforeAll(async () => {
  cache = mkdtempSync(join(tmpdir(), "siskin-download-"));
  const files = tinyModel();
  hub = await startServer((request, response) => {
    response.setHeader("X-Repo-Commit", COMMIT);
    const bytes = files.get(/^\/org\/tiny\/resolve\/\w+\/(.+)$/.exec(request.url ?? "")?.[1] ?? "");
    if (bytes === undefined) return response.writeHead(404).end();
    if (stalled === undefined || !request.url?.endsWith("model.safetensors")) {
      return sendBytes(request, response, bytes, { ETag: '"1"' });
    }
    response.writeHead(200, { "Content-Length": bytes.length, ETag: '"1"' });
    return response.write(bytes.subarray(0, 1000), stalled);
  });
});

afterAll(async () => {
  await hub.close();
  rmSync(cache, { recursive: true });
});

test("an interrupted download is resumed by the next start, and then works offline", async () => {
  const args = ["embed", "a", "--model", "org/tiny", "--cache-dir", cache];
  const env = { ...process.env, HF_ENDPOINT: hub.url };
  const begun = new Promise<void>((resolve) => (stalled = resolve));
  const child = spawn(process.execPath, [BIN, ...args], { env });
  let stderr = "";
  child.stderr.on("data", (text) => (stderr += text));
  const ended = new Promise((resolve) => child.on("close", resolve));
  await begun;
  await new Promise((resolve) => setTimeout(resolve, 300)); // until what was sent has been written
  child.kill("SIGINT");
  expect(await ended).toBe(1);
  expect(stderr).toBe("siskin: interrupted: the next start resumes a download\n");

  stalled = undefined;
  const resumed = await siskin(args, { env: { HF_ENDPOINT: hub.url } });
  expect(resumed.code).toBe(0);
  const ranges = hub.requests
    .filter(({ url }) => url?.endsWith("model.safetensors"))
    .map(({ headers }) => headers.range);
  expect(ranges).toEqual([undefined, "bytes=1000-"]);

  hub.log.length = 0;
  const offline = await siskin([...args, "--offline"], { env: { HF_ENDPOINT: hub.url } });
  expect(offline).toEqual(resumed);
  expect(hub.log).toEqual([]);
});
