import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { inCheckout } from "./support/paths.ts";

/**
 * What each part of src/ may import beside itself: the direction of docs/architecture.md. A part is a folder, or a file of
 * src/ itself; a name with .ts is one file of another part.
 */
const MAY_IMPORT: Record<string, readonly string[]> = {
  "errors.ts": [],
  "crc32.ts": [],
  "fields.ts": ["errors.ts"],
  kernels: ["errors.ts", "#packing", "#wasm"],
  tokenizer: ["crc32.ts", "errors.ts", "fields.ts"],
  model: ["errors.ts", "fields.ts", "kernels", "safetensors-ts"],
  output: ["errors.ts", "fields.ts", "model"],
  source: ["crc32.ts", "errors.ts", "safetensors-ts", "safetensors-ts/node", "#platform"],
  evaluation: ["errors.ts", "output", "safetensors-ts"],
  "options.ts": ["errors.ts", "fields.ts"],
  "batches.ts": [],
  pool: ["errors.ts", "kernels", "#threads"],
  "encode.ts": [
    "errors.ts",
    "fields.ts",
    "batches.ts",
    "options.ts",
    "kernels",
    "model",
    "output",
    "pool",
    "tokenizer",
  ],
  "embedder.ts": ["errors.ts", "encode.ts", "model", "output", "tokenizer"],
  loading: ["#compiled-cache", "errors.ts", "fields.ts", "kernels", "model", "source", "tokenizer", "safetensors-ts"],
  "load.ts": ["embedder.ts", "encode.ts", "fields.ts", "options.ts", "kernels", "loading", "model", "pool", "source"],
  "index.ts": ["errors.ts", "embedder.ts", "encode.ts", "load.ts", "evaluation", "output", "source"],
  benchmark: ["embedder.ts", "kernels"],
  cli: [
    "index.ts",
    "tokenizer/index.ts",
    "kernels/index.ts",
    "benchmark/index.ts",
    "safetensors-ts",
    "safetensors-ts/node",
  ],
};

const NODE_ONLY =
  /^(src\/source\/platform-node[\w-]*\.ts|src\/pool\/threads-node\.ts|src\/cli\/.*|packages\/safetensors-ts\/src\/node\.ts)$/;

interface Import {
  readonly file: string;
  /** As a path from the checkout's root for files of our own, else as written. */
  readonly target: string;
}

function importsIn(folder: string): Import[] {
  const files = readdirSync(inCheckout(folder), { recursive: true, encoding: "utf8" }).map((file) =>
    file.replaceAll("\\", "/"),
  );
  return files
    .filter((file) => file.endsWith(".ts"))
    .map((file) => `${folder}/${file}`)
    .flatMap((file) => {
      const text = readFileSync(inCheckout(file), "utf8");
      const found = text.matchAll(
        /^(?:import|export)\b[^"';]*?\bfrom\s*"([^"]+)"|\bimport\(\s*"([^"]+)"|^import\s*"([^"]+)"/gm,
      );
      return [...found].map(([, from, dynamic, bare]) => {
        const target = (from ?? dynamic ?? bare)!;
        return { file, target: target.startsWith(".") ? join(dirname(file), target).replaceAll("\\", "/") : target };
      });
    });
}

/** The part that a path of src/ belongs to. */
function partOf(path: string): string {
  return path.split("/")[1]!;
}

function allowed({ file, target }: Import): boolean {
  if (target.startsWith("node:")) return NODE_ONLY.test(file);
  const part = partOf(file);
  const may = MAY_IMPORT[part] ?? [];
  if (!target.startsWith("src/")) return may.includes(target);
  return partOf(target) === part || may.includes(partOf(target)) || may.includes(target.slice("src/".length));
}

const describe = ({ file, target }: Import) => `${file} imports ${target}`;

test("src/ imports in the direction of docs/architecture.md", () => {
  const imports = importsIn("src");
  expect(imports.length).toBeGreaterThan(100);
  expect(imports.filter((entry) => !allowed(entry)).map(describe)).toEqual([]);
});

test("every part of src/ has its rule, and every rule its part", () => {
  const parts = new Set(readdirSync(inCheckout("src")));
  for (const part of parts) if (part.endsWith(".d.ts")) parts.delete(part);
  expect([...parts].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
});

test("the weights' package stands alone, and meets Node in one file", () => {
  const imports = importsIn("packages/safetensors-ts/src");
  expect(imports.length).toBeGreaterThan(10);
  const foreign = imports.filter(({ file, target }) =>
    target.startsWith("node:") ? !NODE_ONLY.test(file) : !target.startsWith("packages/safetensors-ts/src/"),
  );
  expect(foreign.map(describe)).toEqual([]);
});

test("the packages depend on nothing of others", () => {
  const dependencies = (path: string) => {
    const {
      dependencies = {},
      optionalDependencies = {},
      peerDependencies = {},
    } = JSON.parse(readFileSync(inCheckout(path), "utf8"));
    return Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
  };
  expect(dependencies("package.json")).toEqual(["safetensors-ts"]);
  expect(dependencies("packages/safetensors-ts/package.json")).toEqual([]);
  expect(dependencies("models/multilingual-e5-small/package.json")).toEqual([]);
});
