import type { SafetensorsFile, Tensor, TensorInfo } from "safetensors-ts";
import { toFloat32, view } from "safetensors-ts";
import { SiskinError } from "../errors.ts";
import type { Matrix } from "../kernels/matrix.ts";

/** What a module's tensors may be called after its name. */
const SUFFIXES = ["weight", "bias", "scales", "biases", "gamma", "beta"];
const ALIGNMENT = 8;
const FLOAT_DTYPES: ReadonlySet<string> = new Set(["F32", "F16", "BF16"]);

/**
 * A checkpoint read module by module: `fetch` brings the tensors of some modules in few reads, the others hand them out
 * checked, as float32 or as stored 4-bit groups. It counts what was used.
 */
export interface Checkpoint {
  readonly file: SafetensorsFile;
  /** For messages: the file's name. */
  readonly where: string;
  /** Values a scale spans, where the configuration says that matrices are quantized. */
  readonly groupSize: number | undefined;
  readonly used: { parameters: number; bytes: number };
  fetched: ReadonlyMap<string, Tensor>;
  /** Where `fetch` reads to, where a call's tensors need not outlive the next: new memory costs as much as reading. */
  memory: Uint8Array | undefined;
}

/** `reuses`: whether the tensors of a call of `fetchModules` may be gone after the next. */
export function openCheckpoint(
  file: SafetensorsFile,
  groupSize: number | undefined,
  where: string,
  reuses: boolean,
): Checkpoint {
  const memory = reuses ? new Uint8Array(0) : undefined;
  return { file, where, groupSize, used: { parameters: 0, bytes: 0 }, fetched: new Map(), memory };
}

/** Reads the tensors of the named modules; those of an earlier call are let go. */
export async function fetchModules(checkpoint: Checkpoint, modules: readonly string[]): Promise<void> {
  const { tensors } = checkpoint.file;
  const names = modules.flatMap((module) => SUFFIXES.map((suffix) => `${module}.${suffix}`));
  const infos = names.flatMap((name) => tensors.get(name) ?? []);
  const bytes = infos.reduce((sum, { begin, end }) => sum + end - begin + ALIGNMENT, 0);
  if (checkpoint.memory !== undefined && checkpoint.memory.length < bytes) checkpoint.memory = new Uint8Array(bytes);
  checkpoint.fetched = await checkpoint.file.readMany(
    infos.map(({ name }) => name),
    checkpoint.memory,
  );
}

/** A float tensor of exactly this shape, as float32. Of two names the first that exists is taken. */
export function floats(
  checkpoint: Checkpoint,
  names: string | readonly string[],
  shape: readonly number[],
): Float32Array {
  const candidates = typeof names === "string" ? [names] : names;
  const name = candidates.find((candidate) => checkpoint.file.tensors.has(candidate)) ?? candidates[0]!;
  const info = requireTensor(checkpoint, name, shape, FLOAT_DTYPES);
  count(checkpoint, info, sizeOf(shape));
  return toFloat32(checkpoint.fetched.get(name)!);
}

/** The matrix `${module}.weight` [rows, columns], float or quantized. */
export function matrix(checkpoint: Checkpoint, module: string, rows: number, columns: number): Matrix {
  if (!isQuantized(checkpoint, module)) {
    return { format: "float32", rows, columns, data: floats(checkpoint, `${module}.weight`, [rows, columns]) };
  }
  const groupSize = checkQuantized(checkpoint, module, rows, columns);
  const { fetched } = checkpoint;
  return {
    format: "quantized4",
    rows,
    columns,
    groupSize,
    packed: view(fetched.get(`${module}.weight`)!) as Uint32Array,
    scales: toFloat32(fetched.get(`${module}.scales`)!),
    biases: toFloat32(fetched.get(`${module}.biases`)!),
  };
}

/** A module is quantized when it has scales; that the configuration agrees is checked with the shapes. */
export function isQuantized({ file }: Checkpoint, module: string): boolean {
  return file.tensors.has(`${module}.scales`);
}

/** Checks the three tensors of a quantized matrix [rows, columns], counts them, and gives the group size. */
export function checkQuantized(checkpoint: Checkpoint, module: string, rows: number, columns: number): number {
  const { groupSize, where } = checkpoint;
  if (groupSize === undefined) {
    throw new SiskinError(
      "BAD_CONFIG",
      `${where}: tensor "${module}.scales": expected config.json to have a quantization {group_size, bits}, got none`,
    );
  }
  if (columns % groupSize !== 0) {
    throw new SiskinError(
      "BAD_CONFIG",
      `${where}: tensor "${module}.weight": expected rows of a multiple of group_size ${groupSize}, got ${columns}`,
    );
  }
  const groups = columns / groupSize;
  const infos = [
    requireTensor(checkpoint, `${module}.weight`, [rows, columns / 8], new Set(["U32"])),
    requireTensor(checkpoint, `${module}.scales`, [rows, groups], FLOAT_DTYPES),
    requireTensor(checkpoint, `${module}.biases`, [rows, groups], FLOAT_DTYPES),
  ];
  infos.forEach((info, i) => {
    count(checkpoint, info, i === 0 ? rows * columns : 0); // a scale and a bias are part of the values they scale
  });
  return groupSize;
}

/** Checks that a tensor exists with this shape and one of these dtypes. */
function requireTensor(
  { file, where }: Checkpoint,
  name: string,
  shape: readonly number[],
  dtypes: ReadonlySet<string>,
): TensorInfo {
  const info = file.tensors.get(name);
  if (info === undefined) {
    throw new SiskinError(
      "TENSOR_MISSING",
      `${where}: tensor "${name}": expected shape [${shape.join(", ")}], got none`,
    );
  }
  if (info.shape.length !== shape.length || info.shape.some((size, axis) => size !== shape[axis])) {
    throw new SiskinError(
      "TENSOR_SHAPE",
      `${where}: tensor "${name}": expected shape [${shape.join(", ")}], got [${info.shape.join(", ")}]`,
    );
  }
  if (!dtypes.has(info.dtype)) {
    throw new SiskinError(
      "TENSOR_DTYPE",
      `${where}: tensor "${name}": expected dtype ${[...dtypes].join(", ")}, got ${info.dtype}`,
    );
  }
  return info;
}

export function countFloats(checkpoint: Checkpoint, name: string, shape: readonly number[]): TensorInfo {
  const info = requireTensor(checkpoint, name, shape, FLOAT_DTYPES);
  count(checkpoint, info, sizeOf(shape));
  return info;
}

function count({ used }: Checkpoint, info: TensorInfo, parameters: number): void {
  used.parameters += parameters;
  used.bytes += info.end - info.begin;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
