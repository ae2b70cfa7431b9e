import { dirname, join } from "node:path";
import { open, openSharded, type SafetensorsFile } from "safetensors-ts";
import { type FileSource, fileSource } from "safetensors-ts/node";
import { SiskinError } from "../index.ts";
import { booleanOption, onlyArgument } from "./arguments.ts";
import type { Command } from "./command.ts";
import { readFileBytes, requireFile } from "./files.ts";
import { formatTable, oneLine, print, printJson } from "./print.ts";

export const inspect: Command = {
  name: "inspect",
  summary: "list the tensors of a safetensors file",
  usage: "[options] FILE.safetensors | FILE.safetensors.index.json",
  notes: [
    "Reads headers only, so that a file of any size is listed at once; of an index the headers of all its shards.",
  ],
  options: {
    json: { type: "boolean", help: 'print {"metadata": {…}, "tensors": [{"name", "dtype", "shape", "bytes"}]}' },
  },
  examples: ["siskin inspect model.safetensors", "siskin inspect --json model.safetensors.index.json"],
  async run(args) {
    const path = onlyArgument(args, "one file");
    const sources: FileSource[] = [];
    try {
      const file = /\.json$/i.test(path) ? await openIndex(path, sources) : await open(openFile(path, sources));
      await (booleanOption(args, "json") ? printJson(describe(file)) : print(formatFile(file)));
      return 0;
    } finally {
      for (const source of sources) source.close();
    }
  },
};

function openFile(path: string, sources: FileSource[]): FileSource {
  requireFile(path);
  const source = fileSource(path);
  sources.push(source);
  return source;
}

async function openIndex(path: string, sources: FileSource[]): Promise<SafetensorsFile> {
  const bytes = await readFileBytes(path);
  let index: unknown;
  try {
    index = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new SiskinError("BAD_INPUT", `${path}: expected JSON, got other content`, { cause });
  }
  return openSharded(index, (shard) => openFile(join(dirname(path), shard), sources), path);
}

function describe({ tensors, metadata }: SafetensorsFile): unknown {
  const list = Array.from(tensors.values(), ({ name, dtype, shape, begin, end }) => ({
    name,
    dtype,
    shape,
    bytes: end - begin,
  }));
  return { metadata: Object.fromEntries(metadata), tensors: list };
}

function formatFile({ tensors, metadata }: SafetensorsFile): string {
  const infos = [...tensors.values()];
  const count = (n: number) => n.toLocaleString("en-US");
  const rows = infos.map(({ name, dtype, shape, begin, end }) => [
    oneLine(name, 200),
    dtype,
    `[${shape.join(", ")}]`,
    count(end - begin),
  ]);
  const elements = infos.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
  const bytes = infos.reduce((sum, { begin, end }) => sum + end - begin, 0);
  const notes = Array.from(metadata, ([key, value]) => `${oneLine(key, 80)}: ${oneLine(value, 200)}\n`).join("");
  const total = `${count(infos.length)} tensors, ${count(elements)} elements, ${count(bytes)} bytes\n`;
  return `${formatTable([["tensor", "dtype", "shape", "bytes"], ...rows], new Set([3]))}\n${notes}${total}`;
}
