import { count, quote, SafetensorsError } from "./errors.ts";
import type { TensorInfo } from "./layout.ts";
import { findTensor, open, type SafetensorsFile } from "./open.ts";
import { checkRelativePath } from "./path.ts";
import type { ByteSource } from "./source.ts";
import type { Tensor } from "./tensor.ts";

/**
 * Opens a checkpoint in several files: reads all their headers and checks them against the index.
 *
 *   index       model.safetensors.index.json, parsed: {"weight_map": {tensor name: shard's file name}}
 *   openShard   gives a shard's bytes, or undefined if there is no such file; what it throws goes to the caller.
 *               Closing the sources is the caller's business, also after an error
 *   where       the index's name, for errors
 */
export async function openSharded(
  index: unknown,
  openShard: (file: string) => ByteSource | undefined | Promise<ByteSource | undefined>,
  where = "model.safetensors.index.json",
): Promise<SafetensorsFile> {
  const shardOf = readWeightMap(index, where);
  const opened = Array.from(new Set(shardOf.values()), async (file): Promise<[string, SafetensorsFile]> => {
    const source = await openShard(file);
    if (source === undefined) throw new SafetensorsError("SHARD_MISSING", `${where}: there is no shard ${quote(file)}`);
    return [file, await open(source)];
  });
  const shards = new Map(await Promise.all(opened));
  checkShards(shardOf, shards, where);

  const tensors = new Map<string, TensorInfo>();
  for (const [name, file] of shardOf) tensors.set(name, shards.get(file)!.tensors.get(name)!);
  const metadata = new Map([...shards.values()].flatMap((shard) => [...shard.metadata]));
  const shardWith = (name: string): SafetensorsFile => shards.get(shardOf.get(findTensor(tensors, name, where).name)!)!;
  return {
    tensors,
    metadata,
    read: async (name) => shardWith(name).read(name),
    readMany: (names) => readFromShards(names, shardWith),
    readRows: (name, rows, out) => shardWith(name).readRows(name, rows, out),
  };
}

async function readFromShards(
  names: Iterable<string>,
  shardWith: (name: string) => SafetensorsFile,
): Promise<Map<string, Tensor>> {
  const wanted = [...new Set(names)];
  const byShard = new Map<SafetensorsFile, string[]>();
  for (const name of wanted) {
    const shard = shardWith(name);
    const group = byShard.get(shard);
    if (group === undefined) byShard.set(shard, [name]);
    else group.push(name);
  }
  const found = new Map<string, Tensor>();
  for (const [shard, group] of byShard)
    for (const [name, tensor] of await shard.readMany(group)) found.set(name, tensor);
  return new Map(wanted.map((name) => [name, found.get(name)!]));
}

/** tensor name → shard's file name */
function readWeightMap(index: unknown, where: string): Map<string, string> {
  const weightMap = isRecord(index) ? index["weight_map"] : undefined;
  if (!isRecord(weightMap))
    throw new SafetensorsError("INDEX_INVALID", `${where}: expected {"weight_map": {tensor: file}}`);
  const shardOf = new Map<string, string>();
  for (const [name, file] of Object.entries(weightMap)) {
    checkRelativePath(file, `${where}: weight_map: ${quote(name)}`);
    shardOf.set(name, file);
  }
  return shardOf;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Each tensor must be in the shard that the index names, and nowhere else. */
function checkShards(
  shardOf: ReadonlyMap<string, string>,
  shards: ReadonlyMap<string, SafetensorsFile>,
  where: string,
): void {
  for (const [name, file] of shardOf)
    if (!shards.get(file)!.tensors.has(name))
      throw new SafetensorsError(
        "SHARD_TENSOR_MISSING",
        `${where}: tensor ${quote(name)} is not in ${quote(file)}, which has ${count(shards.get(file)!.tensors.size)} others`,
      );
  for (const [file, shard] of shards)
    for (const name of shard.tensors.keys()) {
      const listed = shardOf.get(name);
      if (listed === file) continue;
      const expected = listed === undefined ? "is not in the index" : `belongs to ${quote(listed)}`;
      throw new SafetensorsError(
        "SHARD_TENSOR_UNLISTED",
        `${where}: tensor ${quote(name)} of ${quote(file)} ${expected}`,
      );
    }
}
