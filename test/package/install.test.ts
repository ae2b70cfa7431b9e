import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { expectClose } from "../support/compare.ts";
import { inCheckout } from "../support/paths.ts";
import { readReference } from "../support/reference.ts";

const packed = inject("packed");
const folder = inject("installed");
const reference = readReference(inCheckout("fixtures/golden/e5-small-4bit"));
const [dimensions] = reference.embeddings.shape.slice(1) as [number];

/** Prints the first golden text's vector. */
const ENCODE = `load().then((model) => model.encode(${JSON.stringify(reference.texts[0])})).then((vector) => console.log([...vector].join()))`;

function node(...args: string[]): string {
  return execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function tool(path: string, ...args: string[]): string {
  return node(inCheckout(`node_modules/${path}`), ...args);
}

function expectFirstVector(printed: string): void {
  const vector = Float32Array.from(printed.trim().split(","), Number);
  const expected = { shape: [1, dimensions], data: reference.embeddings.data.subarray(0, dimensions) };
  expectClose(vector, expected, 5e-7, ["text", "component"]);
}

test("only the three packages are installed", () => {
  const names = readdirSync(join(folder, "node_modules")).filter((name) => !name.startsWith("."));
  expect(names.sort()).toEqual(["safetensors-ts", "siskin", "siskin-multilingual-e5-small"]);
});

test("import encodes", () => {
  expectFirstVector(node("--input-type=module", "-e", `import { load } from "siskin"; await ${ENCODE}`));
});

test("require encodes", () => {
  expectFirstVector(node("--no-warnings", "-e", `const { load } = require("siskin"); ${ENCODE}`));
});

test("the command prints the example's similarities", () => {
  const bin = join(folder, "node_modules", ".bin", process.platform === "win32" ? "siskin.cmd" : "siskin");
  const printed = execFileSync(bin, ["similarity"], {
    cwd: folder,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  const rows = [0, 1, 2].map((i) => reference.embeddings.data.subarray(i * dimensions, (i + 1) * dimensions));
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const numbers = printed.match(/-?\d\.\d{4}\b/g)!.map(Number);
  expect(numbers).toHaveLength(9);
  rows
    .flatMap((a) => rows.map((b) => dot(a, b)))
    .forEach((value, i) => {
      expect(Math.abs(numbers[i]! - value)).toBeLessThan(5.1e-5);
    });
});

const TYPES = inCheckout("node_modules/@types");
const BROWSER = { types: [], lib: ["es2022", "dom"] };
const ENGINE = ["siskin/kernels", "siskin/benchmark"]; // their WebAssembly is in the library "dom" alone
const NODE = { typeRoots: [TYPES], types: ["node"], lib: ["es2022"] };

test.each([
  ["a browser's project, nodenext", { module: "nodenext", moduleResolution: "nodenext", ...BROWSER }, ENGINE],
  ["a browser's project, bundler", { module: "esnext", moduleResolution: "bundler", ...BROWSER }, ENGINE],
  ["a Node project, nodenext", { module: "nodenext", moduleResolution: "nodenext", ...NODE }, []],
])("types resolve in %s, declarations checked too", (name, options, engine) => {
  const project = join(folder, name);
  mkdirSync(project);
  const compilerOptions = { strict: true, noEmit: true, skipLibCheck: false, target: "es2022", ...options };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.mts"] }));
  writeFileSync(
    join(project, "program.mts"),
    `import { parse, type Tensor } from "safetensors-ts";
     import { type Embedder, load, SiskinError } from "siskin";
     import { parseTokenizer } from "siskin/tokenizer";
     import "safetensors-ts/node";
     ${engine.map((entry) => `import "${entry}";`).join("\n")}
     const model: Embedder = await load("folder", { dtype: "float32" });
     const one: Float32Array = await model.encode("text", { promptName: "query" });
     const many: Float32Array[] = await model.encode(["text"], { dimensions: 128 });
     const packed: Uint8Array = await model.encode("text", { precision: "ubinary" });
     const ids: ArrayLike<number> = parseTokenizer({}).encode("text").ids;
     const tensors: ReadonlyMap<string, Tensor> = parse(new Uint8Array());
     // @ts-expect-error: a text, or a list of texts
     model.encode(1);
     export { SiskinError, one, many, packed, ids, tensors };`,
  );
  expect(tool("typescript/bin/tsc", "-p", project)).toBe("");
});

test.each(packed.filter(({ files }) => files.some(({ path }) => path.endsWith(".d.ts"))))(
  "$name: attw and publint",
  ({ tarball }) => {
    // Both end with an error when they find a problem; requiring an ES module is none where Node is 20.19 or newer.
    expect(tool("@arethetypeswrong/cli/dist/index.js", "--profile", "esm-only", tarball)).toContain("🟢 (ESM)");
    expect(tool("publint/src/cli.js", "--strict", tarball)).toContain("All good!");
  },
);

test("the model's package is well-formed", () => {
  const { tarball } = packed.find(({ name }) => name === "siskin-multilingual-e5-small")!;
  expect(tool("publint/src/cli.js", "--strict", tarball)).toContain("All good!");
});

test("siskin's tarball has the built engine and nothing large", () => {
  const { files, size } = packed.find(({ name }) => name === "siskin")!;
  console.log(
    `siskin: ${size} bytes packed, ${files.reduce((sum, file) => sum + file.size, 0)} unpacked, ${files.length} files`,
  );
  expect(files.length).toBeGreaterThan(50);
  const foreign = files.filter(({ path }) => !/^(dist|bundle|bin)\/|^[A-Z]+(\.md)?$|^package\.json$/.test(path));
  expect(foreign).toEqual([]);
  const most = (path: string) => (path.startsWith("bundle/") ? 400_000 : 200_000); // Node has the whole engine in one file
  expect(files.filter(({ path, size }) => size > most(path))).toEqual([]);
  expect(size).toBeLessThan(500_000);
});

test("without the model's package the error names the command that installs it", () => {
  const model = join(folder, "node_modules", "siskin-multilingual-e5-small");
  renameSync(model, join(folder, "aside"));
  try {
    const printed = node(
      "--input-type=module",
      "-e",
      'import { load } from "siskin"; await load().catch((e) => console.log(e.message))',
    );
    expect(printed).toContain("npm i siskin-multilingual-e5-small");
  } finally {
    renameSync(join(folder, "aside"), model);
  }
});
