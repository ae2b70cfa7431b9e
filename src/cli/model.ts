import { createInterface } from "node:readline/promises";
import type { Readable, Writable } from "node:stream";
import { type Embedder, type EncodeOptions, type LoadOptions, load, SiskinError } from "../index.ts";
import { booleanOption, integerOption, stringOption, switchOption } from "./arguments.ts";
import type { Arguments, OptionTable } from "./command.ts";
import { megabytes, startProgress } from "./progress.ts";

/** The options of commands that load a model. */
export const MODEL_OPTIONS: OptionTable = {
  model: {
    type: "string",
    short: "m",
    value: "MODEL",
    help: 'a folder, a URL or a hub id "org/name" (default: the installed siskin-multilingual-e5-small)',
  },
  revision: { type: "string", value: "REVISION", help: "the hub's branch, tag or commit (default: main)" },
  "cache-dir": {
    type: "string",
    value: "FOLDER",
    help: "where downloads are kept (default: the system's cache folder)",
  },
  offline: { type: "boolean", help: "make no request: use what is in the cache" },
  dtype: {
    type: "string",
    value: "DTYPE",
    help: "what layers compute with: float32, int16 or int8 (default: float32)",
  },
  deterministic: { type: "boolean", help: "the same bits in every runtime; slower" },
  threads: { type: "string", value: "N", help: "threads to compute with" },
};

/** The options that change a vector. */
export const ENCODE_OPTIONS: OptionTable = {
  "prompt-name": { type: "string", value: "NAME", help: "one of the model's prompts, such as query or passage" },
  prompt: { type: "string", value: "TEXT", help: "a text to put before each text; beats --prompt-name" },
  dimensions: { type: "string", value: "N", help: "keep the first N components (Matryoshka)" },
  normalize: { type: "boolean", help: "scale vectors to unit length at the end, after --dimensions" },
  "no-normalize": { type: "boolean", help: "leave them as the model gives them (the default)" },
};

/** What the embedded default was made from, for those who have not installed it. */
const DOWNLOADABLE = "intfloat/multilingual-e5-small";

/** The model that the user named, or the installed default; where a person can answer, a download is offered instead. */
export async function loadModel(args: Arguments, kernels: LoadOptions = {}): Promise<Embedder> {
  const options: LoadOptions = {
    revision: stringOption(args, "revision"),
    cacheDir: stringOption(args, "cache-dir"),
    localFilesOnly: booleanOption(args, "offline"),
    dtype: stringOption(args, "dtype") as LoadOptions["dtype"], // load itself says which there are
    deterministic: booleanOption(args, "deterministic"),
    threads: integerOption(args, "threads", 1, 1024),
    ...kernels,
  };
  const model = stringOption(args, "model");
  try {
    return await loadWithProgress(model, options);
  } catch (error) {
    const absent = model === undefined && error instanceof SiskinError && error.code === "MODEL_NOT_FOUND";
    if (!absent || options.localFilesOnly || !(process.stdin.isTTY && process.stderr.isTTY)) throw error;
    const question = `The embedded model is not installed (npm i siskin-multilingual-e5-small).\nDownload ${DOWNLOADABLE}, about 490 MB, instead? [y/N] `;
    if (!(await confirm(question, process.stdin, process.stderr))) throw error;
    return loadWithProgress(DOWNLOADABLE, options);
  }
}

/** Asks; everything but a yes is a no. */
export async function confirm(question: string, input: Readable, output: Writable): Promise<boolean> {
  const lines = createInterface({ input, output });
  const closed = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
  try {
    return /^\s*y(es)?\s*$/i.test(await Promise.race([lines.question(question), closed]));
  } finally {
    lines.close();
  }
}

/** Loads; an interrupt meanwhile keeps what has been downloaded for the next time. */
async function loadWithProgress(model: string | undefined, options: LoadOptions): Promise<Embedder> {
  const progress = startProgress();
  const abort = new AbortController();
  const interrupt = () => abort.abort(new Error("interrupted: the next start resumes a download"));
  process.once("SIGINT", interrupt);
  try {
    return await load(model, {
      ...options,
      signal: abort.signal,
      onProgress(event) {
        const total = "total" in event && event.total !== undefined ? ` of ${megabytes(event.total)}` : "";
        const doing = event.phase === "download" ? "downloading" : "loading";
        progress.update(`${doing} ${event.file}: ${megabytes(event.loaded)}${total}`);
      },
    });
  } finally {
    process.off("SIGINT", interrupt);
    progress.end();
  }
}

export function encodeOptions(args: Arguments): EncodeOptions<"float32"> {
  return {
    promptName: stringOption(args, "prompt-name"),
    prompt: stringOption(args, "prompt"),
    dimensions: integerOption(args, "dimensions", 1, 1_000_000),
    normalize: switchOption(args, "normalize"),
  };
}
