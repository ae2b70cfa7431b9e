// npm run bench -- kernels|model|tokenizer [--dtype D] [--backend auto|wasm|scalar] [--only TEXT] [--rounds N] [--json FILE]
//
// The cases and the calibration are siskin's own (`siskin bench` times the same ones); tinybench is the clock.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { load } from "siskin";
import { calibrate, formatTable, kernelCases, measure, modelCases, variants } from "siskin/benchmark";
import { Bench } from "tinybench";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "7" },
    backend: { type: "string", default: "auto" },
    dtype: { type: "string" },
    only: { type: "string", default: "" },
    json: { type: "string" },
  },
});
const what = positionals[0] ?? "kernels";
const rounds = Number(values.rounds);
if (what === "tokenizer") {
  const { benchTokenizers } = await import("./tokenizer.js");
  await benchTokenizers(rounds);
} else if (what === "kernels" || what === "model") {
  const { backend } = values;
  const chosen = variants(backend, values.dtype && [values.dtype]);
  const all = [];
  for (const variant of chosen) {
    if (what === "kernels") all.push(...kernelCases(variant));
    else all.push(...modelCases(await load(undefined, { ...variant, backend }), variant.label));
  }
  const cases = all.filter(({ name }) => name.includes(values.only));
  const result = await measure(cases, calibrate(backend), rounds, shortestRun);
  console.log(formatTable(result.measurements, result.ceiling));
  for (const { label, kernels } of chosen) console.log(`${label}: ${kernels}`);
  if (values.json)
    writeFileSync(values.json, `${JSON.stringify({ ...machine(), what, rounds, ...result }, null, 2)}\n`);
} else {
  console.error(`bench: expected kernels, model or tokenizer, got ${what}`);
  process.exitCode = 2;
}

/** The shortest of tinybench's runs in 20 ms, in seconds. */
async function shortestRun(run) {
  const bench = new Bench({ time: 20, iterations: 3, warmup: false });
  await bench.add("run", run).run();
  const { result } = bench.tasks[0];
  if (result.error) throw result.error;
  return result.latency.min / 1000;
}

function machine() {
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  const runtime = `node ${process.versions.node}, v8 ${process.versions.v8}`;
  return { cpu: cpus()[0].model, cores: cpus().length, memory: totalmem(), runtime, commit };
}
