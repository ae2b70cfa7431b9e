import { cpus } from "node:os";
import { calibrationOf, formatTable, kernelCases, measure, modelCases } from "../benchmark/index.ts";
import { selectBackend } from "../kernels/index.ts";
import { booleanOption, choiceOption, integerOption, usageError } from "./arguments.ts";
import type { Command } from "./command.ts";
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
    deterministic: { type: "boolean", help: "the kernels without relaxed instructions" },
    rounds: { type: "string", value: "N", help: "how often each case takes its turn (default: 5)" },
    ...MODEL_OPTIONS,
    json: { type: "boolean", help: "print machine, runtime and all figures as JSON" },
  },
  examples: ["siskin bench", "siskin bench kernels --backend scalar", "siskin bench model --json > figures.json"],
  async run(args) {
    const [what = "all", ...more] = args.positionals;
    if (!["all", "kernels", "model"].includes(what) || more.length > 0) {
      throw usageError(`expected kernels or model, got ${[what, ...more].join(" ").slice(0, 60)}`);
    }
    const rounds = integerOption(args, "rounds", 1, 1000) ?? 5;
    const backend = choiceOption(args, "backend", ["auto", "wasm", "scalar"]) ?? "auto";
    const selected = selectBackend({ backend, deterministic: booleanOption(args, "deterministic") });
    const cases = what === "model" ? [] : kernelCases(selected.backend);
    using model = what === "kernels" ? undefined : await loadModel(args);
    if (model !== undefined) cases.push(...modelCases(model));
    const progress = startProgress();
    try {
      const result = await measure(cases, calibrationOf(selected.backend), rounds, undefined, (round) =>
        progress.update(`round ${round} of ${rounds}`),
      );
      progress.end();
      if (booleanOption(args, "json")) await printJson({ ...machine(), kernels: selected.kernels, rounds, ...result });
      else await print(`${selected.kernels}\n${formatTable(result.measurements, result.ceiling)}\n`);
      return 0;
    } finally {
      progress.end();
    }
  },
};

function machine(): { cpu: string; cores: number; runtime: string; platform: string } {
  const all = cpus();
  const runtime = `${process.release.name} ${process.versions.node}`;
  return {
    cpu: all[0]?.model ?? "unknown",
    cores: all.length,
    runtime,
    platform: `${process.platform} ${process.arch}`,
  };
}
