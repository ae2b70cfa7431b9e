import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { inCheckout } from "./support/paths.ts";

const read = (path: string) => readFileSync(inCheckout(path), "utf8");

test("README's example runs and does what its comment says", () => {
  const example = read("README.md").match(/^```ts\n(import [\s\S]*?)^```/m)![1]!;
  const printed = execFileSync(process.execPath, ["--input-type=module", "-e", example], {
    cwd: inCheckout(""),
    encoding: "utf8",
  });
  const [first, second, third] = printed.match(/-?\d+\.\d+/g)!.map(Number);
  expect(Math.min(first!, second!)).toBeGreaterThan(third!);
});

const PAGES = [
  ...readdirSync(inCheckout("")).filter((name) => name.endsWith(".md")),
  ...readdirSync(inCheckout("docs")).map((name) => `docs/${name}`),
  "fixtures/README.md",
  "packages/safetensors-ts/README.md",
  "models/multilingual-e5-small/README.md",
];

test.each(PAGES)("%s: links lead to files, and `npm run` to scripts", (page) => {
  const text = read(page);
  const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, link]) => link!);
  expect(links.filter((link) => !existsSync(inCheckout(join(dirname(page), link))))).toEqual([]);
  const { scripts } = JSON.parse(read("package.json"));
  const named = [...text.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name]) => name!);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});
