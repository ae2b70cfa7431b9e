// npm run parity [-- vitest's arguments]: compares siskin with the Python packages of fixtures/requirements.txt, live.
//
// Their environment is made once, in the user's cache folder (about two minutes and 6 GB), and its interpreter is handed to the
// tests as SISKIN_PYTHON.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const requirements = join(root, "fixtures", "requirements.txt");
const CANDIDATES = ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python"];

const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
const arguments_ = [vitest, "run", "--config", "test/parity/vitest.config.ts", ...process.argv.slice(2)];
const env = { ...process.env, SISKIN_PYTHON: environment(), HF_HUB_OFFLINE: "1" };
process.exitCode = spawnSync(process.execPath, arguments_, { cwd: root, env, stdio: "inherit" }).status ?? 1;

/** The interpreter of an environment that has exactly the pinned packages. */
function environment() {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const hash = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 16);
  const folder = join(cache, "siskin", `python-${hash}`);
  const python = process.platform === "win32" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
  const complete = join(folder, "complete"); // written last, so that an installation cut short is made anew
  if (existsSync(complete)) return python;

  rmSync(folder, { recursive: true, force: true });
  console.error(`parity: installing the reference into ${folder}`);
  const installed =
    run(findPython(), "-m", "venv", folder) &&
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-cache-dir", "-r", requirements);
  if (!installed) {
    rmSync(folder, { recursive: true, force: true });
    fail(
      "the Python packages of fixtures/requirements.txt could not be installed (on Debian venv is the package python3-venv)",
    );
  }
  writeFileSync(complete, "");
  return python;
}

function findPython() {
  const found = CANDIDATES.find((name) => {
    const { status } = spawnSync(name, ["-c", "import sys; sys.exit(sys.version_info < (3, 11))"], { stdio: "ignore" });
    return status === 0;
  });
  return found ?? fail(`expected Python 3.11 or newer, found none among ${CANDIDATES.join(", ")}`);
}

function run(program, ...args) {
  return spawnSync(program, args, { stdio: ["ignore", 2, 2] }).status === 0;
}

function fail(message) {
  console.error(`parity: ${message}`);
  process.exit(1);
}
