/**
 * SentencePiece's precompiled character map: rules "these bytes become that text" as
 *
 *   u32 length of the trie in bytes · trie: u32 units of a double array (darts-clone) over UTF-8 bytes · texts, each ended by NUL
 *
 * A value in the trie is the place of a text. The reference (spm_precompiled) looks a string up by its shortest prefix that is a
 * rule, and takes the whole string as replaced.
 */
import { SiskinError } from "../errors.ts";
import { type Fields, field, object, place, string, wrong } from "../fields.ts";
import type { Tensors } from "./pipeline.ts";
import { tensorData } from "./tensors.ts";

export interface Charsmap {
  readonly trie: Uint32Array;
  /** UTF-8, each text ended by NUL. */
  readonly texts: Uint8Array;
}

/** In base64, or `{"tensor": name}` for an array of a compiled tokenizer. */
export function parseCharsmap(fields: Fields, key: string, tensors?: Tensors): Charsmap {
  const value = field(fields, key);
  const where = place(fields, key);
  if (tensors !== undefined && typeof value === "object") {
    return readCharsmap(tensorData(tensors, string(object(fields, key), "tensor"), "U8"), where);
  }
  const encoded = string(fields, key);
  try {
    return readCharsmap(decodeBase64(encoded), where);
  } catch (error) {
    throw error instanceof SiskinError ? error : wrong(where, "base64", encoded);
  }
}

export function decodeBase64(encoded: string): Uint8Array {
  return Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0));
}

function readCharsmap(bytes: Uint8Array, where: string): Charsmap {
  const length = bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (length < 4 || length % 4 !== 0 || length > bytes.length - 4) {
    throw wrong(where, `a trie of at least 4 bytes, a multiple of 4, in the ${bytes.length} bytes given`, length);
  }
  const trie = new Uint32Array(bytes.slice(4, 4 + length).buffer);
  return { trie, texts: bytes.subarray(4 + length) };
}

/** The place in `texts` of what the string becomes, or −1 when no prefix of it is a rule. */
export function lookUp({ trie }: Charsmap, utf8: Uint8Array, length: number): number {
  let node = offset(trie[0]!);
  for (let i = 0; i < length && utf8[i] !== 0; i++) {
    node ^= utf8[i]!;
    const unit = trie[node];
    if (unit === undefined || (unit & 0x800000ff) !== utf8[i]) return -1;
    node ^= offset(unit);
    if (unit & 0x100) return (trie[node] ?? 0x7fffffff) & 0x7fffffff;
  }
  return -1;
}

/** The text at a place that lookUp gave; empty when the place is outside. */
export function textAt({ texts }: Charsmap, at: number): string {
  if (at >= texts.length) return "";
  const end = texts.indexOf(0, at);
  return decoder.decode(texts.subarray(at, end < 0 ? texts.length : end));
}

/**
 * The characters that stand in the left side of a rule after its first one, or undefined when a left side is not UTF-8 or there
 * are too many to tell. Rules share the nodes of their ends, so each node between two characters is visited once.
 */
export function innerCharacters({ trie }: Charsmap): Set<number> | undefined {
  const inner = new Set<number>();
  const seen = new Set<number>();
  const toVisit: number[] = [];
  let steps = 0;
  /** All characters from `node` on; `partial` and `missing` are the bits and the count of bytes of the one under way. */
  const visit = (node: number, partial: number, missing: number, first: boolean): boolean => {
    for (let byte = missing > 0 ? 0x80 : 1; byte < (missing > 0 ? 0xc0 : 0xf5); byte++) {
      const unit = trie[node ^ byte];
      if (unit === undefined || (unit & 0x800000ff) !== byte) continue;
      if (++steps > MAX_STEPS || (missing === 0 && byte >= 0x80 && byte < 0xc2)) return false;
      const left = missing > 0 ? missing - 1 : byte < 0x80 ? 0 : byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
      const codePoint = missing > 0 ? (partial << 6) | (byte & 0x3f) : byte & (left === 0 ? 0x7f : 0x3f >> left);
      const next = node ^ byte ^ offset(unit);
      if (left > 0) {
        if (unit & 0x100 || !visit(next, codePoint, left, first)) return false;
        continue;
      }
      if (!first) inner.add(codePoint);
      if (!seen.has(next)) toVisit.push(next);
      seen.add(next);
    }
    return true;
  };
  if (!visit(offset(trie[0]!), 0, 0, true)) return undefined;
  for (let node = toVisit.pop(); node !== undefined; node = toVisit.pop())
    if (!visit(node, 0, 0, false)) return undefined;
  return inner;
}

const MAX_STEPS = 1 << 18; // the charsmap of XLM-R takes 30,000

function offset(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
