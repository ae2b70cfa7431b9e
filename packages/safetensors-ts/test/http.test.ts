import { inspect } from "node:util";
import { type HttpOptions, httpSource, open, serialize } from "safetensors-ts";
import { describe, expect, test } from "vitest";
import { failure, rangeServer } from "./file.ts";

const data = Uint8Array.from({ length: 400_000 }, (_, i) => i * 7);
const FILE = serialize([{ name: "table", shape: [4000, 100], data }]);

test("a server: opens with one request, then reads what is asked for", async () => {
  const { url, requests, close } = await rangeServer(FILE);
  const source = await httpSource(`${url}?signature=secret`, { headers: { Authorization: "Bearer x" } });
  expect(source.name).toBe(url);
  const file = await open(source);
  expect(requests).toEqual(["bytes=0-65535 Bearer x"]);
  const out = new Uint8Array(300);
  await file.readRows("table", [3999, 0, 3998], out);
  expect(out).toEqual(Uint8Array.from([...data.slice(-100), ...data.slice(0, 100), ...data.slice(-200, -100)]));
  expect(requests.slice(1)).toEqual([`bytes=${FILE.length - 200}-${FILE.length - 1} Bearer x`]);
  close();
});

/** A server of one file in a function. `change` edits its replies, from the `from`-th on. */
function fake(
  change: (reply: { status: number; headers: Headers; body: BodyInit | null }) => void,
  from = 0,
): HttpOptions {
  let calls = 0;
  return {
    fetch: async (_, init) => {
      const [, begin, last] = /^bytes=(\d+)-(\d+)$/.exec(new Headers(init?.headers).get("Range")!)!;
      const end = Math.min(Number(last) + 1, FILE.length);
      const headers = new Headers({ "Content-Range": `bytes ${begin}-${end - 1}/${FILE.length}`, ETag: '"1"' });
      const reply: Parameters<typeof change>[0] = { status: 206, headers, body: FILE.slice(Number(begin), end) };
      if (calls++ >= from) change(reply);
      return new Response(reply.body, reply);
    },
  };
}

const read = async (options: HttpOptions): Promise<unknown> => {
  const source = await httpSource("http://host/m.safetensors?token=x", options);
  return source.read(200_000, 1000);
};
const at = "http://host/m.safetensors";

describe("replies that are refused", () => {
  type Change = Parameters<typeof fake>[0];
  const range =
    (text: string): Change =>
    (reply) =>
      reply.headers.set("Content-Range", text);
  test.each<[string, number, Change, string, string]>([
    ["404", 0, (r) => (r.status = 404), "HTTP_STATUS", "expected status 206, got 404"],
    ["500 later", 1, (r) => (r.status = 500), "HTTP_STATUS", "expected status 206, got 500"],
    [
      "the whole file",
      0,
      (r) => (r.status = 200),
      "RANGE_IGNORED",
      "the server ignores Range requests: expected status 206, got the whole file (200)",
    ],
    [
      "an HTML page",
      0,
      (r) => Object.assign(r, { status: 200, body: "<!doctype html><title>Sign in" }),
      "NOT_SAFETENSORS",
      "expected safetensors, got an HTML page",
    ],
    [
      "a Git-LFS pointer",
      0,
      (r) => Object.assign(r, { status: 200, body: "version https://git-lfs.github.com/spec/v1" }),
      "NOT_SAFETENSORS",
      "expected safetensors, got a Git-LFS pointer (the file itself was never downloaded: git lfs pull)",
    ],
    [
      "200 and nothing",
      0,
      (r) => Object.assign(r, { status: 200, body: null }),
      "NOT_SAFETENSORS",
      "expected safetensors, got an empty file",
    ],
    ["416 at the start", 0, (r) => (r.status = 416), "NOT_SAFETENSORS", "expected safetensors, got an empty file"],
    ["416 later", 1, (r) => (r.status = 416), "SOURCE_CHANGED", "the file changed: it has no byte 200000 any more"],
    [
      "another ETag",
      1,
      (r) => r.headers.set("ETag", '"2"'),
      "SOURCE_CHANGED",
      'the file changed: expected 400,080 bytes, "1", got 400,080 bytes, "2"',
    ],
    [
      "no ETag any more",
      1,
      (r) => r.headers.delete("ETag"),
      "SOURCE_CHANGED",
      'the file changed: expected 400,080 bytes, "1", got 400,080 bytes, no ETag',
    ],
    [
      "another size",
      1,
      range("bytes 200000-200999/400081"),
      "SOURCE_CHANGED",
      'the file changed: expected 400,080 bytes, "1", got 400,081 bytes, "1"',
    ],
    [
      "no Content-Range",
      0,
      (r) => r.headers.delete("Content-Range"),
      "BAD_RANGE",
      "expected the Content-Range of bytes 0-65535, got none (CORS hides it unless exposed)",
    ],
    [
      "another range",
      0,
      range("bytes 1-65536/400080"),
      "BAD_RANGE",
      'expected the Content-Range of bytes 0-65535, got "bytes 1-65536/400080"',
    ],
    [
      "a range too short",
      0,
      range("bytes 0-99/400080"),
      "BAD_RANGE",
      'expected the Content-Range of bytes 0-65535, got "bytes 0-99/400080"',
    ],
    [
      "an unknown size",
      0,
      range("bytes 0-65535/*"),
      "BAD_RANGE",
      'expected the Content-Range of bytes 0-65535, got "bytes 0-65535/*"',
    ],
    [
      "a size beyond 2^53",
      0,
      range("bytes 0-65535/99999999999999999999"),
      "BAD_RANGE",
      'expected the Content-Range of bytes 0-65535, got "bytes 0-65535/99999999999999999999"',
    ],
    [
      "a body too short",
      0,
      (r) => (r.body = new Uint8Array(65_535)),
      "SHORT_READ",
      "expected a body of 65536 bytes, got 65535",
    ],
    [
      "a body too long",
      0,
      (r) => (r.body = new Uint8Array(65_537)),
      "SHORT_READ",
      "expected a body of 65536 bytes, got more",
    ],
    ["no body", 0, (r) => (r.body = null), "SHORT_READ", "expected a body of 65536 bytes, got 0"],
  ])("%s", async (_, from, change, code, message) => {
    const error = await failure(() => read(fake(change, from)));
    expect([error.code, error.message]).toEqual([code, `${at}: ${message}`]);
  });

  test("a body larger than asked for is cancelled, not collected", async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent++;
        controller.enqueue(new Uint8Array(60_000));
      },
    });
    const error = await failure(() => read(fake((reply) => (reply.body = endless))));
    expect(error.message).toBe(`${at}: expected a body of 65536 bytes, got more`);
    expect(sent).toBeLessThan(5);
  });

  test("a network failure keeps its cause", async () => {
    const cause = new TypeError("fetch failed");
    const error = await failure(() => read({ fetch: () => Promise.reject(cause) }));
    expect([error.code, error.message]).toEqual(["NETWORK", `${at}: the request failed: fetch failed`]);
    expect((error as { cause?: unknown }).cause).toBe(cause);
  });

  test("what fetch says is told without the secrets of addresses", async () => {
    const said = new TypeError("no route to http://user:pa55@host/m.safetensors?sig=SECRET from here");
    const error = await failure(() => read({ fetch: () => Promise.reject(said) }));
    expect(error.message).toBe(`${at}: the request failed: no route to http://host/m.safetensors from here`);
    expect(inspect(error)).not.toMatch(/pa55|SECRET/);
  });

  test("credentials in an address are refused by fetch, and told by nobody", async () => {
    const error = await failure(() => httpSource("http://user:pa55@127.0.0.1:1/m?sig=SECRET#SECRET"));
    expect(error.code).toBe("NETWORK");
    expect(inspect(error)).not.toMatch(/pa55|SECRET/);
  });

  test("an abort is thrown as it is", async () => {
    const abort = new AbortController();
    const reason = new Error("enough");
    abort.abort(reason);
    const error = await failure(() => read({ signal: abort.signal, fetch }));
    expect(error).toBe(reason);
  });
});

describe("replies that are accepted", () => {
  const bytes = FILE.slice(200_000, 201_000);

  test("no validator at all", async () => {
    expect(await read(fake((reply) => reply.headers.delete("ETag")))).toEqual(bytes);
  });

  test("a weak ETag that is once strong", async () => {
    expect(await read(fake((reply) => reply.headers.set("ETag", 'W/"1"'), 1))).toEqual(bytes);
  });

  test("Last-Modified stands in for an ETag", async () => {
    const modified = (reply: { headers: Headers }, day: string): void => {
      reply.headers.delete("ETag");
      reply.headers.set("Last-Modified", day);
    };
    let day = 0;
    const error = await failure(() => read(fake((reply) => modified(reply, `day ${day++}`))));
    expect(error.message).toBe(`${at}: the file changed: expected 400,080 bytes, day 0, got 400,080 bytes, day 1`);
    expect(await read(fake((reply) => modified(reply, "day 0")))).toEqual(bytes);
  });
});
