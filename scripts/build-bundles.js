// Bundles what Node imports: one file an entry and what they share, in place of 150 modules, which take Node 40 ms to find and
// link. dist/**/*.js stay beside it for bundlers, which want modules, and for pages.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

await bundle("packages/safetensors-ts", ["index", "node"]);
await bundle(".", ["index", "tokenizer/index", "kernels/index", "benchmark/index", "cli/main"]);

function bundle(path, entries) {
  const folder = join(root, path);
  rmSync(join(folder, "bundle"), { recursive: true, force: true }); // names of chunks change with their content
  return build({
    absWorkingDir: folder,
    entryPoints: entries.map((entry) => `dist/${entry}.js`),
    outdir: "bundle",
    bundle: true,
    splitting: true, // classes that two entries share are the same, and what is imported late stays apart
    chunkNames: "[name]-[hash]",
    platform: "node",
    target: "node20",
    format: "esm",
    external: ["safetensors-ts", "safetensors-ts/node"],
    logLevel: "warning",
  });
}
