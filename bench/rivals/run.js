// npm run bench:rivals -- [NAME…] [--rounds N] [--warmup SECONDS] [--json FILE]
//
// siskin beside the rivals of the names, or all, on all-MiniLM-L6-v2: in each round every program is started anew, siskin's between
// the others, on one CPU where `taskset` exists, for cold start, latency and throughput (programs/protocol.js). Beside every speed
// stands the cosine of the very vectors with those of sentence-transformers. Packages, models and workload are made once; models
// and the Python environment are kept in the user's cache folder.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { machine, machineLine } from "../../dist/cli/machine.js";
import { cacheFolder, hashOf, installRivalsPython } from "./python.js";
import { formatRatios, formatResults, summarize } from "./report.js";
import { makeWorkload } from "./workload.js";

const SISKIN = ["siskin-float32", "siskin-int16", "siskin-int8"];
const PROGRAMS = {
  "siskin-float32": ["node", "siskin.js", "float32"],
  "siskin-int16": ["node", "siskin.js", "int16"],
  "siskin-int8": ["node", "siskin.js", "int8"],
  "transformers-js-wasm-fp32": ["node", "transformers-js.js", "wasm-fp32"],
  "transformers-js-wasm-q8": ["node", "transformers-js.js", "wasm-q8"],
  "transformers-js-node-fp32": ["node", "transformers-js.js", "node-fp32"],
  "transformers-js-node-q8": ["node", "transformers-js.js", "node-q8"],
  "sentence-transformers": ["python", "sentence_transformers_torch.py", "float32"],
};
const COLD_STARTS = 3; // a round; the fastest counts
const MODES = ["cold", "lat", "thr"];

const here = fileURLToPath(new URL(".", import.meta.url));
const inHere = (...parts) => join(here, ...parts);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "3" },
    warmup: { type: "string", default: "10" }, // engines in WebAssembly compile their best code only after seconds
    json: { type: "string", default: inHere("results.json") },
  },
});
const rivals = positionals.length ? positionals : Object.keys(PROGRAMS).filter((name) => !SISKIN.includes(name));
const unknown = rivals.find((name) => !PROGRAMS[name]);
if (unknown) {
  console.error(`rivals: expected names among ${Object.keys(PROGRAMS).join(", ")}, got ${unknown}`);
  process.exit(2);
}
const names = interleave(
  SISKIN,
  rivals.filter((name) => !SISKIN.includes(name)),
);

installPackages();
const python = installRivalsPython();
const interpreters = { node: ownNode(), python };
const cpu = pinnedCpu();
const { workloadFile, reference } = await prepare();
const runs = await measure(Number(values.rounds));

const about = { ...machine(), runtime: `node ${nodeVersion()}` };
const summary = summarize(runs, reference);
const nodeStartMs = bareStartMs();
const results = {
  ...about,
  model: "all-MiniLM-L6-v2",
  pinned: cpu !== undefined,
  rounds: Number(values.rounds),
  nodeStartMs,
  results: summary,
};
writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
console.log(`${machineLine(about)}; all-MiniLM-L6-v2, one thread${cpu === undefined ? "" : ", pinned"}`);
console.log(`node alone starts in ${nodeStartMs.toFixed(0)} ms\n`);
console.log(`${formatResults(summary)}\n\n${formatRatios(summary, SISKIN)}`);

/** { name: { cold: [result…], lat: […], thr: […] } }, a result a process. */
async function measure(rounds) {
  const runs = Object.fromEntries(names.map((name) => [name, { cold: [], lat: [], thr: [] }]));
  for (let round = 1; round <= rounds; round++) {
    for (const mode of MODES) {
      for (let i = 0; i < (mode === "cold" ? COLD_STARTS : 1); i++) {
        for (const name of names) {
          console.error(`rivals: round ${round} of ${rounds}: ${mode} ${name}`);
          runs[name][mode].push(await start(name, mode, workloadFile));
        }
      }
    }
  }
  return runs;
}

/** The fastest start of a Node that does nothing: what no program in it can go below. */
function bareStartMs() {
  const times = Array.from({ length: 10 }, () => {
    const begin = performance.now();
    execFileSync(...commandLine([interpreters.node, "--eval", ""]));
    return performance.now() - begin;
  });
  return Math.min(...times);
}

function commandLine(command) {
  const [file, ...args] = cpu === undefined ? command : ["taskset", "-c", String(cpu), ...command];
  return [file, args];
}

/** What a program printed, and after how many milliseconds from the start of its process. */
async function start(name, mode, workload) {
  const [interpreter, program, variant] = PROGRAMS[name];
  const [file, args] = commandLine([interpreters[interpreter], inHere("programs", program), variant, mode, workload]);
  const begin = performance.now();
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, HF_HUB_OFFLINE: "1" } });
  const [out, errors] = [[], []];
  let startMs;
  child.stdout.on("data", (chunk) => {
    startMs ??= performance.now() - begin;
    out.push(chunk);
  });
  child.stderr.on("data", (chunk) => errors.push(chunk));
  const status = await new Promise((resolve) => child.on("close", resolve));
  if (status !== 0) throw new Error(`${name} ${mode}: exit status ${status}\n${Buffer.concat(errors)}`);
  const result = JSON.parse(Buffer.concat(out).toString().trim().split("\n").at(-1));
  return mode === "cold" ? { ...result, startMs } : result;
}

/** The models, the workload and the reference's vectors of it, in the cache folder. */
async function prepare() {
  const sources = ["models.py", "requirements.txt", "../../fixtures/requirements.txt"].map((name) =>
    readFileSync(inHere(name)),
  );
  const folder = join(cacheFolder(python), `rivals-models-${hashOf(...sources)}`);
  const complete = join(folder, "complete");
  const model = join(folder, "all-MiniLM-L6-v2");
  if (!existsSync(complete)) {
    console.error("rivals: exporting the models");
    mkdirSync(folder, { recursive: true });
    execFileSync(python, [inHere("models.py"), model], { stdio: ["ignore", 2, 2] });
    writeFileSync(complete, "");
  }

  const texts = makeWorkload(join(model, "tokenizer.json"));
  const options = { model, pinned: cpu !== undefined, warmupSeconds: Number(values.warmup) };
  const hash = hashOf(JSON.stringify(texts));
  const workloadFile = join(folder, `workload-${hash}.json`);
  writeFileSync(workloadFile, JSON.stringify({ ...options, ...texts }));
  const referenceFile = join(folder, `reference-${hash}.json`);
  if (!existsSync(referenceFile)) {
    console.error("rivals: vectors of the reference");
    writeFileSync(referenceFile, JSON.stringify(await start("sentence-transformers", "reference", workloadFile)));
  }
  return { workloadFile, reference: JSON.parse(readFileSync(referenceFile, "utf8")) };
}

/** npm ci, when the packages are absent or older than their lockfile. */
function installPackages() {
  const timeOf = (file) => statSync(inHere(file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (timeOf("node_modules/.package-lock.json") >= timeOf("package-lock.json")) return;
  console.error("rivals: installing npm packages, about 0.7 GB");
  const shell = process.platform === "win32"; // where npm is a .cmd file
  execFileSync("npm", ["ci", "--ignore-scripts"], { cwd: here, stdio: ["ignore", 2, 2], shell });
}

/** The Node of package.json where there is one for the platform, else the one that runs this. */
function ownNode() {
  const own = inHere("node_modules", `node24-${process.platform}-${process.arch}`, "bin", "node");
  return existsSync(own) ? own : process.execPath;
}

function nodeVersion() {
  return execFileSync(interpreters.node, ["--version"], { encoding: "utf8" }).trim().slice(1);
}

/** The last CPU that this process may use, where processes can be pinned. */
function pinnedCpu() {
  if (spawnSync("taskset", ["--version"], { stdio: "ignore" }).status !== 0) return undefined;
  const allowed = /Cpus_allowed_list:.*?(\d+)$/m.exec(readFileSync("/proc/self/status", "utf8"));
  return allowed ? Number(allowed[1]) : undefined;
}

/** siskin's programs spread among the others. */
function interleave(own, others) {
  const all = [
    ...own.map((name, i) => [name, (i + 0.5) / own.length]),
    ...others.map((name, i) => [name, (i + 0.5) / others.length]),
  ];
  return all.sort(([, a], [, b]) => a - b).map(([name]) => name);
}
