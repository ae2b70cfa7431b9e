import { closeSync, existsSync, fstatSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { type Embedder, load } from "siskin";
import { expect, test } from "vitest";
import { startServer } from "../source/server.ts";
import { inCheckout } from "../support/paths.ts";

const MODEL = inCheckout("models/multilingual-e5-small/");
const TEXTS = ["мама мыла раму", "The general limitation period is three years.", "三年"];

test("word rows from a folder, from bytes and over HTTP: the same bits, and no row is asked for twice", async () => {
  const server = await startServer((request, response) => sendRange(request.headers.range, request.url!, response));
  try {
    const [folder, bytes, http] = await Promise.all(
      [MODEL, filesOf(MODEL), server.url].map((source) => load(source, { dtype: "int8" })),
    );
    const expected = await folder!.encode(TEXTS);
    expect(await bytes!.encode(TEXTS)).toEqual(expected);
    const requests = async (model: Embedder, texts: string[]) => {
      const before = server.log.length;
      const vectors = await model.encode(texts);
      return { vectors, made: server.log.length - before };
    };
    const first = await requests(http!, TEXTS);
    expect(first.vectors).toEqual(expected);
    expect(first.made).toBeGreaterThan(0);
    expect(first.made).toBeLessThan(100); // of three tensors; a row of each of the 25 tokens at the most
    const again = await requests(http!, [TEXTS[2]!, TEXTS[0]!]);
    expect(again).toEqual({ vectors: [expected[2], expected[0]], made: 0 });
    expect((await requests(http!, [`${TEXTS[0]} дом`])).made).toBeLessThanOrEqual(3); // a row of each tensor
    for (const model of [folder, bytes, http]) model!.dispose();
  } finally {
    await server.close();
  }
});

function filesOf(folder: string): Map<string, Uint8Array> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = paths.filter((path) => statSync(join(folder, path)).isFile());
  return new Map(files.map((path) => [path, readFileSync(join(folder, path))]));
}

/** A file of the model or a range of it, without reading the rest. */
function sendRange(range: string | undefined, url: string, response: ServerResponse): void {
  const path = join(MODEL, url);
  if (!existsSync(path)) return void response.writeHead(404).end();
  const file = openSync(path, "r");
  const { size } = fstatSync(file);
  const [, first = "0", last = size - 1] = /^bytes=(\d+)-(\d+)$/.exec(range ?? "") ?? [];
  const from = Number(first);
  const bytes = Buffer.alloc(Math.min(Number(last), size - 1) + 1 - from);
  readSync(file, bytes, 0, bytes.length, from);
  closeSync(file);
  const headers = { "Content-Length": bytes.length };
  if (range === undefined) response.writeHead(200, headers).end(bytes);
  else
    response
      .writeHead(206, { ...headers, "Content-Range": `bytes ${from}-${from + bytes.length - 1}/${size}` })
      .end(bytes);
}
