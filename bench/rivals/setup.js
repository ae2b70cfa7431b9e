// What a run needs and makes once: npm packages here; Python, models, workloads and the reference's vectors in the cache folder.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runProgram } from "./processes.js";
import { cacheFolder, hashOf } from "./python.js";
import { SUITES } from "./suites.js";
import { makeWorkload } from "./workload.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const inHere = (...parts) => join(here, ...parts);

/** npm ci, when the packages are absent or older than their lockfile. */
export function installPackages() {
  const timeOf = (file) => statSync(inHere(file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (timeOf("node_modules/.package-lock.json") >= timeOf("package-lock.json")) return;
  console.error("rivals: installing npm packages, about 0.7 GB");
  const shell = process.platform === "win32"; // where npm is a .cmd file
  execFileSync("npm", ["ci", "--ignore-scripts"], { cwd: here, stdio: ["ignore", 2, 2], shell });
}

/** The Node of package.json where there is one for the platform, else the one that runs this. */
export function ownNode() {
  const own = inHere("node_modules", `node24-${process.platform}-${process.arch}`, "bin", "node");
  return existsSync(own) ? own : process.execPath;
}

/**
 * @param options what a workload says beside its texts and threads: { cpuTime, warmupSeconds, nativeWarmupSeconds, fasttextembed }
 * @returns { workloadFor: threads → its file, reference: sentence-transformers' vectors in float32, { cold, lat, thr } as base64 }
 */
export async function prepareSuite(suite, interpreters, options) {
  const { model: name, promptName } = SUITES[suite];
  const folder = prepareModels(suite, interpreters.python);
  const model = join(folder, name);
  const prompts =
    promptName && JSON.parse(readFileSync(join(model, "config_sentence_transformers.json"), "utf8")).prompts;
  const texts = makeWorkload(join(model, "tokenizer.json"), SUITES[suite], prompts?.[promptName]);

  const workloadFor = (threads) => {
    const content = JSON.stringify({ model, promptName, threads, ...options, ...texts });
    const file = join(folder, `workload-${hashOf(content)}.json`);
    writeFileSync(file, content);
    return file;
  };
  const referenceFile = join(folder, `reference-${hashOf(JSON.stringify(texts))}.json`);
  if (!existsSync(referenceFile)) {
    console.error(`rivals: ${suite}: vectors of the reference`);
    const program = SUITES.minilm.programs["sentence-transformers"];
    const { result } = await runProgram(program, interpreters, { threads: 1 }, ["reference", workloadFor(1)]);
    writeFileSync(referenceFile, JSON.stringify(result));
  }
  return { workloadFor, reference: JSON.parse(readFileSync(referenceFile, "utf8")) };
}

function prepareModels(suite, python) {
  const sources = ["models.py", "requirements.txt", "../../fixtures/requirements.txt"];
  const hash = hashOf(...sources.map((file) => readFileSync(inHere(file))));
  const folder = join(cacheFolder(python), `rivals-models-${hash}`, suite);
  const complete = join(folder, "complete"); // written last
  if (!existsSync(complete)) {
    console.error(`rivals: ${suite}: making the model's files`);
    mkdirSync(folder, { recursive: true });
    execFileSync(python, [inHere("models.py"), suite, join(folder, SUITES[suite].model)], { stdio: ["ignore", 2, 2] });
    writeFileSync(complete, "");
  }
  return folder;
}
