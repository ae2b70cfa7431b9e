// Bundles what Node imports, in bundle/: one file for all entries and what is imported late apart from it, in place of 150 modules,
// which take Node 40 ms to find and link. dist/**/*.js stay beside it for bundlers, which want modules, and for pages.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

await bundle("packages/safetensors-ts", "safetensors", ["index", "node"]);
await bundle(".", "siskin", ["index", "tokenizer/index", "kernels/index", "benchmark/index"], ["cli/main"]);

/** Classes that two entries share are the same, since each entry only passes on what the one file has. */
async function bundle(path, name, entries, programs = []) {
  const folder = join(root, path);
  const dist = (entry) => join(folder, "dist", `${entry}.js`);
  const out = join(folder, "bundle");
  const exported = new Map(); // entry → its names
  for (const entry of entries) exported.set(entry, Object.keys(await import(pathToFileURL(dist(entry)))));
  const renamed = (entry, key) => `${entry.replaceAll("/", "_")}_${key}`;

  rmSync(out, { recursive: true, force: true }); // names of chunks change with their content
  const source = entries.map(
    (entry) =>
      `export { ${exported.get(entry).map((key) => `${key} as ${renamed(entry, key)}`)} } from "${dist(entry)}";`,
  );
  const all = join(mkdtempSync(join(tmpdir(), "siskin-bundle-")), `${name}.js`);
  writeFileSync(all, source.join("\n"));
  await build({
    entryPoints: [{ in: all, out: name }, ...programs.map((program) => ({ in: dist(program), out: program }))],
    outdir: out,
    bundle: true,
    splitting: true,
    platform: "node",
    target: "node20",
    format: "esm",
    external: ["safetensors-ts", "safetensors-ts/node"],
    logLevel: "warning",
  });
  rmSync(dirname(all), { recursive: true });
  for (const [entry, keys] of exported) {
    const file = join(out, `${entry}.js`);
    mkdirSync(dirname(file), { recursive: true });
    const depth = entry.includes("/") ? ".." : ".";
    const names = keys.map((key) => `${renamed(entry, key)} as ${key}`);
    writeFileSync(file, `export { ${names} } from "${depth}/${name}.js";\n`);
  }
}
