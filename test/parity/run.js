// npm run parity [-- vitest's arguments]: compares siskin with the Python packages of fixtures/requirements.txt, live. Their
// interpreter is handed to the tests as SISKIN_PYTHON.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installPython } from "../../scripts/python.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
const arguments_ = [vitest, "run", "--config", "test/parity/vitest.config.ts", ...process.argv.slice(2)];
const env = { ...process.env, SISKIN_PYTHON: installPython(), HF_HUB_OFFLINE: "1" };
process.exitCode = spawnSync(process.execPath, arguments_, { cwd: root, env, stdio: "inherit" }).status ?? 1;
