// npm run test:runtimes [-- vitest's arguments]: installs the runtimes of this folder's package.json, about 0.9 GB, when they are
// absent or older than its lockfile, and runs the tests. Their packages hold the binaries themselves, so that no install
// script is run.
import { execFileSync, spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const here = join(root, "test", "runtimes");

const timeOf = (file) => statSync(join(here, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
if (timeOf("node_modules/.package-lock.json") < timeOf("package-lock.json")) {
  console.error("runtimes: installing");
  execFileSync("npm", ["ci", "--ignore-scripts"], {
    cwd: here,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32", // where npm is a .cmd file
  });
}

const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
const arguments_ = [vitest, "run", "--config", "test/runtimes/vitest.config.ts", ...process.argv.slice(2)];
process.exitCode = spawnSync(process.execPath, arguments_, { cwd: root, stdio: "inherit" }).status ?? 1;
