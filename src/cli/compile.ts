import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { serialize } from "safetensors-ts";
import { SiskinError } from "../index.ts";
import { compileTokenizer, tokenizerChecksum } from "../tokenizer/index.ts";
import { onlyArgument, stringOption } from "./arguments.ts";
import type { Command } from "./command.ts";
import { readFileBytes, writeOutput } from "./files.ts";
import { print } from "./print.ts";
import { megabytes } from "./progress.ts";

/** The name under which a model's folder has it. */
const COMPILED_NAME = "tokenizer.siskin.safetensors";

export const compile: Command = {
  name: "compile",
  summary: "make a tokenizer load in milliseconds",
  usage: "[options] TOKENIZER.json | MODEL_FOLDER",
  notes: [
    `Writes ${COMPILED_NAME} beside tokenizer.json: the same tokenizer as tables that are used as they are. A model's folder that has it loads it; it carries the checksum of its tokenizer.json and is refused beside another one.`,
  ],
  options: {
    output: {
      type: "string",
      short: "o",
      value: "FILE",
      help: `where to write (default: ${COMPILED_NAME}, beside it)`,
    },
  },
  examples: ["siskin compile models/my-e5", "siskin compile tokenizer.json -o tokenizer.siskin.safetensors"],
  async run(args) {
    const argument = onlyArgument(args, "one tokenizer.json or model's folder");
    const isFolder = statSync(argument, { throwIfNoEntry: false })?.isDirectory() ?? false;
    const path = isFolder ? join(argument, "tokenizer.json") : argument;
    const bytes = await readFileBytes(path);
    const { tensors, metadata } = compileTokenizer(parseJson(bytes, path), tokenizerChecksum(bytes));
    const file = serialize(
      Array.from(tensors, ([name, tensor]) => ({ name, ...tensor })),
      metadata,
    );
    const output = stringOption(args, "output") ?? join(dirname(path), COMPILED_NAME);
    await writeOutput(output, (write) => write(file));
    await print(`${output}: ${megabytes(file.length)}\n`);
    return 0;
  },
};

function parseJson(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new SiskinError("BAD_FILE", `${path}: expected JSON, got other content`, { cause });
  }
}
