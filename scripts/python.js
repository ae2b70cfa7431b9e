// The Python with exactly the packages of fixtures/requirements.txt, in the user's cache folder: the reference that parity and
// benchmarks ask.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const requirements = fileURLToPath(new URL("../fixtures/requirements.txt", import.meta.url));
const CANDIDATES = ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python"];

function places() {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const hash = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 16);
  const folder = join(cache, "siskin", `python-${hash}`);
  const python = process.platform === "win32" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
  return { folder, python, complete: join(folder, "complete") }; // written last: an installation cut short is made anew
}

/** The interpreter, when it has been installed before. */
export function installedPython() {
  const { python, complete } = places();
  return existsSync(complete) ? python : undefined;
}

/** The interpreter, installed when it is absent: about two minutes and 6 GB. */
export function installPython() {
  const { folder, python, complete } = places();
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
