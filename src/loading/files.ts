import { open, openSharded, type SafetensorsFile } from "safetensors-ts";
import { SiskinError } from "../errors.ts";
import { asFields, type Fields, show } from "../fields.ts";
import type { ModelSource } from "../source/model-source.ts";

/** A JSON file of the model; undefined when it is absent. */
export async function readJson(files: ModelSource, path: string): Promise<unknown> {
  const bytes = await files.read(path);
  return bytes && parseJson(bytes, path);
}

/** @throws SiskinError BAD_FILE for what is not JSON. */
export function parseJson(bytes: Uint8Array, path: string): unknown {
  const text = decodeUtf8(bytes, path);
  try {
    return JSON.parse(text);
  } catch (error) {
    const got = text.trim() === "" ? "an empty file" : show(text);
    throw new SiskinError("BAD_FILE", `${path}: expected JSON, got ${got}`, { cause: error });
  }
}

/** A configuration file, which holds one JSON object; undefined when it is absent. */
export async function readFields(files: ModelSource, path: string): Promise<Fields | undefined> {
  const value = await readJson(files, path);
  return value === undefined ? undefined : asFields(value, path);
}

/** A configuration file that the model cannot do without. */
export async function requireFields(files: ModelSource, path: string): Promise<Fields> {
  return (await readFields(files, path)) ?? missing(files, path);
}

/** The weights in a module's folder: one file, or shards that an index lists. `where` names them in messages. */
export async function openWeights(
  files: ModelSource,
  folder: string,
): Promise<{ file: SafetensorsFile; where: string }> {
  const single = join(folder, "model.safetensors");
  const source = await files.open(single);
  if (source !== undefined) return { file: await open(source), where: single };
  const index = join(folder, "model.safetensors.index.json");
  const value = await readJson(files, index);
  if (value === undefined) return missing(files, `${single} or ${index}`);
  const openShard = async (shard: string) =>
    (await files.open(join(folder, shard))) ?? missing(files, join(folder, shard));
  return { file: await openSharded(value, openShard, index), where: index };
}

/** A path in a module's folder; the model's own folder is "". */
export function join(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

export function missing(files: ModelSource, path: string): never {
  throw new SiskinError("FILE_MISSING", `${files.name}: expected a file ${path}, got none`);
}

function decodeUtf8(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new SiskinError("BAD_FILE", `${where}: expected UTF-8 text, got other bytes`, { cause: error });
  }
}
