import { SiskinError } from "../errors.ts";

/** A matrix [rows, columns], row-major. */
export interface NpyMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array | Float64Array;
}

const MAGIC = "\x93NUMPY";

/**
 * Vectors of equal length as a NumPy file: version 1.0, float32, little-endian, row-major, shape [rows, columns].
 * `columns` is for an empty list, which does not tell. The format is numpy.lib.format's.
 *
 * @throws SiskinError BAD_OPTION when the vectors differ in length.
 */
export function writeNpy(
  vectors: readonly Float32Array[],
  columns: number = vectors[0]?.length ?? 0,
): Uint8Array<ArrayBuffer> {
  const header = npyHeader(vectors.length, columns);
  const out = new Uint8Array(header.length + vectors.length * columns * 4);
  out.set(header);
  const numbers = new DataView(out.buffer, header.length);
  for (const [row, vector] of vectors.entries()) {
    if (vector.length !== columns) {
      throw new SiskinError(
        "BAD_OPTION",
        `writeNpy: vectors[${row}]: expected ${columns} components, got ${vector.length}`,
      );
    }
    for (let i = 0; i < columns; i++) numbers.setFloat32((row * columns + i) * 4, vector[i]!, true);
  }
  return out;
}

/** Magic, version, the header's length, and the header: a Python dict padded with spaces to a multiple of 64 bytes. */
function npyHeader(rows: number, columns: number): Uint8Array {
  const dict = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  const length = Math.ceil((10 + dict.length + 1) / 64) * 64 - 10;
  const text = `${MAGIC}\x01\x00${String.fromCharCode(length & 255, length >> 8)}${dict.padEnd(length - 1)}\n`;
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

/**
 * Reads a NumPy file of versions 1 to 3 that holds a matrix of float32 or float64, little-endian and row-major.
 *
 * @throws SiskinError BAD_INPUT, with `where` for the file's name, for anything else.
 */
export function readNpy(bytes: Uint8Array, where: string): NpyMatrix {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { header, dataStart } = readHeader(bytes, view, where);
  const descr = headerField(header, "descr", /'([^']*)'/, where);
  if (descr !== "<f4" && descr !== "<f8") throw bad(where, "dtype '<f4' or '<f8'", `'${descr}'`);
  const order = headerField(header, "fortran_order", /(True|False)/, where);
  if (order !== "False") throw bad(where, "row-major order", "fortran_order True");
  const shape = headerField(header, "shape", /\(([\d, ]*)\)/, where);
  const [rows, columns, ...more] = (shape.match(/\d+/g) ?? []).map(Number);
  if (rows === undefined || columns === undefined || more.length > 0) throw bad(where, "a matrix", `shape (${shape})`);
  const size = descr === "<f4" ? 4 : 8;
  const expected = rows * columns * size;
  if (dataStart + expected !== bytes.length) {
    throw bad(where, `${expected} bytes of data for shape (${shape})`, `${bytes.length - dataStart}`);
  }
  return { rows, columns, data: readNumbers(bytes.subarray(dataStart), size) };
}

function readHeader(bytes: Uint8Array, view: DataView, where: string): { header: string; dataStart: number } {
  if (latin1(bytes.subarray(0, MAGIC.length)) !== MAGIC) throw bad(where, "a NumPy file", "other bytes");
  const version = bytes[6] ?? 0;
  if (version < 1 || version > 3) throw bad(where, "NumPy format version 1 to 3", `${version}`);
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) throw bad(where, "a header", "the end of the file");
  const dataStart = start + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (dataStart > bytes.length) throw bad(where, `a header of ${dataStart - start} bytes`, "the end of the file");
  return { header: latin1(bytes.subarray(start, Math.min(dataStart, start + 4096))), dataStart };
}

function headerField(header: string, name: string, value: RegExp, where: string): string {
  const found = new RegExp(`'${name}': *${value.source}`).exec(header)?.[1];
  if (found === undefined) throw bad(where, `'${name}' in the header`, JSON.stringify(header.slice(0, 100).trimEnd()));
  return found;
}

function readNumbers(data: Uint8Array, size: 4 | 8): Float32Array | Float64Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const count = data.length / size;
  if (size === 4) return Float32Array.from({ length: count }, (_, i) => view.getFloat32(i * 4, true));
  return Float64Array.from({ length: count }, (_, i) => view.getFloat64(i * 8, true));
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

function bad(where: string, expected: string, got: string): SiskinError {
  return new SiskinError("BAD_INPUT", `${where}: expected ${expected}, got ${got}`);
}
