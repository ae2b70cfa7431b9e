// npm run bench -- kernels|model|tokenizer [--backend auto|wasm|scalar] [--deterministic] [--rounds N] [--json FILE]
//
// The cases and the calibration are siskin's own (`siskin bench` times the same ones); tinybench is the clock.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { load } from "siskin";
import { calibrationOf, formatTable, kernelCases, measure, modelCases } from "siskin/benchmark";
import { selectBackend } from "siskin/kernels";
import { Bench } from "tinybench";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "7" },
    backend: { type: "string", default: "auto" },
    deterministic: { type: "boolean", default: false },
    json: { type: "string" },
  },
});
const what = positionals[0] ?? "kernels";
if (what === "tokenizer") {
  const { benchTokenizers } = await import("./tokenizer.js");
  await benchTokenizers(Number(values.rounds));
} else if (what === "kernels" || what === "model") {
  const { backend: name, deterministic } = values;
  const { backend, kernels } = selectBackend({ backend: name, deterministic });
  const cases =
    what === "kernels" ? kernelCases(backend) : modelCases(await load(undefined, { backend: name, deterministic }));
  const rounds = Number(values.rounds);
  const result = await measure(cases, calibrationOf(backend), rounds, shortestRun);
  console.log(kernels);
  console.log(formatTable(result.measurements, result.ceiling));
  if (values.json)
    writeFileSync(values.json, `${JSON.stringify({ ...machine(), what, kernels, rounds, ...result }, null, 2)}\n`);
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
