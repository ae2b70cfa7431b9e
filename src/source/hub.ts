import type { ByteSource } from "safetensors-ts";
import * as platform from "#platform";
import { SiskinError } from "../errors.ts";
import type { DownloadCache } from "./cache.ts";
import { checkPath } from "./checks.ts";
import { checkStatus, type Download, type Downloaded, downloadInto } from "./download.ts";
import { type Reply, request, showAddress, withoutSecrets } from "./http.ts";
import type { ModelSource, SourceOptions } from "./model-source.ts";
import { readWhole } from "./whole.ts";

/** A model of the hub, at one revision. */
interface Hub {
  readonly id: string;
  readonly endpoint: URL;
  readonly revision: string;
  readonly token: string | undefined;
  readonly options: SourceOptions;
  readonly cache: DownloadCache;
  /** The model's place in the cache. */
  readonly folder: string;
}

/** What the cache knows of a file: that the model does not have it, or what it is. */
type FileRecord = { readonly absent?: true } & Partial<Downloaded>;

const DEFAULT_ENDPOINT = "https://huggingface.co";
const COMMIT = /^[0-9a-f]{40}$/;

export function isHubId(source: string): boolean {
  return /^[A-Za-z0-9_][\w.-]*\/[A-Za-z0-9_][\w.-]*$/.test(source) && !source.includes("..");
}

/**
 * A model of a hub: "org/name". The revision is resolved to a commit by one request, which a full commit hash saves;
 * files of a commit never change, so each is downloaded once and then read from the cache. When the hub cannot be
 * reached, the commit that the revision last had is used.
 *
 * @throws SiskinError MODEL_NOT_FOUND, NETWORK, BAD_OPTION.
 */
export async function openHub(id: string, options: SourceOptions): Promise<ModelSource> {
  const endpoint = parseEndpoint(options.endpoint ?? platform.environment("HF_ENDPOINT") ?? DEFAULT_ENDPOINT);
  const revision = options.revision ?? "main";
  if (!/^\w[\w.+/-]*$/.test(revision) || revision.includes("..")) {
    throw new SiskinError(
      "BAD_OPTION",
      `load: revision: expected a branch, tag or commit, got ${JSON.stringify(revision)}`,
    );
  }
  const hub: Hub = {
    id,
    endpoint,
    revision,
    token: checkToken(options.token ?? platform.environment("HF_TOKEN")),
    options,
    cache: await platform.openCache(options.cacheDir),
    folder: `hub/${encodeURIComponent(endpoint.host + endpoint.pathname.replace(/\/$/, ""))}/${id}`,
  };
  const commit = await resolveCommit(hub);
  const open = async (path: string): Promise<ByteSource | undefined> => {
    checkPath(path, id);
    return openFile(hub, commit, path);
  };
  return {
    name: revision === "main" ? id : `${id}@${revision}`,
    open,
    async read(path) {
      const source = await open(path);
      return source && readWhole(source, showAddress(fileUrl(hub, commit, path)));
    },
    close: () => hub.cache.close(),
  };
}

function parseEndpoint(endpoint: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  const got = JSON.stringify(withoutSecrets(endpoint));
  throw new SiskinError("BAD_OPTION", `load: endpoint: expected an http or https URL, got ${got}`);
}

/** A token that a header can carry; an empty one is none. The error keeps it to itself. */
function checkToken(token: string | undefined): string | undefined {
  if (token === undefined || token === "") return undefined;
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new SiskinError(
    "BAD_OPTION",
    "load: token or HF_TOKEN: expected ASCII letters, digits and signs, got other characters",
  );
}

function fileUrl({ endpoint, id, revision }: Hub, commit: string | undefined, path: string): URL {
  const url = new URL(endpoint);
  const file = path.split("/").map(encodeURIComponent).join("/");
  url.pathname = `${url.pathname.replace(/\/$/, "")}/${id}/resolve/${encodeURIComponent(commit ?? revision)}/${file}`;
  return url;
}

/** The commit that the revision stands for; undefined with servers that do not tell. */
async function resolveCommit(hub: Hub): Promise<string | undefined> {
  const { id, revision, options, cache, folder } = hub;
  if (COMMIT.test(revision)) return revision;
  const key = `${folder}/refs/${encodeURIComponent(revision)}`;
  const known = await cache.readText(key);
  if (options.localFilesOnly) {
    if (known !== undefined) return known || undefined;
    throw new SiskinError(
      "MODEL_NOT_FOUND",
      `load: ${id}@${revision}: expected a cached model with localFilesOnly, got none in ${cache.place}`,
    );
  }
  let reply: Reply;
  try {
    reply = await request(fileUrl(hub, undefined, "config.json"), { method: "HEAD", token: hub.token }, options);
    checkStatus(reply);
  } catch (error) {
    if (known === undefined || !(error instanceof SiskinError && error.code === "NETWORK")) throw error;
    return known || undefined;
  }
  const commit = reply.header("X-Repo-Commit") ?? "";
  if (commit !== "" && !COMMIT.test(commit)) {
    throw new SiskinError(
      "NETWORK",
      `${reply.address}: expected a commit hash in X-Repo-Commit, got ${JSON.stringify(commit)}`,
    );
  }
  if (commit !== known) await cache.writeText(key, commit);
  return commit || undefined;
}

/** A file from the cache, or downloaded into it. Undefined when the model has no such file. */
async function openFile(hub: Hub, commit: string | undefined, path: string): Promise<ByteSource | undefined> {
  const { cache, options } = hub;
  const folder = `${hub.folder}/${commit ?? encodeURIComponent(hub.revision)}`;
  const fileKey = `${folder}/files/${path}`;
  const recordKey = `${folder}/records/${path}.json`;
  const record = parseRecord(await cache.readText(recordKey));
  const cached = record?.size === undefined ? undefined : await openComplete(cache, fileKey, record.size);
  const known = cached !== undefined || record?.absent;
  if (known && (commit !== undefined || options.localFilesOnly)) return cached;
  if (options.localFilesOnly) {
    throw new SiskinError(
      "MODEL_NOT_FOUND",
      `load: ${hub.id}@${hub.revision}: expected ${path} in the cache with localFilesOnly, got none in ${cache.place}`,
    );
  }

  const task: Download = {
    url: fileUrl(hub, commit, path),
    path,
    token: hub.token,
    knownEtag: cached === undefined ? undefined : record?.etag,
    options,
  };
  const part = await cache.startPart(fileKey);
  const outcome = await downloadInto(part, task).catch((error: unknown) => {
    if (!part.unwritable) throw error;
    return downloadInto(cache.startMemoryPart(fileKey), task);
  });
  if (outcome === "unchanged") return cached;
  if (outcome === "absent") {
    await cache.writeText(recordKey, JSON.stringify({ absent: true }));
    return undefined;
  }
  await cache.writeText(recordKey, JSON.stringify(outcome));
  return cache.open(fileKey);
}

/** The cached file if it has the recorded size; a crash of the system can leave it shorter. */
async function openComplete(cache: DownloadCache, key: string, size: number): Promise<ByteSource | undefined> {
  const source = await cache.open(key);
  return source?.size === size ? source : undefined;
}

/** A record of the cache; one that cannot be read is none. */
function parseRecord(text: string | undefined): FileRecord | undefined {
  try {
    return JSON.parse(text ?? "null") ?? undefined;
  } catch {
    return undefined;
  }
}
