// The Python of the rivals: fixtures/requirements.txt, which scripts/python.js installs, and requirements.txt of this folder in
// an environment of its own that sees the packages of the first.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installPython } from "../../scripts/python.js";

const requirements = fileURLToPath(new URL("requirements.txt", import.meta.url));
const SITE_PACKAGES = "import sysconfig; print(sysconfig.get_path('purelib'))";

/** The interpreter, installed when it is absent. */
export function installRivalsPython() {
  const reference = installPython();
  const folder = join(cacheFolder(reference), `rivals-python-${hashOf(reference, readFileSync(requirements))}`);
  const python = join(folder, ...(process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"]));
  const complete = join(folder, "complete"); // written last: an installation cut short is made anew
  if (existsSync(complete)) return python;

  rmSync(folder, { recursive: true, force: true });
  console.error(`rivals: installing Python packages into ${folder}`);
  run(reference, "-m", "venv", folder);
  writeFileSync(join(sitePackages(python), "reference.pth"), `${sitePackages(reference)}\n`);
  run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-cache-dir", "-r", requirements);
  writeFileSync(complete, "");
  return python;
}

/** The folder that scripts/python.js keeps its environment in: <cache>/siskin. */
export function cacheFolder(reference) {
  return dirname(dirname(dirname(reference)));
}

export function hashOf(...parts) {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex").slice(0, 16);
}

function sitePackages(python) {
  return execFileSync(python, ["-c", SITE_PACKAGES], { encoding: "utf8" }).trim();
}

function run(program, ...args) {
  execFileSync(program, args, { stdio: ["ignore", 2, 2] });
}
