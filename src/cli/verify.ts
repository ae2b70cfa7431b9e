import { compareVectors, type ParityReport, readReferences, type TextParity } from "../index.ts";
import { booleanOption, integerOption, onlyArgument, stringOption, usageError } from "./arguments.ts";
import type { Arguments, Command } from "./command.ts";
import { readFileBytes } from "./files.ts";
import { ENCODE_OPTIONS, encodeOptions, loadModel, MODEL_OPTIONS } from "./model.ts";
import { columns, oneLine, print, printJson } from "./print.ts";
import { startProgress } from "./progress.ts";
import { collect, readTexts } from "./texts.ts";

export const verify: Command = {
  name: "verify",
  summary: "compare the model's vectors with reference vectors",
  usage: "[options] REFERENCE [--texts FILE]",
  notes: [
    'REFERENCE has vectors of another implementation: a .jsonl file of {"text", "embedding"}, or a .npy or .safetensors matrix [texts, dimensions] whose texts are in --texts, a line each or as .jsonl.',
    "It passes, with exit code 0, when no component differs by more than the tolerance, times the vector's length where that is above 1; else the exit code is 1.",
  ],
  options: {
    texts: { type: "string", value: "FILE", help: "the texts of a .npy or .safetensors reference" },
    tolerance: { type: "string", value: "X", help: "the difference allowed in a component (default: 1e-6)" },
    worst: { type: "string", value: "N", help: "how many of the worst texts to print (default: 5)" },
    ...ENCODE_OPTIONS,
    ...MODEL_OPTIONS,
    json: { type: "boolean", help: "print the whole report as JSON" },
  },
  examples: [
    "siskin verify reference.jsonl",
    "siskin verify --prompt-name query --tolerance 5e-7 vectors.npy --texts queries.txt",
  ],
  async run(args) {
    const path = onlyArgument(args, "one reference file");
    const tolerance = toleranceOption(args);
    const worst = integerOption(args, "worst", 0, 1_000_000);
    const textsPath = stringOption(args, "texts");
    const given = textsPath === undefined ? undefined : (await collect(readTexts(textsPath))).map(({ text }) => text);
    const { texts, vectors } = await readReferences(await readFileBytes(path), path, given);
    const report = compareVectors(await embedTexts(texts, args), vectors, { tolerance, worst });
    if (booleanOption(args, "json")) await printJson(withTexts(report, texts));
    else await print(formatReport(report, texts));
    return report.pass ? 0 : 1;
  },
};

function toleranceOption(args: Arguments): number | undefined {
  const text = stringOption(args, "tolerance");
  if (text === undefined) return undefined;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (value >= 0) return value;
  throw usageError(`--tolerance: expected a number of at least 0, got ${JSON.stringify(text)}`);
}

async function embedTexts(texts: readonly string[], args: Arguments): Promise<Float32Array[]> {
  const model = await loadModel(args);
  const progress = startProgress();
  try {
    const onProgress = ({ done, total }: { done: number; total: number }) =>
      progress.update(`embedded ${done} of ${total} texts`);
    return await model.encode(texts, { ...encodeOptions(args), onProgress });
  } finally {
    progress.end();
    model.dispose();
  }
}

/** The report with the worst texts themselves; Infinity, which JSON lacks, as a string. */
function withTexts(report: ParityReport, texts: readonly string[]): unknown {
  const named = { ...report, worst: report.worst.map((entry) => ({ ...entry, content: texts[entry.text] })) };
  return JSON.parse(JSON.stringify(named, (_, value) => (value === Number.POSITIVE_INFINITY ? "Infinity" : value)));
}

function formatReport(report: ParityReport, texts: readonly string[]): string {
  const { maxErrorAt, pass, tolerance } = report;
  const line = ({ text, maxError, component, cosine }: TextParity) => {
    const head = `  text ${text}: error ${maxError.toExponential(2)} in component ${component}, cosine ${cosine.toFixed(9)}  `;
    return `${head}${oneLine(texts[text]!, Math.max(20, Math.min(columns(), 160) - head.length))}\n`;
  };
  return [
    `${report.texts} texts, ${report.dimensions} dimensions\n`,
    `max error    ${report.maxError.toExponential(3)} (text ${maxErrorAt.text}, component ${maxErrorAt.component})\n`,
    `min cosine   ${report.minCosine.toFixed(9)}\n`,
    `mean cosine  ${report.meanCosine.toFixed(9)}\n`,
    report.worst.length > 0 ? `worst texts, from 0:\n${report.worst.map(line).join("")}` : "",
    `${pass ? "pass" : "FAIL"} at tolerance ${tolerance}\n`,
  ].join("");
}
