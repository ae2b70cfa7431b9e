// What some rivals need beyond npm and pip, built once into the cache folder: candle's program with cargo, fasttextembed's C with a
// compiler. Who has no such tool goes without them.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hashOf } from "./python.js";

const COMPILER = process.env.CC ?? "cc";

const BUILDERS = {
  candle: { tool: "cargo", build: buildCandle },
  fasttextembed: { tool: COMPILER, build: buildFasttextembed },
};

/** The file built, or undefined where the tool is absent. */
export function buildOptional(name, cache) {
  const { tool, build } = BUILDERS[name];
  const found = spawnSync(tool, ["--version"], { stdio: "ignore" }).status === 0;
  if (found) return build(cache);
  console.error(`rivals: ${name} is left out, as it is built with ${tool}, which is not installed`);
  return undefined;
}

function buildCandle(cache) {
  const folder = fileURLToPath(new URL("candle/", import.meta.url));
  const target = join(cache, "rivals-candle");
  console.error("rivals: cargo builds candle, the first time for minutes");
  execFileSync("cargo", ["build", "--release", "--quiet", "--target-dir", target], {
    cwd: folder,
    stdio: ["ignore", 2, 2],
  });
  return join(target, "release", "rival-candle");
}

/** The sources of the npm package as its own addon is compiled, without Node around them. */
function buildFasttextembed(cache) {
  const source = fileURLToPath(new URL("node_modules/fasttextembed/csrc/", import.meta.url));
  const files = ["src", "src/tokenizer", "src/kernels"].flatMap((folder) =>
    readdirSync(join(source, folder))
      .filter((file) => file.endsWith(".c"))
      .map((file) => join(source, folder, file)),
  );
  const folder = join(cache, `rivals-fasttextembed-${hashOf(...files.map((file) => readFileSync(file)))}`);
  const library = join(folder, "libfte.so");
  if (existsSync(library)) return library;
  mkdirSync(folder, { recursive: true });
  const flags = ["-O3", "-std=gnu11", "-march=native", "-shared", "-fPIC", "-pthread"];
  const includes = ["include", "src"].map((name) => `-I${join(source, name)}`);
  execFileSync(COMPILER, [...flags, ...includes, ...files, "-o", library, "-lm"], { stdio: ["ignore", 2, 2] });
  return library;
}
