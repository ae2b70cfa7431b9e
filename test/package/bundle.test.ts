import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, inject, test } from "vitest";
import { expectClose, scaleOf } from "../support/compare.ts";
import { inCheckout } from "../support/paths.ts";
import { readReference } from "../support/reference.ts";

const folder = inject("installed");
const TINY = inCheckout("fixtures/tiny/gelu-mean");

/** Bundles for browsers what a page imports of an installed package; gives the file's path and its size. */
async function bundle(name: string, entry: string): Promise<{ path: string; gzipped: number }> {
  const { outputFiles, metafile, warnings } = await build({
    stdin: { contents: `export { ${name} } from ${JSON.stringify(entry)};`, resolveDir: folder },
    bundle: true,
    minify: true,
    platform: "browser",
    format: "esm",
    target: "es2022",
    metafile: true,
    write: false,
  });
  expect(warnings).toEqual([]);
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  expect(imports, "nothing is left to import, of node: least of all").toEqual([]);
  const path = join(folder, "bundles", `${entry.replace("/", "-")}.mjs`);
  mkdirSync(join(folder, "bundles"), { recursive: true });
  writeFileSync(path, outputFiles[0]!.contents);
  const gzipped = gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
  console.log(`${name} of ${entry}: ${outputFiles[0]!.contents.length} bytes minified, ${gzipped} gzipped`);
  return { path, gzipped };
}

const NODE_GLOBALS = ["process", "Buffer", "global", "setImmediate", "clearImmediate"];

/** Runs a program that has the bundle as `library` and the tiny model's `files`, without some of the globals that pages lack. */
function runLikeAPage(path: string, program: string, hidden: readonly string[] = NODE_GLOBALS): unknown {
  const script = `
    import { readFileSync, readdirSync } from "node:fs";
    import { join, relative } from "node:path";
    import { pathToFileURL } from "node:url";
    const entries = readdirSync(${JSON.stringify(TINY)}, { recursive: true, withFileTypes: true });
    const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const files = new Map(paths.map((path) => [
      relative(${JSON.stringify(TINY)}, path).replaceAll("\\\\", "/"),
      new Uint8Array(readFileSync(path)),
    ]));
    const bundle = pathToFileURL(${JSON.stringify(path)}).href;
    for (const name of ${JSON.stringify(hidden)}) delete globalThis[name];
    const library = await import(bundle);
    const result = await (async () => { ${program} })();
    console.log(JSON.stringify(result));`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
  });
  if (status !== 0) expect.fail(stderr.split("\n").find((line) => /^\w*Error\b/.test(line)) ?? stderr.slice(-500));
  return JSON.parse(stdout);
}

const reference = readReference(TINY);
const texts = JSON.stringify(reference.texts);
const encode = `
  const vectors = await model.encode(${texts}, { promptName: "query" });
  return vectors.flatMap((vector) => [...vector]);`;

/** A server of static files that knows byte ranges. */
const SERVE = `
  const serve = async (input, init) => {
    const request = new Request(input, init);
    const file = files.get(decodeURIComponent(new URL(request.url).pathname.slice("/model/".length)));
    if (file === undefined) return new Response("no such file", { status: 404 });
    const range = /^bytes=(\\d+)-(\\d*)$/.exec(request.headers.get("range") ?? "");
    if (range === null) return new Response(file, { headers: { "content-length": String(file.length) } });
    const begin = Number(range[1]);
    const end = Math.min(range[2] === "" ? file.length : Number(range[2]) + 1, file.length);
    const headers = { "content-range": \`bytes \${begin}-\${end - 1}/\${file.length}\`, "content-length": String(end - begin) };
    return new Response(file.slice(begin, end), { status: 206, headers });
  };`;

test("siskin in a page: no node: module, under 60 KB gzipped, the vectors of Python", async () => {
  const { path, gzipped } = await bundle("load", "siskin");
  expect(gzipped).toBeLessThan(60 * 1024);
  const { embeddings } = reference;
  const fromBytes = `const model = await library.load(files); ${encode}`;
  const fromNetwork = `${SERVE} const model = await library.load("https://example.com/model/", { fetch: serve }); ${encode}`;
  for (const vectors of [
    runLikeAPage(path, fromBytes),
    runLikeAPage(path, fromNetwork, ["setImmediate"]), // Node's own Request and Response need the others
  ]) {
    expectClose(Float32Array.from(vectors as number[]), embeddings, 1e-6 * scaleOf(embeddings), ["text", "component"]);
  }
});

test("siskin/tokenizer in a page", async () => {
  const { path, gzipped } = await bundle("parseTokenizer", "siskin/tokenizer");
  expect(gzipped).toBeLessThan(30 * 1024);
  const program = `
    const tokenizer = library.parseTokenizer(JSON.parse(new TextDecoder().decode(files.get("tokenizer.json"))));
    return ${texts}.map((text) => [...tokenizer.encode("the seed: " + text, { maxLength: 32 }).ids]);`;
  expect(runLikeAPage(path, program)).toEqual(reference.ids);
});
