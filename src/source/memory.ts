import { type ByteSource, blobSource, bytesSource } from "safetensors-ts";
import { SiskinError } from "../errors.ts";
import { checkKind, checkPath } from "./checks.ts";
import type { ModelSource } from "./model-source.ts";
import { readWhole } from "./whole.ts";

/** A model whose files are in memory, by their paths: `config.json`, `1_Pooling/config.json`, … */
export function openMemory(files: ReadonlyMap<string, Uint8Array | Blob>): ModelSource {
  const name = "files in memory";
  const open = async (path: string): Promise<ByteSource | undefined> => {
    checkPath(path, name);
    const file = files.get(path);
    if (file === undefined) return undefined;
    const source = asSource(file, path);
    checkKind(await source.read(0, Math.min(64, source.size)), path);
    return source;
  };
  return {
    name,
    open,
    async read(path) {
      const source = await open(path);
      return source && readWhole(source, path);
    },
    close() {},
  };
}

function asSource(file: unknown, path: string): ByteSource {
  if (file instanceof Uint8Array) return bytesSource(file, path);
  if (file instanceof Blob) return blobSource(file, path);
  throw new SiskinError(
    "BAD_OPTION",
    `load: source: ${JSON.stringify(path)}: expected a Uint8Array or a Blob, got ${typeof file}`,
  );
}
