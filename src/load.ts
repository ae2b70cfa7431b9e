import { Embedder } from "./embedder.ts";
import type { ModelParts } from "./encode.ts";
import { type Fields, flag } from "./fields.ts";
import type { Dtype } from "./kernels/quantize.ts";
import { type SelectedBackend, selectBackend } from "./kernels/wasm/select.ts";
import { join, openWeights, readFields, readJson, requireFields } from "./loading/files.ts";
import { readHead } from "./loading/head.ts";
import { readTokenizer } from "./loading/tokenizer.ts";
import { parseBertConfig } from "./model/bert-config.ts";
import { readBertWeights } from "./model/bert-weights.ts";
import { DEFAULT_MODULES, type ModuleEntry, parseModules } from "./model/modules.ts";
import { maxTokens, parseSentenceConfig, TRANSFORMER_CONFIG_NAMES } from "./model/sentence-config.ts";
import { createWorkspace } from "./model/workspace.ts";
import { checkChoice, checkInteger } from "./options.ts";
import { hardwareThreads, startPool } from "./pool/pool.ts";
import type { DownloadProgress, ModelSource, Source, SourceOptions } from "./source/model-source.ts";
import { openSource } from "./source/open-source.ts";

/** What `onProgress` is told while weights are read and packed, after what a source says of its downloads. */
export interface LoadProgress {
  readonly phase: "load";
  readonly file: string;
  /** Bytes of the weights taken so far. */
  readonly loaded: number;
}

export interface LoadOptions extends Omit<SourceOptions, "onProgress"> {
  /**
   * What linear layers compute with: "float32" (the default); "int16", 12-bit integers, a cosine of 0.9999 with float32 and
   * faster; "int8", 8-bit integers in blocks of 32, a cosine of 0.997 and up, faster again and, with relaxed SIMD, a quarter of
   * the memory.
   */
  readonly dtype?: Dtype | undefined;
  /**
   * Kernels without relaxed instructions, so that every runtime with WebAssembly SIMD gives the same bits; they take 1.3 to 1.5
   * times as long, in int16 no longer.
   */
  readonly deterministic?: boolean | undefined;
  /**
   * Threads to compute with, at most as many as the processor has; 1 by default. The bits are the same. A page needs to be
   * cross-origin isolated for more than one. `model.info.threads` has the count that runs.
   */
  readonly threads?: number | undefined;
  /** In pages, where `siskin/worker` lies, when a policy forbids workers from a Blob; that it does not start is then an error. */
  readonly workerUrl?: string | URL | undefined;
  /** "auto" (the default) takes WebAssembly where it works and scalar kernels elsewhere; `model.info.kernels` says which. */
  readonly backend?: "auto" | "wasm" | "scalar" | undefined;
  readonly onProgress?: ((event: DownloadProgress | LoadProgress) => void) | undefined;
}

/**
 * Loads a model: the installed `siskin-multilingual-e5-small` when no source is named; else a folder, a URL, a hub id
 * "org/name", or a map of file names to bytes.
 *
 * @throws SiskinError MODEL_NOT_FOUND, FILE_MISSING, BAD_FILE, BAD_CONFIG, UNKNOWN_COMPONENT, TENSOR_MISSING, TENSOR_SHAPE,
 *   TENSOR_DTYPE, TOKENIZER_STALE, BAD_OPTION, NETWORK, WORKER_FAILED; SafetensorsError for weights that break their format's rules.
 */
export async function load(source?: Source, options: LoadOptions = {}): Promise<Embedder> {
  return new Embedder(await loadParts(source, options));
}

/** The parts of a model before an Embedder is made of them; tests and benchmarks of the parts begin here. */
export async function loadParts(source?: Source, options: LoadOptions = {}): Promise<ModelParts> {
  checkChoice("load", "dtype", options.dtype, ["float32", "int16", "int8"]);
  checkChoice("load", "deterministic", options.deterministic, [true, false]);
  checkChoice("load", "backend", options.backend, ["auto", "wasm", "scalar"]);
  checkInteger("load", "threads", options.threads, 1, 1024);
  const { dtype = "float32" } = options;
  const files = await openSource(source, options);
  let starting: Promise<Threads> | undefined;
  try {
    const selected = await selectBackend({
      backend: options.backend ?? "auto",
      deterministic: options.deterministic ?? false,
      dtype,
    });
    starting = startThreads(selected, options); // while the weights are read
    starting.catch(() => {}); // it is awaited after them
    const parts = await readParts(files, selected, dtype, options);
    const threads = await starting;
    const close = () => {
      void threads.pool?.end();
      files.close();
    };
    return { ...parts, ...threads, close };
  } catch (error) {
    starting?.then(({ pool }) => pool?.end()).catch(() => {});
    files.close();
    throw error;
  }
}

type Threads = Pick<ModelParts, "kernels" | "pool">;

/** More threads than one, where they are asked for and can be had; else why not, after what the kernels are. */
async function startThreads({ wasm, kernels }: SelectedBackend, { threads, workerUrl }: LoadOptions): Promise<Threads> {
  if (wasm === undefined || threads === undefined || threads === 1) return { kernels };
  try {
    const count = Math.min(threads, hardwareThreads());
    if (count === 1) return { kernels: `${kernels}; one thread: the processor has one` };
    return { kernels, pool: await startPool(wasm, count, workerUrl) };
  } catch (error) {
    if (workerUrl !== undefined) throw error;
    return { kernels: `${kernels}; one thread: ${(error as Error).message}` };
  }
}

async function readParts(
  files: ModelSource,
  { backend, kernels }: SelectedBackend,
  dtype: Dtype,
  options: LoadOptions,
): Promise<ModelParts> {
  const modules = await readModules(files);
  const folder = modules[0]!.path;
  const configFields = await requireFields(files, join(folder, "config.json"));
  const config = parseBertConfig(configFields);
  const settings = await readTransformerSettings(files, folder);
  const { file, where } = await openWeights(files, folder);
  const weights = await readBertWeights(file, config, backend, where, (loaded) => {
    options.signal?.throwIfAborted();
    options.onProgress?.({ phase: "load", file: where, loaded });
  });
  const head = await readHead(files, modules, config.hiddenSize, backend);
  const sentence = parseSentenceConfig(
    (await readFields(files, "config_sentence_transformers.json")) ?? { where: files.name, values: {} },
  );
  const lowerCase = settings !== undefined && flag(settings, "do_lower_case", false);
  const tokenizer = await readTokenizer(files, folder, lowerCase, options.cacheDir);
  return {
    name: files.name,
    backend,
    kernels,
    dtype,
    config,
    weights,
    head,
    sentence,
    tokenizer,
    maxTokens: maxTokens(
      configFields,
      settings,
      await readFields(files, join(folder, "tokenizer_config.json")),
      config.positions - config.firstPosition,
      tokenizer.specialTokenCount,
    ),
    workspace: createWorkspace(backend, config),
    close: () => files.close(),
  };
}

async function readModules(files: ModelSource): Promise<readonly ModuleEntry[]> {
  const value = await readJson(files, "modules.json");
  return value === undefined ? DEFAULT_MODULES : parseModules(value, "modules.json");
}

async function readTransformerSettings(files: ModelSource, folder: string): Promise<Fields | undefined> {
  for (const name of TRANSFORMER_CONFIG_NAMES) {
    const settings = await readFields(files, join(folder, name));
    if (settings !== undefined) return settings;
  }
  return undefined;
}
