/** One stable code for each way to fail; the message says the same to people. */
export type SafetensorsErrorCode =
  // the file
  | "NOT_SAFETENSORS" // an HTML page, a Git-LFS pointer, a zip … under a safetensors name
  | "FILE_TOO_SMALL" // fewer than the 8 bytes of the header's length
  | "HEADER_TOO_LARGE" // a header length above 100,000,000
  | "HEADER_TRUNCATED" // a header length that reaches beyond the file
  | "HEADER_UTF8"
  | "HEADER_JSON" // not JSON as the reference reads it, or a value of the wrong type
  | "HEADER_FIELD" // a missing or repeated dtype, shape, data_offsets or __metadata__
  | "DUPLICATE_TENSOR"
  | "UNKNOWN_DTYPE"
  | "SHAPE_OVERFLOW" // more than 2^64 − 1 bits
  | "PARTIAL_BYTE" // 4- and 6-bit elements that do not fill whole bytes
  | "TENSOR_SIZE" // shape × dtype is not what data_offsets span
  | "OFFSETS_REVERSED"
  | "OFFSETS_BEYOND" // data_offsets beyond the end of the file: most often a truncated file
  | "OFFSETS_GAP"
  | "OFFSETS_OVERLAP"
  | "TRAILING_BYTES" // bytes after the last tensor
  // reading
  | "NO_SUCH_TENSOR"
  | "ROW_RANGE"
  | "OUT_LENGTH" // an output array of the wrong length
  | "DTYPE_UNSUPPORTED" // a dtype that JavaScript has no array for, or other than the one asked for
  | "SHORT_READ" // fewer or more bytes than asked for
  | "OPEN_FAILED"
  | "CLOSED"
  // HTTP
  | "HTTP_STATUS"
  | "NETWORK"
  | "RANGE_IGNORED" // the server sends whole files only
  | "BAD_RANGE" // a reply about other bytes than asked for, or one that does not say
  | "SOURCE_CHANGED" // the file became another one between two reads
  // sharded checkpoints
  | "INDEX_INVALID"
  | "UNSAFE_PATH"
  | "SHARD_MISSING"
  | "SHARD_TENSOR_MISSING"
  | "SHARD_TENSOR_UNLISTED"
  // writing
  | "BAD_TENSOR"
  | "BAD_METADATA";

/** The one error class of this package. The message reads *where: what, expected X, got Y*. */
export class SafetensorsError extends Error {
  readonly code: SafetensorsErrorCode;

  constructor(code: SafetensorsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "SafetensorsError";
    this.code = code;
  }
}

/** A name from a file, fit for a message: quoted, control characters escaped, cut at 120 characters. */
export function quote(name: string): string {
  return JSON.stringify(name.length > 120 ? `${name.slice(0, 120)}…` : name);
}

/** 2359296 → "2,359,296" */
export function count(n: number | bigint): string {
  return n.toLocaleString("en-US");
}

/** A shape, fit for a message: at most eight dimensions of it. */
export function list(shape: readonly (number | bigint)[]): string {
  return `[${shape.slice(0, 8).join(", ")}${shape.length > 8 ? ", …" : ""}]`;
}
