import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openSource } from "../../dist/source/open-source.js";
import { sendBytes, startServer, type TestServer } from "./server.ts";

const text = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const COMMIT = "0123456789abcdef0123456789abcdef01234567";

/** The hub's habits: a commit in the headers, weights on another host behind a redirect, named by their SHA-256. */
interface HubState {
  commit: string | undefined;
  files: Record<string, Uint8Array>;
  announcedSha: string | undefined;
  /** The connection breaks after so many bytes of the weights. */
  breakAfter: number | undefined;
  /** Ranges are of the file as it is now, whatever If-Range says. */
  ignoreIfRange: boolean;
  status: number | undefined;
  errorCode: string | undefined;
}

let hub: TestServer;
let cdn: TestServer;
let state: HubState;
let cacheDir: string;
const weights = Uint8Array.from({ length: 30_000 }, (_, i) => (i * 31 + (i >> 8)) & 255);

beforeEach(async () => {
  cacheDir = mkdtempSync(join(tmpdir(), "siskin-cache-"));
  state = {
    commit: COMMIT,
    files: { "config.json": new TextEncoder().encode('{"a":1}'), "model.safetensors": weights },
    announcedSha: undefined,
    breakAfter: undefined,
    ignoreIfRange: false,
    status: undefined,
    errorCode: undefined,
  };
  cdn = await startServer((request, response) => {
    const bytes = state.files["model.safetensors"]!;
    const etag = `"${sha256(bytes).slice(0, 8)}"`;
    if (state.ignoreIfRange) delete request.headers["if-range"];
    if (state.breakAfter === undefined) return sendBytes(request, response, bytes, { ETag: etag });
    response.writeHead(200, { "Content-Length": bytes.length, ETag: etag });
    return response.write(bytes.subarray(0, state.breakAfter), () => setTimeout(() => response.destroy(), 50));
  });
  hub = await startServer((request, response) => {
    if (state.commit !== undefined) response.setHeader("X-Repo-Commit", state.commit);
    if (state.errorCode !== undefined) response.setHeader("X-Error-Code", state.errorCode);
    if (state.status !== undefined) return response.writeHead(state.status).end();
    const [, path] = /^\/org\/model\/resolve\/[^/]+\/(.+)$/.exec(request.url ?? "") ?? [];
    const bytes = state.files[path ?? ""];
    if (bytes === undefined) return response.writeHead(404).end();
    if (path === "model.safetensors") {
      response.setHeader("X-Linked-Etag", `"${state.announcedSha ?? sha256(bytes)}"`);
      return response.writeHead(302, { Location: `${cdn.url}/blob` }).end();
    }
    const etag = `"${sha256(bytes)}"`;
    if (request.headers["if-none-match"] === etag) return response.writeHead(304).end();
    return sendBytes(request, response, bytes, { ETag: etag });
  });
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await hub.close();
  await cdn.close();
  rmSync(cacheDir, { recursive: true });
});

const open = (options: object = {}) => openSource("org/model", { endpoint: hub.url, cacheDir, ...options });
const readWeights = async (options: object = {}) => {
  const model = await open(options);
  const file = await model.open("model.safetensors");
  const bytes = file && (await file.read(0, file.size)).slice();
  model.close();
  return bytes;
};
/** Where the cache keeps the model's files of a commit, or of a revision without. */
const cachedFiles = (commit = COMMIT) =>
  join(cacheDir, "hub", readdirSync(join(cacheDir, "hub"))[0]!, "org/model", commit, "files");
const parts = () => readdirSync(join(cacheDir, "parts"));

test("a model is downloaded once; then one request tells that its commit is the same", async () => {
  expect(await readWeights()).toEqual(weights);
  const model = await open();
  expect(text(await model.read("config.json"))).toBe('{"a":1}');
  expect(await model.read("modules.json")).toBeUndefined();
  expect(hub.log).toEqual([
    "HEAD /org/model/resolve/main/config.json",
    `GET /org/model/resolve/${COMMIT}/model.safetensors`,
    "HEAD /org/model/resolve/main/config.json",
    `GET /org/model/resolve/${COMMIT}/config.json`,
    `GET /org/model/resolve/${COMMIT}/modules.json`,
  ]);
  hub.log.length = 0;
  const again = await open();
  expect(text(await again.read("config.json"))).toBe('{"a":1}');
  expect(await again.read("modules.json")).toBeUndefined();
  expect((await again.open("model.safetensors"))?.size).toBe(30_000);
  expect(hub.log).toEqual(["HEAD /org/model/resolve/main/config.json"]);
  expect(cdn.log).toHaveLength(1);
  expect(parts()).toEqual([]);
  again.close();
});

test("a full commit hash needs no request at all once cached", async () => {
  await readWeights({ revision: COMMIT });
  hub.log.length = 0;
  expect(await readWeights({ revision: COMMIT })).toEqual(weights);
  expect(hub.log).toEqual([]);
});

test("a new commit brings the new files", async () => {
  await (await open()).read("config.json");
  state.commit = COMMIT.replace("0", "f");
  state.files["config.json"] = new TextEncoder().encode('{"a":2}');
  expect(text(await (await open()).read("config.json"))).toBe('{"a":2}');
});

test("without commits each file's ETag tells whether it is the same", async () => {
  state.commit = undefined;
  expect(text(await (await open()).read("config.json"))).toBe('{"a":1}');
  hub.requests.length = 0;
  expect(text(await (await open()).read("config.json"))).toBe('{"a":1}');
  expect(hub.requests.at(-1)?.headers["if-none-match"]).toBe(`"${sha256(state.files["config.json"]!)}"`);
  state.files["config.json"] = new TextEncoder().encode('{"a":2}');
  expect(text(await (await open()).read("config.json"))).toBe('{"a":2}');
});

test("localFilesOnly makes no request and gives what is cached", async () => {
  await expect(open({ localFilesOnly: true })).rejects.toThrow(
    expect.objectContaining({
      code: "MODEL_NOT_FOUND",
      message: `load: org/model@main: expected a cached model with localFilesOnly, got none in ${cacheDir}`,
    }),
  );
  const online = await open();
  await online.read("config.json");
  await online.read("modules.json");
  hub.log.length = 0;
  const model = await open({ localFilesOnly: true });
  expect(text(await model.read("config.json"))).toBe('{"a":1}');
  expect(await model.read("modules.json")).toBeUndefined(); // known to be absent
  await expect(model.open("model.safetensors")).rejects.toThrow(notCached("model.safetensors"));
  expect(hub.log).toEqual([]);
});

const notCached = (path: string, revision = "main") =>
  expect.objectContaining({
    code: "MODEL_NOT_FOUND",
    message: `load: org/model@${revision}: expected ${path} in the cache with localFilesOnly, got none in ${cacheDir}`,
  });

test.each<[string, (path: string) => void]>([
  ["deleted", rmSync],
  ["shortened", (path) => truncateSync(path, readFileSync(path).length - 1)],
])("with localFilesOnly a cached file that was %s is an error, not an absent file", async (_, damage) => {
  for (const commit of [COMMIT, undefined]) {
    state.commit = commit;
    await (await open()).read("config.json");
    damage(join(cachedFiles(commit ?? "main"), "config.json"));
    await expect((await open({ localFilesOnly: true })).read("config.json")).rejects.toThrow(notCached("config.json"));
  }
});

test("with localFilesOnly a commit that was never loaded is an error of the cache, not of the model", async () => {
  const model = await open({ localFilesOnly: true, revision: COMMIT });
  await expect(model.read("modules.json")).rejects.toThrow(notCached("modules.json", COMMIT));
  expect(hub.log).toEqual([]);
});

test("without commits an absent file stays absent offline, and is asked for again online", async () => {
  state.commit = undefined;
  expect(await (await open()).read("modules.json")).toBeUndefined();
  expect(await (await open({ localFilesOnly: true })).read("modules.json")).toBeUndefined();
  state.files["modules.json"] = new TextEncoder().encode("[]");
  expect(text(await (await open()).read("modules.json"))).toBe("[]");
});

test("when the hub cannot be reached the cached commit serves", async () => {
  await readWeights();
  state.status = 503;
  expect(await readWeights()).toEqual(weights);
  await hub.close();
  expect(await readWeights()).toEqual(weights);
});

test("a connection that breaks leaves its bytes for the next time, which asks for the rest", async () => {
  state.breakAfter = 10_000;
  await expect(readWeights()).rejects.toThrow(
    expect.objectContaining({
      code: "NETWORK",
      message: expect.stringMatching(/^http:\S+\/blob: expected the rest of the file, got /),
    }),
  );
  expect(parts()).toHaveLength(1);
  state.breakAfter = undefined;
  const events: { loaded: number }[] = [];
  expect(await readWeights({ onProgress: (event: { loaded: number }) => events.push(event) })).toEqual(weights);
  const { range, "if-range": ifRange } = cdn.requests.at(-1)!.headers;
  expect(range).toBe("bytes=10000-");
  expect(ifRange).toBe(`"${sha256(weights).slice(0, 8)}"`);
  expect(events[0]).toEqual({ phase: "download", file: "model.safetensors", loaded: 10_000, total: 30_000 });
  expect(events.at(-1)?.loaded).toBe(30_000);
  expect(parts()).toEqual([]);
});

test("bytes of an earlier content are not resumed from", async () => {
  state.breakAfter = 10_000;
  await expect(readWeights()).rejects.toThrow("expected the rest of the file");
  state.breakAfter = undefined;
  state.files["model.safetensors"] = weights.map((byte) => byte ^ 1);
  expect(await readWeights()).toEqual(state.files["model.safetensors"]);
});

test("a range of another content than the part's is not taken, where a server ignores If-Range", async () => {
  state.breakAfter = 10_000;
  await expect(readWeights()).rejects.toThrow("expected the rest of the file");
  state.breakAfter = undefined;
  state.ignoreIfRange = true;
  state.announcedSha = "unknown";
  state.files["model.safetensors"] = weights.map((byte) => byte ^ 1);
  expect(await readWeights()).toEqual(state.files["model.safetensors"]);
  expect(cdn.requests.map(({ headers }) => headers.range)).toEqual([undefined, "bytes=10000-", undefined]);
});

test("a part that is longer than the file is begun anew", async () => {
  state.breakAfter = 10_000;
  await expect(readWeights()).rejects.toThrow("expected the rest of the file");
  state.breakAfter = undefined;
  const part = join(cacheDir, "parts", parts()[0]!);
  writeFileSync(part, new Uint8Array(40_000));
  utimesSync(part, 0, 0);
  expect(await readWeights()).toEqual(weights);
});

test("a part that another process still writes to is left alone", async () => {
  state.breakAfter = 10_000;
  await expect(readWeights()).rejects.toThrow("expected the rest of the file");
  state.breakAfter = undefined;
  const [name] = parts();
  utimesSync(join(cacheDir, "parts", name!), new Date(), new Date());
  expect(await readWeights()).toEqual(weights);
  expect(cdn.requests.at(-1)?.headers.range).toBeUndefined();
  expect(parts()).toEqual([name]);
});

test("two downloads at once both succeed", async () => {
  const [a, b] = await Promise.all([readWeights(), readWeights()]);
  expect(a).toEqual(weights);
  expect(b).toEqual(weights);
  expect(parts()).toEqual([]);
});

test("weights of another SHA-256 than announced are refused and not kept", async () => {
  state.announcedSha = "0".repeat(64);
  await expect(readWeights()).rejects.toThrow(
    expect.objectContaining({
      code: "BAD_FILE",
      message: `${cdn.url}/blob: expected SHA-256 ${state.announcedSha}, got ${sha256(weights)}`,
    }),
  );
  expect(parts()).toEqual([]);
  state.announcedSha = undefined;
  expect(await readWeights()).toEqual(weights);
});

test("a page in place of a file is refused and not kept", async () => {
  state.files["config.json"] = new TextEncoder().encode("<!doctype html><title>Sign in</title>");
  const model = await open();
  await expect(model.read("config.json")).rejects.toThrow(
    `${hub.url}/org/model/resolve/${COMMIT}/config.json: expected the file, got an HTML or XML page`,
  );
  state.files["config.json"] = new TextEncoder().encode("{}");
  expect(text(await model.read("config.json"))).toBe("{}");
});

test("the token goes to the hub and to no other host", async () => {
  await readWeights({ token: "hf_secret" });
  expect(hub.requests.map(({ headers }) => headers.authorization)).toEqual(["Bearer hf_secret", "Bearer hf_secret"]);
  expect(cdn.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
});

test.each(["hf_SECRET\nxx", "hf_SECRET ", "hf_SECRÉT"])("the token %j is refused without being told", async (token) => {
  const error = expect.objectContaining({
    code: "BAD_OPTION",
    message: "load: token or HF_TOKEN: expected ASCII letters, digits and signs, got other characters",
  });
  await expect(open({ token })).rejects.toThrow(error);
  vi.stubEnv("HF_TOKEN", token);
  await expect(open()).rejects.toThrow(error);
  expect(hub.log).toEqual([]);
});

test("an empty token is none", async () => {
  vi.stubEnv("HF_TOKEN", "hf_environment");
  await (await open({ token: "" })).read("config.json");
  expect(hub.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
});

test("redirects that the runtime hides are left to it, as in browsers", async () => {
  const modes: (string | undefined)[] = [];
  const browserFetch: typeof fetch = async (url, init) => {
    modes.push(init?.redirect);
    const response = await fetch(url, init);
    if (response.status !== 302) return response;
    await response.body?.cancel();
    return Object.defineProperty(new Response(null), "type", { value: "opaqueredirect" });
  };
  expect(await readWeights({ fetch: browserFetch, token: "hf_secret" })).toEqual(weights);
  expect(modes).toEqual(["manual", "manual", "follow"]);
  expect(cdn.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
});

test("HF_ENDPOINT and HF_TOKEN are read from the environment", async () => {
  vi.stubEnv("HF_ENDPOINT", hub.url);
  vi.stubEnv("HF_TOKEN", "hf_environment");
  await (await openSource("org/model", { cacheDir })).read("config.json");
  expect(hub.requests[0]?.headers.authorization).toBe("Bearer hf_environment");
});

test.each([
  [
    401,
    undefined,
    "MODEL_NOT_FOUND",
    "expected a public model, got status 401: the model does not exist, or needs a token with access to it",
  ],
  [
    403,
    undefined,
    "MODEL_NOT_FOUND",
    "expected a public model, got status 403: the model does not exist, or needs a token with access to it",
  ],
  [404, "RepoNotFound", "MODEL_NOT_FOUND", "expected a model, got RepoNotFound"],
  [404, "RevisionNotFound", "MODEL_NOT_FOUND", "expected a model, got RevisionNotFound"],
  [429, undefined, "NETWORK", "expected status 200, got 429"],
])("status %i %s is a clear error", async (status, errorCode, code, message) => {
  Object.assign(state, { status, errorCode });
  await expect(open()).rejects.toThrow(
    expect.objectContaining({ code, message: `${hub.url}/org/model/resolve/main/config.json: ${message}` }),
  );
});

test("a commit that is none is refused: it would name a folder", async () => {
  state.commit = "../../x";
  await expect(open()).rejects.toThrow(
    `${hub.url}/org/model/resolve/main/config.json: expected a commit hash in X-Repo-Commit, got "../../x"`,
  );
});

test.each(["..", "a/../b", "-x", "", "a b"])("the revision %j is refused", async (revision) => {
  await expect(open({ revision })).rejects.toThrow(
    `load: revision: expected a branch, tag or commit, got ${JSON.stringify(revision)}`,
  );
});

test("a revision with a slash is one place in the address and in the cache", async () => {
  expect(text(await (await open({ revision: "refs/pr/1" })).read("config.json"))).toBe('{"a":1}');
  expect(hub.log[0]).toBe("HEAD /org/model/resolve/refs%2Fpr%2F1/config.json");
});

test("an endpoint's credentials are in no message", async () => {
  const endpoint = "http://user:pa55@127.0.0.1:1/x?sig=SECRET";
  const error = await open({ endpoint }).catch((caught: unknown) => caught);
  expect(error).toMatchObject({
    code: "NETWORK",
    message: expect.stringContaining("http://127.0.0.1:1/x/org/model/resolve/main/config.json: expected a reply, got "),
  });
  expect(inspect(error)).not.toMatch(/pa55|SECRET/);
  await expect(open({ endpoint: "ftp://user:pa55@host" })).rejects.toThrow(
    'load: endpoint: expected an http or https URL, got "ftp://host"',
  );
});

test("an endpoint must be a web address", async () => {
  await expect(open({ endpoint: "huggingface" })).rejects.toThrow(
    'load: endpoint: expected an http or https URL, got "huggingface"',
  );
});

test("redirects without end, and to other schemes, are refused", async () => {
  await hub.close();
  let target = "/again";
  hub = await startServer((_, response) => response.writeHead(302, { Location: target }).end());
  await expect(open()).rejects.toThrow("expected a file, got more than 8 redirects");
  target = "file:///etc/passwd";
  await expect(open()).rejects.toThrow('expected a file, got a redirect to "file:///etc/passwd"');
  target = "ftp://user:pa55@host/x?sig=SECRET";
  await expect(open()).rejects.toThrow('expected a file, got a redirect to "ftp://host/x"');
});

test("a cache that cannot be written is no error: memory serves", async () => {
  const file = join(cacheDir, "file");
  writeFileSync(file, "");
  const model = await open({ cacheDir: join(file, "cache") });
  expect(text(await model.read("config.json"))).toBe('{"a":1}');
  const opened = await model.open("model.safetensors");
  expect(await opened?.read(0, 30_000)).toEqual(weights);
  hub.log.length = 0;
  expect(text(await model.read("config.json"))).toBe('{"a":1}');
  expect(hub.log).toEqual([]);
});

test("a cache that turns out to be full or read-only at the end is no error either", async () => {
  await (await open()).read("config.json");
  const folder = join(cacheDir, "hub", readdirSync(join(cacheDir, "hub"))[0]!, "org/model", COMMIT);
  rmSync(folder, { recursive: true });
  writeFileSync(folder, ""); // where a folder must be made
  expect(await readWeights()).toEqual(weights);
  expect(cdn.log).toHaveLength(2);
  expect(parts()).toEqual([]);
});

test("a cached file that lost bytes is fetched again", async () => {
  await readWeights();
  const file = join(cachedFiles(), "model.safetensors");
  expect(readFileSync(file)).toHaveLength(30_000);
  writeFileSync(file, "short");
  expect(await readWeights()).toEqual(weights);
});

test("paths that lead out of the model are refused without a request", async () => {
  const model = await open();
  hub.log.length = 0;
  for (const path of ["../x", "/x", "https://host/x"]) {
    await expect(model.read(path)).rejects.toThrow("org/model: expected a path inside its folder");
  }
  expect(hub.log).toEqual([]);
});
