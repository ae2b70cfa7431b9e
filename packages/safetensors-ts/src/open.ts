import { count, quote, SafetensorsError } from "./errors.ts";
import { type Header, headerLength, parseHeader } from "./header.ts";
import type { TensorInfo } from "./layout.ts";
import { coalesce, readRuns } from "./runs.ts";
import { type ByteSource, readExactly, readingInto } from "./source.ts";
import { alignedSlice, type Tensor } from "./tensor.ts";

/** The first read: headers of most models fit, so that one request opens a file. */
export const FIRST_READ = 65_536;

/** A file, or a sharded checkpoint, of which only the header has been read. */
export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: ReadonlyMap<string, string>;
  read(name: string): Promise<Tensor>;
  /**
   * Tensors that lie close together are read together. The map is in the order of `names`. Given `memory`, sources that can
   * do so at once read into it as long as it has room: what was read into it before is lost.
   */
  readMany(names: Iterable<string>, memory?: Uint8Array): Promise<Map<string, Tensor>>;
  /**
   * Reads rows of the first axis, in any order, with repeats.
   *
   *   rows   [n] indices into the first axis
   *   out    [n · bytes of a row], filled in the order of `rows`
   *
   * Neighbouring rows are read together. Synchronous if the source is.
   */
  readRows(name: string, rows: ArrayLike<number>, out: Uint8Array): Promise<void> | void;
}

/** Reads and validates the header of a file, and nothing else of it. */
export async function open(source: ByteSource): Promise<SafetensorsFile> {
  const where = source.name ?? "safetensors";
  const first = await readExactly(source, 0, Math.min(source.size, FIRST_READ));
  const length = 8 + headerLength(first, source.size, where);
  let bytes = first;
  if (first.length < length) {
    bytes = new Uint8Array(length);
    bytes.set(first);
    bytes.set(await readExactly(source, first.length, length - first.length), first.length);
  }
  const header = parseHeader(bytes, source.size, where);
  return {
    tensors: header.tensors,
    metadata: header.metadata,
    read: async (name) => (await readTensors(source, header, where, [name])).get(name)!,
    readMany: (names, memory) => readTensors(source, header, where, names, memory),
    readRows: (name, rows, out) => readRows(source, header, where, name, rows, out),
  };
}

export function findTensor(tensors: ReadonlyMap<string, TensorInfo>, name: string, where: string): TensorInfo {
  const info = tensors.get(name);
  if (info === undefined)
    throw new SafetensorsError("NO_SUCH_TENSOR", `${where}: no tensor ${quote(name)} among the ${count(tensors.size)}`);
  return info;
}

async function readTensors(
  source: ByteSource,
  { tensors, dataStart }: Header,
  where: string,
  names: Iterable<string>,
  memory?: Uint8Array,
): Promise<Map<string, Tensor>> {
  const wanted = Array.from(new Set(names), (name) => findTensor(tensors, name, where));
  const sorted = [...wanted].sort((a, b) => a.begin - b.begin);
  // From a multiple of 8, so that what is aligned in the file is aligned in the bytes read.
  const begins = Float64Array.from(sorted, ({ begin }) => begin - (begin % 8));
  const ends = Float64Array.from(sorted, ({ end }) => end);
  const found = new Map<string, Tensor>();
  const from = memory === undefined ? source : readingInto(source, memory);
  await readRuns(from, dataStart, coalesce(begins, ends, source.gap), (run, bytes) => {
    for (const { name, dtype, shape, begin, end } of sorted.slice(run.from, run.to))
      found.set(name, { name, dtype, shape, data: alignedSlice(bytes, begin - run.begin, end - run.begin, dtype) });
  });
  return new Map(wanted.map(({ name }) => [name, found.get(name)!]));
}

function readRows(
  source: ByteSource,
  { tensors, dataStart }: Header,
  where: string,
  name: string,
  rows: ArrayLike<number>,
  out: Uint8Array,
): Promise<void> | void {
  const { shape, begin, end, dtype } = findTensor(tensors, name, where);
  const tensor = `${where}: tensor ${quote(name)}`;
  const height = shape[0];
  if (height === undefined) throw new SafetensorsError("ROW_RANGE", `${tensor}: a scalar has no rows`);
  const width = height === 0 ? 0 : (end - begin) / height;
  if (!Number.isInteger(width))
    throw new SafetensorsError("DTYPE_UNSUPPORTED", `${tensor}: a row of ${dtype} ends inside a byte`);
  if (out.length !== rows.length * width)
    throw new SafetensorsError(
      "OUT_LENGTH",
      `${tensor}: ${rows.length} rows of ${width} bytes need an out of ${rows.length * width} bytes, got ${out.length}`,
    );
  const order = new Uint32Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (!(Number.isInteger(row) && row >= 0 && row < height))
      throw new SafetensorsError("ROW_RANGE", `${tensor}: expected a row below ${count(height)}, got ${row}`);
    order[i] = i;
  }
  order.sort((a, b) => rows[a]! - rows[b]!);
  const begins = Float64Array.from(order, (i) => begin + rows[i]! * width);
  const ends = begins.map((at) => at + width);
  return readRuns(source, dataStart, coalesce(begins, ends, source.gap), (run, bytes) => {
    for (let k = run.from; k < run.to; k++) {
      const at = begins[k]! - run.begin;
      out.set(bytes.subarray(at, at + width), order[k]! * width);
    }
  });
}
