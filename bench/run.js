// npm run bench -- [kernels|model|threads|tokenizer] [--dtype D] [--backend auto|wasm|scalar] [--only TEXT] [--rounds N] [--json FILE] [--svg FILE]
//
// Without a name kernels and model. The cases and the calibration are siskin's own (`siskin bench` times the same ones);
// tinybench is the clock.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { load } from "siskin";
import {
  calibrate,
  DTYPES,
  formatChart,
  formatTable,
  kernelCases,
  measure,
  modelCases,
  variants,
} from "siskin/benchmark";
import { Bench } from "tinybench";
import { writeOutput } from "../dist/cli/files.js";
import { machine, machineLine } from "../dist/cli/machine.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "7" },
    backend: { type: "string", default: "auto" },
    dtype: { type: "string" },
    only: { type: "string", default: "" },
    json: { type: "string" },
    svg: { type: "string" },
  },
});
const what = oneOf("the first argument", positionals[0] ?? "all", ["all", "kernels", "model", "threads", "tokenizer"]);
const rounds = Number(values.rounds);
if (!(Number.isInteger(rounds) && rounds > 0)) fail(`--rounds: expected an integer above 0, got ${values.rounds}`);
if (what === "tokenizer") {
  const { benchTokenizers } = await import("./tokenizer.js");
  await benchTokenizers(rounds);
} else if (what === "threads") {
  const { benchThreads } = await import("./threads.js");
  await benchThreads(values.dtype ? [oneOf("--dtype", values.dtype, DTYPES)] : DTYPES, rounds);
} else {
  const backend = oneOf("--backend", values.backend, ["auto", "wasm", "scalar"]);
  const chosen = await variants(backend, values.dtype && [oneOf("--dtype", values.dtype, DTYPES)]);
  const all = what === "model" ? [] : chosen.flatMap(kernelCases);
  for (const variant of what === "kernels" ? [] : chosen) {
    const scalar = await load(undefined, { dtype: variant.dtype, backend: "scalar" });
    all.push(...modelCases(await load(undefined, { ...variant, backend }), variant.label, scalar));
  }
  const cases = all.filter(({ name }) => name.includes(values.only));
  if (cases.length === 0) fail(`--only: expected a part of a case's name, got ${values.only}`);
  const result = await measure(cases, await calibrate(backend), rounds, shortestRun);
  const kernels = Object.fromEntries(chosen.map((variant) => [variant.label, variant.kernels]));
  const about = machine();
  console.log(formatTable(result.measurements, result.ceiling));
  for (const [label, text] of Object.entries(kernels)) console.log(`${label}: ${text}`);
  if (values.json)
    writeFileSync(values.json, `${JSON.stringify({ ...about, kernels, what, rounds, ...result }, null, 2)}\n`);
  if (values.svg) {
    const chart = formatChart(result.measurements, { title: machineLine(about), kernels, ceiling: result.ceiling });
    await writeOutput(values.svg, (write) => write(chart));
  }
}

function oneOf(name, value, choices) {
  return choices.includes(value) ? value : fail(`${name}: expected ${choices.join(", ")}, got ${value}`);
}

function fail(message) {
  console.error(`bench: ${message}`);
  process.exit(2);
}

/** The shortest of tinybench's runs in 20 ms, in seconds. */
async function shortestRun(run) {
  const bench = new Bench({ time: 20, iterations: 3, warmup: false });
  await bench.add("run", run).run();
  const { result } = bench.tasks[0];
  if (result.error) throw result.error;
  return result.latency.min / 1000;
}
