// npm run bench:rivals -- [NAME…] [--suite NAME,…] [--threads N] [--rounds N] [--warmup SECONDS] [--record]
//
// siskin beside the rivals of the names, or all of the suites (suites.js). In each round every program is started anew, siskin's
// between the others, on as many CPUs as threads where `taskset` exists, for cold start, latency and throughput
// (programs/protocol.js). Beside every speed stands the cosine of the very vectors with those of sentence-transformers, and a
// program with other vectors is no result. --record keeps a complete run in results/ and writes docs/benchmarks.md from it;
// --document only writes that from what is kept.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { machine, machineLine } from "../../dist/cli/machine.js";
import { writeDocuments } from "./document.js";
import { buildOptional } from "./optional.js";
import { bareStartMs, pinnedCpus, runProgram } from "./processes.js";
import { cacheFolder, installRivalsPython } from "./python.js";
import { checkVectors, formatRatios, formatResults, summarize } from "./report.js";
import { installPackages, ownNode, prepareSuite } from "./setup.js";
import { choose, SUITES } from "./suites.js";

const COLD_STARTS = 2; // a round; the fastest of all counts
const NATIVE_WARMUP_SECONDS = 1; // nothing is compiled while it runs

const { values, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    suite: { type: "string" },
    threads: { type: "string", default: "1" },
    rounds: { type: "string", default: "3" },
    warmup: { type: "string", default: "10" }, // engines in WebAssembly compile their best code only after seconds
    record: { type: "boolean", default: false },
    document: { type: "boolean", default: false },
  },
});
if (values.document) {
  installPackages();
  await writeDocuments();
  process.exit(0);
}
const suites = values.suite?.split(",") ?? Object.keys(SUITES).filter((name) => names.length > 0 || !SUITES[name].once);
const threads = Number(values.threads);
const known = Object.values(SUITES).flatMap(({ programs }) => Object.keys(programs));
refuseUnknown(names, known);
refuseUnknown(suites, Object.keys(SUITES));
if (values.record && names.length > 0) fail("--record keeps runs of all programs, expected no names");
const chosen = choose(names, suites, threads);

installPackages();
const interpreters = { node: ownNode(), python: installRivalsPython() };
const built = buildNeeded();
const cpus = pinnedCpus(threads);
const bareStarts = {
  node: bareStartMs([interpreters.node, "--eval", ""], cpus),
  python: bareStartMs([interpreters.python, "-c", ""], cpus),
};

for (const [suite, programs] of Object.entries(chosen)) {
  const { workloadFor, reference } = await prepareSuite(suite, interpreters, {
    cpuTime: threads === 1 && cpus !== undefined,
    warmupSeconds: Number(values.warmup),
    nativeWarmupSeconds: Math.min(Number(values.warmup), NATIVE_WARMUP_SECONDS),
    fasttextembed: built.fasttextembed,
  });
  const runs = await measure(suite, programs, workloadFor);
  const results = summarize(programs, runs, reference);
  checkVectors(results);
  report(suite, results);
}
if (values.record) await writeDocuments();

/** { name: { cold: [result…], lat: […], thr: […] } }, a result a process. */
async function measure(suite, programs, workloadFor) {
  const runs = Object.fromEntries(Object.keys(programs).map((name) => [name, { cold: [], lat: [], thr: [] }]));
  const start = async (name, mode, ...args) => {
    const count = programs[name].threads ?? threads;
    return runProgram(programs[name], interpreters, { cpus, threads: count }, [mode, workloadFor(count), ...args]);
  };
  for (const name of Object.keys(programs)) await start(name, "cold"); // files and caches are warm for all
  const rounds = roundsOf(suite);
  for (let round = 1; round <= rounds; round++) {
    const log = (mode, name) => console.error(`rivals: ${suite}, round ${round} of ${rounds}: ${mode} ${name}`);
    for (let i = 0; i < COLD_STARTS; i++) {
      for (const name of Object.keys(programs)) {
        const { result, startMs } = await start(name, "cold");
        runs[name].cold.push({ ...result, startMs });
      }
    }
    for (const name of Object.keys(programs)) {
      log("lat", name);
      runs[name].lat.push((await start(name, "lat")).result);
    }
    for (const name of Object.keys(programs)) {
      log("thr", name);
      const [first] = runs[name].thr;
      runs[name].thr.push((await start(name, "thr", ...(first ? [String(first.batchSize)] : []))).result);
    }
  }
  return runs;
}

function roundsOf(suite) {
  return SUITES[suite].once ? 1 : Number(values.rounds);
}

function report(suite, results) {
  const { title, model } = SUITES[suite];
  const about = { ...machine(), runtime: `node ${nodeVersion()}` };
  const record = {
    suite,
    title,
    model,
    threads,
    pinned: cpus !== undefined,
    rounds: roundsOf(suite),
    warmupSeconds: Number(values.warmup),
    machine: about,
    bareStartMs: bareStarts,
    results,
  };
  console.log(`${title}; ${machineLine(about)}; threads: ${threads}${cpus === undefined ? "" : ", pinned"}`);
  console.log(`alone node starts in ${bareStarts.node.toFixed(0)} ms, python in ${bareStarts.python.toFixed(0)} ms\n`);
  console.log(`${formatResults(results)}\n\n${formatRatios(results)}\n`);
  if (!values.record) return;
  const folder = fileURLToPath(new URL("results/", import.meta.url));
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}${suite}-${threads}.json`, `${JSON.stringify(record, null, 2)}\n`);
}

/** What the chosen programs need is built; programs that nobody named go when it cannot be. */
function buildNeeded() {
  const built = {};
  for (const programs of Object.values(chosen)) {
    for (const [name, { needs }] of Object.entries(programs)) {
      if (needs === undefined) continue;
      built[needs] ??= buildOptional(needs, cacheFolder(interpreters.python));
      if (built[needs] !== undefined) continue;
      if (names.includes(name)) fail(`${name} cannot be built`);
      delete programs[name];
    }
  }
  interpreters.candle = built.candle;
  return built;
}

function nodeVersion() {
  return execFileSync(interpreters.node, ["--version"], { encoding: "utf8" }).trim().slice(1);
}

function refuseUnknown(given, known) {
  const unknown = given.find((name) => !known.includes(name));
  if (unknown !== undefined) fail(`expected names among ${[...new Set(known)].join(", ")}, got ${unknown}`);
}

function fail(message) {
  console.error(`rivals: ${message}`);
  process.exit(2);
}
