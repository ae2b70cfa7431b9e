// Builds the workspace: `npm run build`, and after `npm ci` by itself (prepare).
//
// Without dev dependencies (NODE_ENV=production, --omit=dev) there is no compiler: the checkout then stays unbuilt, which is
// said and not failed, because a published package arrives built.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const compiler = fileURLToPath(new URL("../node_modules/typescript/bin/tsc", import.meta.url));

if (existsSync(compiler)) {
  run(compiler, "-b");
  run("scripts/build-wasm.js");
  run("scripts/build-worker.js");
  run("scripts/build-bundles.js");
  run("scripts/build-tokenizer.js");
} else {
  console.error(
    "siskin: not built, because the TypeScript compiler is absent: run `npm ci --include=dev` in the checkout",
  );
}

function run(...args) {
  try {
    execFileSync(process.execPath, args, { stdio: "inherit", cwd: root });
  } catch (error) {
    process.exit(error.status ?? 1); // the program has said what is wrong
  }
}
