import {
  calibrate,
  DTYPES,
  formatChart,
  formatTable,
  kernelCases,
  measure,
  modelCases,
  variants,
} from "../benchmark/index.ts";
import type { Embedder } from "../index.ts";
import { booleanOption, choiceOption, integerOption, stringOption, usageError } from "./arguments.ts";
import type { Command } from "./command.ts";
import { type Write, writeOutput } from "./files.ts";
import { machine, machineLine } from "./machine.ts";
import { loadModel, MODEL_OPTIONS } from "./model.ts";
import { print, printJson } from "./print.ts";
import { startProgress } from "./progress.ts";

export const bench: Command = {
  name: "bench",
  summary: "time the kernels and the model on this machine",
  usage: "[options] [kernels | model]",
  notes: [
    "Every kernel is first checked against a plain loop: one that computes wrongly is an error and is not timed.",
    "GFLOP/s are those of the shortest run. The last column is the median share of a calibration that runs in turn with each case, multiplications and additions in registers alone: compare that, since machines change their speed.",
  ],
  options: {
    backend: { type: "string", value: "NAME", help: "auto, wasm or scalar (default: auto)" },
    rounds: { type: "string", value: "N", help: "how often each case takes its turn (default: 5)" },
    ...MODEL_OPTIONS,
    deterministic: { type: "boolean", help: "only the kernels without relaxed instructions" },
    svg: { type: "string", value: "FILE", help: "draw the figures as a bar chart, too" },
    json: { type: "boolean", help: "print machine, runtime and all figures as JSON" },
  },
  examples: [
    "siskin bench",
    "siskin bench --svg chart.svg",
    "siskin bench kernels --backend scalar",
    "siskin bench model --json > figures.json",
  ],
  async run(args) {
    const [what = "all", ...more] = args.positionals;
    if (!["all", "kernels", "model"].includes(what) || more.length > 0) {
      throw usageError(`expected kernels or model, got ${[what, ...more].join(" ").slice(0, 60)}`);
    }
    const rounds = integerOption(args, "rounds", 1, 1000) ?? 5;
    const backend = choiceOption(args, "backend", ["auto", "wasm", "scalar"]) ?? "auto";
    const dtype = choiceOption(args, "dtype", DTYPES);
    const deterministic = booleanOption(args, "deterministic");
    const chosen = await variants(backend, dtype && [dtype], deterministic);
    const cases = what === "model" ? [] : chosen.flatMap(kernelCases);
    const models: Embedder[] = [];
    if (what !== "kernels") {
      for (const { label, dtype, deterministic } of chosen) {
        const model = await loadModel(args, { backend, dtype, deterministic });
        const scalar = await loadModel(args, { backend: "scalar", dtype });
        models.push(model, scalar);
        cases.push(...modelCases(model, label, scalar));
      }
    }
    const kernels = Object.fromEntries(chosen.map((variant) => [variant.label, variant.kernels]));
    const about = machine();
    const progress = startProgress();
    const work = async (write: Write): Promise<void> => {
      const result = await measure(cases, await calibrate(backend), rounds, undefined, (round) =>
        progress.update(`round ${round} of ${rounds}`),
      );
      progress.end();
      if (booleanOption(args, "json")) await printJson({ ...about, kernels, rounds, ...result });
      else await print(`${formatTable(result.measurements, result.ceiling)}\n${formatKernels(kernels)}`);
      await write(formatChart(result.measurements, { title: machineLine(about), kernels, ceiling: result.ceiling }));
    };
    try {
      const svg = stringOption(args, "svg");
      await (svg === undefined ? work(async () => {}) : writeOutput(svg, work)); // what cannot be written is said at once
      return 0;
    } finally {
      progress.end();
      for (const model of models) model.dispose();
    }
  },
};

function formatKernels(kernels: Readonly<Record<string, string>>): string {
  return Object.entries(kernels)
    .map(([label, text]) => `${label}: ${text}\n`)
    .join("");
}
