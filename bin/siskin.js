#!/usr/bin/env node
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

if (existsSync(new URL("../bundle/cli/main.js", import.meta.url))) {
  const { main } = await import("../bundle/cli/main.js");
  main(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
} else {
  const folder = fileURLToPath(new URL("..", import.meta.url));
  console.error(`siskin: not built: run \`npm ci --include=dev\` in ${folder}, which builds it`);
  process.exitCode = 1;
}
