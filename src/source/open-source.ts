import * as platform from "#platform";
import { SiskinError } from "../errors.ts";
import { showAddress, withoutSecrets } from "./http.ts";
import { isHubId, openHub } from "./hub.ts";
import { openMemory } from "./memory.ts";
import type { ModelSource, Source, SourceOptions } from "./model-source.ts";
import { openUrl } from "./url.ts";

/** The package of the embedded default model. */
const DEFAULT_MODEL = "siskin-multilingual-e5-small";

/**
 * Opens where a model's files are. A string is an existing folder, else a URL, else a hub id "org/name"; without a source
 * it is the installed default model.
 *
 * @throws SiskinError MODEL_NOT_FOUND, BAD_OPTION; NETWORK from the hub.
 */
export async function openSource(source: Source | undefined, options: SourceOptions = {}): Promise<ModelSource> {
  options.signal?.throwIfAborted();
  if (source === undefined) return openInstalled();
  if (source instanceof URL) return openAddress(source, options);
  if (source instanceof Map) return openMemory(source);
  if (typeof source === "string") return openNamed(source, options);
  throw new SiskinError(
    "BAD_OPTION",
    `load: source: expected a string, a URL or a Map, got ${source === null ? "null" : typeof source}`,
  );
}

function openInstalled(): ModelSource {
  const installed = platform.findInstalledModel(DEFAULT_MODEL);
  if (installed !== undefined) return installed;
  throw new SiskinError(
    "MODEL_NOT_FOUND",
    `load: expected a model or the installed package ${DEFAULT_MODEL}, got neither: npm i ${DEFAULT_MODEL}, or name a model`,
  );
}

async function openNamed(source: string, options: SourceOptions): Promise<ModelSource> {
  const folder = source === "" ? undefined : platform.openDirectory(source);
  if (folder !== undefined) return folder;
  if (/^(https?|file):/i.test(source) && URL.canParse(source)) return openAddress(new URL(source), options);
  const base = platform.baseAddress();
  if (base !== undefined && /^\.{0,2}\//.test(source)) return openAddress(new URL(source, base), options);
  if (isHubId(source)) return openHub(source, options);
  throw new SiskinError(
    "MODEL_NOT_FOUND",
    `load: expected an existing folder, a URL (http, https, file) or a hub id "org/name", got ${JSON.stringify(withoutSecrets(source))}, which is none of them`,
  );
}

function openAddress(url: URL, options: SourceOptions): ModelSource {
  if (url.protocol === "http:" || url.protocol === "https:") return openUrl(url, options);
  const folder = url.protocol === "file:" ? platform.openDirectory(url) : undefined;
  if (folder !== undefined) return folder;
  const expected = url.protocol === "file:" ? "an existing folder" : "an http, https or file URL";
  throw new SiskinError("MODEL_NOT_FOUND", `load: expected ${expected}, got ${showAddress(url).slice(0, 200)}`);
}
