// One process a measurement, on as many CPUs as threads.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The last CPUs that this process may use, as many as threads, in taskset's form; undefined where processes cannot be pinned. */
export function pinnedCpus(threads) {
  if (spawnSync("taskset", ["--version"], { stdio: "ignore" }).status !== 0) return undefined;
  const [, list] = /Cpus_allowed_list:\s*(\S+)/.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  if (list === undefined) return undefined;
  const allowed = list.split(",").flatMap((range) => {
    const [first, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
  if (allowed.length < threads) throw new Error(`rivals: ${threads} threads need as many CPUs, got ${allowed.length}`);
  return allowed.slice(-threads).join(",");
}

/**
 * Runs a program of suites.js to its end.
 *
 * @param where { cpus: of pinnedCpus, threads }
 * @returns { result: what it printed, startMs: milliseconds from the start of its process to the first byte of that }
 */
export async function runProgram({ interpreter, file, variant }, interpreters, { cpus, threads }, args) {
  const program = file === "" ? [] : [fileURLToPath(new URL(`programs/${file}`, import.meta.url))];
  const [command, ...rest] = pinned(cpus, [interpreters[interpreter], ...program, variant, ...args]);
  const quiet = { HF_HUB_OFFLINE: "1", TRANSFORMERS_VERBOSITY: "error" };
  const env = { ...process.env, ...quiet, RAYON_NUM_THREADS: String(threads) }; // candle's, and the tokenizers' in Python
  const begin = performance.now();
  const child = spawn(command, rest, { stdio: ["ignore", "pipe", "pipe"], env });
  const [out, errors] = [[], []];
  let startMs;
  child.stdout.on("data", (chunk) => {
    startMs ??= performance.now() - begin;
    out.push(chunk);
  });
  child.stderr.on("data", (chunk) => errors.push(chunk));
  const status = await new Promise((resolve) => child.on("close", resolve));
  if (status !== 0) throw new Error(`${rest.join(" ")}: exit status ${status}\n${Buffer.concat(errors)}`);
  return { result: JSON.parse(Buffer.concat(out).toString().trim().split("\n").at(-1)), startMs };
}

/** The fastest start of an interpreter that does nothing, in milliseconds: what no program in it can go below. */
export function bareStartMs(command, cpus) {
  const [file, ...args] = pinned(cpus, command);
  const times = Array.from({ length: 10 }, () => {
    const begin = performance.now();
    execFileSync(file, args);
    return performance.now() - begin;
  });
  return Math.min(...times);
}

function pinned(cpus, command) {
  return cpus === undefined ? command : ["taskset", "-c", cpus, ...command];
}
