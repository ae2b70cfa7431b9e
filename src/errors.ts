/** What went wrong, for programs; the message says it to people. Codes are stable across versions. */
export type ErrorCode =
  | "BAD_OPTION" // an option or argument out of its range or of the wrong type
  | "BAD_INPUT" // a text or file given by the caller that cannot be read as asked
  | "BAD_FILE" // a model file that is not what its name says: HTML, a Git-LFS pointer, broken JSON
  | "FILE_MISSING" // a file that the model needs and its source does not have
  | "BAD_CONFIG" // a value in a configuration file of the wrong type or out of range
  | "UNKNOWN_COMPONENT" // a module, activation, tokenizer part or architecture this engine does not know
  | "TENSOR_MISSING"
  | "TENSOR_SHAPE"
  | "TENSOR_DTYPE"
  | "TOKENIZER_STALE" // a compiled tokenizer made from another tokenizer.json
  | "TRUNCATED" // a text over the model's length, where the caller asked for an error
  | "MODEL_NOT_FOUND"
  | "NETWORK"
  | "WORKER_FAILED" // a thread that did not start, or that ended by itself
  | "DISPOSED";

/**
 * The one error class of siskin. The message reads *where: what, expected X, got Y*, for example
 * `encode: dimensions must be an integer from 1 to 384, got 512`.
 */
export class SiskinError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "SiskinError";
    this.code = code;
  }
}
