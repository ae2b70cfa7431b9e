import { serializeParts } from "safetensors-ts";
import { type Embedder, writeNpy } from "../index.ts";
import { booleanOption, stringOption, usageError } from "./arguments.ts";
import type { Arguments, Command } from "./command.ts";
import { isSameFile, type Write, writeOutput } from "./files.ts";
import { ENCODE_OPTIONS, encodeOptions, loadModel, MODEL_OPTIONS } from "./model.ts";
import { jsonNumbers, print } from "./print.ts";
import { startProgress } from "./progress.ts";
import { groups, type InputText, inputPath, inputTexts, TEXT_NOTES, TEXT_OPTIONS } from "./texts.ts";

/** Texts embedded at a time: enough to batch like lengths together, few enough to show results soon. */
const GROUP = 1024;

export const embed: Command = {
  name: "embed",
  summary: "print the vectors of texts",
  usage: "[options] [TEXT… | --input FILE | -]",
  notes: [
    'Prints a line {"text": …, "embedding": [...]} for each text, in order; of JSON lines with all their other fields. Without texts it reads standard input, unless that is a terminal.',
    ...TEXT_NOTES,
  ],
  options: {
    ...TEXT_OPTIONS,
    output: {
      type: "string",
      short: "o",
      value: "FILE",
      help: 'write to FILE: .jsonl, .npy (a matrix) or .safetensors (a tensor "embeddings")',
    },
    "no-text": { type: "boolean", help: "leave the texts out of JSON lines" },
    ...ENCODE_OPTIONS,
    ...MODEL_OPTIONS,
    json: { type: "boolean", help: "JSON lines, which is the default" },
  },
  examples: [
    'siskin embed "мама мыла раму"',
    "siskin embed --prompt-name passage -i notes.txt -o notes.npy",
    "cat texts.jsonl | siskin embed --format jsonl --dimensions 128 --normalize",
  ],
  async run(given) {
    const args = withStandardInput(given);
    const texts = inputTexts(args);
    if (texts === undefined) throw usageError("expected texts, --input FILE, or - for standard input, got none");
    const output = stringOption(args, "output") ?? "-";
    const format = outputFormat(output);
    const input = inputPath(args);
    if (input !== undefined && output !== "-" && isSameFile(input, output)) {
      throw usageError(`--output: expected another file than the input, got ${JSON.stringify(output)} for both`);
    }
    const model = await loadModel(args);
    try {
      const work = (write: Write) =>
        format === "jsonl" ? writeLines(model, texts, args, write) : writeMatrix(model, texts, args, write, format);
      await (output === "-" ? work(print) : writeOutput(output, work));
      return 0;
    } finally {
      model.dispose();
    }
  },
};

/** What is piped in is meant, though no - says so. A terminal would wait for texts that nobody knows to type. */
function withStandardInput(args: Arguments): Arguments {
  const named = args.positionals.length > 0 || stringOption(args, "input") !== undefined;
  return named || process.stdin.isTTY ? args : { ...args, positionals: ["-"] };
}

type Format = "jsonl" | "npy" | "safetensors";

function outputFormat(output: string): Format {
  if (output === "-") return "jsonl";
  const ending = /\.(jsonl|npy|safetensors)$/i.exec(output)?.[1]?.toLowerCase();
  if (ending === undefined) {
    throw usageError(
      `--output: expected a name that ends in .jsonl, .npy or .safetensors, got ${JSON.stringify(output)}`,
    );
  }
  return ending as Format;
}

/** A line a text, written group by group, so that a large file is never in memory as a whole. */
async function writeLines(
  model: Embedder,
  texts: AsyncIterable<InputText>,
  args: Arguments,
  write: Write,
): Promise<void> {
  const withText = !booleanOption(args, "no-text");
  for await (const { group, vectors } of embedGroups(model, texts, args)) {
    const lines = group.map(({ record }, i) => {
      const { text, ...rest } = record;
      return `${JSON.stringify({ ...(withText ? { text } : {}), ...rest, embedding: jsonNumbers(vectors[i]!) })}\n`;
    });
    await write(lines.join(""));
  }
}

/** All vectors as one matrix [texts, dimensions]; written at the end, since a matrix begins with its size. */
async function writeMatrix(
  model: Embedder,
  texts: AsyncIterable<InputText>,
  args: Arguments,
  write: Write,
  format: "npy" | "safetensors",
): Promise<void> {
  const all: Float32Array[] = [];
  for await (const { vectors } of embedGroups(model, texts, args)) for (const vector of vectors) all.push(vector);
  const dimensions = encodeOptions(args).dimensions ?? model.info.dimensions;
  if (format === "npy") return write(writeNpy(all, dimensions));
  const data = new Float32Array(all.length * dimensions);
  for (const [row, vector] of all.entries()) data.set(vector, row * dimensions);
  const tensor = { name: "embeddings", shape: [all.length, dimensions], data };
  for (const part of serializeParts([tensor], { model: model.info.name })) await write(part);
}

async function* embedGroups(
  model: Embedder,
  texts: AsyncIterable<InputText>,
  args: Arguments,
): AsyncGenerator<{ group: InputText[]; vectors: Float32Array[] }> {
  const options = encodeOptions(args);
  const progress = startProgress();
  let before = 0;
  try {
    for await (const group of groups(texts, GROUP)) {
      const vectors = await model.encode(
        group.map(({ text }) => text),
        { ...options, onProgress: ({ done }) => progress.update(`embedded ${before + done} texts`) },
      );
      before += group.length;
      progress.end();
      yield { group, vectors };
    }
  } finally {
    progress.end();
  }
}
