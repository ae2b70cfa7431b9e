import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { inCheckout } from "../support/paths.ts";
import { binary, type Job, MODEL, type Run, TIMEOUT } from "./job.ts";

export function inNode(version: "node20" | "node22" | "node24", job: Job): Promise<Run[]> {
  return run(binary(version, "bin/node"), [], job);
}

export function inBun(job: Job): Promise<Run[]> {
  return run(binary("bun", "bin/bun"), [], job);
}

export function inDeno(job: Job): Promise<Run[]> {
  return run(binary("deno", "deno"), ["run", "--no-lock", "--no-prompt", `--allow-read=${inCheckout("")}`], job);
}

/** The model is read from its folder, and siskin as it was built. */
async function run(program: string, options: readonly string[], job: Job): Promise<Run[]> {
  const args = [...options, inCheckout("test/runtimes/process.js"), JSON.stringify({ model: MODEL, ...job })];
  const { stdout } = await promisify(execFile)(program, args, { timeout: TIMEOUT, maxBuffer: 1 << 26 });
  return JSON.parse(stdout);
}
