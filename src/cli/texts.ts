import { SiskinError } from "../index.ts";
import { choiceOption, stringOption, usageError } from "./arguments.ts";
import type { Arguments, OptionTable } from "./command.ts";
import { readLines } from "./files.ts";

/** The options of commands that take texts. */
export const TEXT_OPTIONS: OptionTable = {
  input: { type: "string", short: "i", value: "FILE", help: "read the texts from FILE; - is standard input" },
  format: {
    type: "string",
    value: "lines|jsonl",
    help: 'a text a line, or an object with "text" a line (default: by the ending .jsonl or .ndjson)',
  },
};

export const TEXT_NOTES: readonly string[] = [
  'Of a file of lines each line is a text, an empty one too, so that the n-th result is that of the n-th line. In JSON lines each line is an object with a string "text"; blank lines are skipped.',
];

/** A text and, where it came as JSON, the object it came in. */
export interface InputText {
  readonly text: string;
  readonly record: Readonly<Record<string, unknown>>;
}

/** Where the texts are: the arguments, a file, standard input; undefined when the user named none. */
export function inputTexts(args: Arguments): AsyncIterable<InputText> | undefined {
  const { positionals } = args;
  const input = inputPath(args);
  const named = stringOption(args, "input") !== undefined;
  if (named && positionals.length > 0) {
    throw usageError(`expected texts or --input, got both: --input ${input} and ${JSON.stringify(positionals[0])}`);
  }
  if (positionals.length > 1 && positionals.includes("-")) {
    throw usageError("expected texts or - for standard input, got both");
  }
  const format = choiceOption(args, "format", ["lines", "jsonl"]);
  if (input !== undefined) return readTexts(input, format);
  return positionals.length === 0 ? undefined : fromArguments(positionals);
}

/** The file that texts are read from, "-" for standard input; undefined when they are the arguments. */
export function inputPath(args: Arguments): string | undefined {
  const { positionals } = args;
  return stringOption(args, "input") ?? (positionals.length === 1 && positionals[0] === "-" ? "-" : undefined);
}

/** The texts of a file by its format; "-" is standard input. */
export async function* readTexts(path: string, format?: "lines" | "jsonl"): AsyncGenerator<InputText> {
  const isJson = (format ?? (/\.(jsonl|ndjson)$/i.test(path) ? "jsonl" : "lines")) === "jsonl";
  for await (const { text, where } of readLines(path)) {
    if (!isJson) yield { text, record: { text } };
    else if (text.trim() !== "") yield parseRecord(text, where);
  }
}

async function* fromArguments(texts: readonly string[]): AsyncGenerator<InputText> {
  for (const text of texts) yield { text, record: { text } };
}

function parseRecord(line: string, where: string): InputText {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new SiskinError("BAD_INPUT", `${where}: expected JSON, got ${JSON.stringify(line.slice(0, 60))}`, { cause });
  }
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const record = isObject ? (value as Record<string, unknown>) : {};
  if (typeof record["text"] === "string") return { text: record["text"], record };
  throw new SiskinError(
    "BAD_INPUT",
    `${where}: expected an object with a string "text", got ${JSON.stringify(value).slice(0, 60)}`,
  );
}

/** All items at once. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Items in groups of `size`, the last one shorter. */
export async function* groups<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let group: T[] = [];
  for await (const item of items) {
    group.push(item);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
