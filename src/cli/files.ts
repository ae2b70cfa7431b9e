import { randomBytes } from "node:crypto";
import { accessSync, constants, createReadStream, fstatSync, rmSync, statSync } from "node:fs";
import { open, readFile, realpath, rename, stat } from "node:fs/promises";
import { SiskinError } from "../index.ts";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EISDIR: "is a folder",
  EACCES: "permission denied",
  ENOSPC: "no space left",
  EROFS: "the file system is read-only",
  ENOTDIR: "a part of the path is a file",
};

/** What the system says of a file, as one line that names it. */
export function fileError(path: string, cause: unknown): SiskinError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new SiskinError("BAD_INPUT", `${path}: ${REASONS[code ?? ""] ?? message}`, { cause });
}

export async function readFileBytes(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause: unknown) => {
    throw fileError(path, cause);
  });
}

/** Throws, as reading it would, for a file that cannot be read. */
export function requireFile(path: string): void {
  try {
    accessSync(path, constants.R_OK);
    if (statSync(path).isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
  } catch (cause) {
    throw fileError(path, cause);
  }
}

const INTERRUPTS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Takes what is to be written next. */
export type Write = (content: string | Uint8Array) => Promise<void>;

/**
 * A file as `work` writes it. It grows beside the place it is for and takes it at the end, so that what was there stays when
 * the work fails or is interrupted. A pipe or a device is written as it is.
 */
export async function writeOutput(path: string, work: (write: Write) => Promise<void>): Promise<void> {
  const fail = (cause: unknown): never => {
    throw fileError(path, cause);
  };
  const old = await stat(path).catch(() => undefined);
  const inPlace = old !== undefined && !old.isFile();
  const target = old === undefined || inPlace ? path : await realpath(path).catch(fail); // a link stays one
  const draft = inPlace ? path : `${target}.${randomBytes(4).toString("hex")}.part`;
  const discard = () => {
    try {
      if (!inPlace) rmSync(draft, { force: true });
    } catch {} // whatever ended the work says more
  };
  const interrupt = (signal: NodeJS.Signals) => {
    discard();
    process.kill(process.pid, signal); // now with its usual effect
  };
  for (const signal of INTERRUPTS) process.once(signal, interrupt);
  try {
    const file = await open(draft, inPlace ? "w" : "wx", old && old.mode & 0o777).catch((cause) => {
      if (cause.code === "ENOENT") throw new SiskinError("BAD_INPUT", `${path}: no such folder`, { cause });
      return fail(cause);
    });
    try {
      await work((content) => file.appendFile(content).catch(fail));
    } finally {
      await file.close().catch(fail);
    }
    if (!inPlace) await rename(draft, target).catch(fail);
  } catch (error) {
    discard();
    throw error;
  } finally {
    for (const signal of INTERRUPTS) process.off(signal, interrupt);
  }
}

/** Whether two paths, of which "-" is standard input, lead to one file on disk. */
export function isSameFile(a: string, b: string): boolean {
  const [x, y] = [a, b].map((path) => {
    try {
      return path === "-" ? fstatSync(0, { bigint: true }) : statSync(path, { bigint: true });
    } catch {
      return undefined; // whoever opens it says why
    }
  });
  return x !== undefined && y !== undefined && x.isFile() && x.dev === y.dev && x.ino === y.ino;
}

/** A line of a text file. */
export interface Line {
  readonly text: string;
  /** "notes.txt:12", for messages. */
  readonly where: string;
  /** From 1. */
  readonly number: number;
}

/**
 * The lines of a file, or of standard input for "-", as they are read. A BOM at the start and the CR of a CRLF are no part
 * of a line; what follows the last newline is a line only if it is not empty.
 *
 * @throws SiskinError BAD_INPUT for a file that cannot be read, and for a line that is not UTF-8.
 */
export async function* readLines(path: string): AsyncGenerator<Line> {
  const name = path === "-" ? "standard input" : path;
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let number = 0;
  const toLine = (bytes: Uint8Array): Line => {
    number++;
    const where = `${name}:${number}`;
    const text = decodeLine(decoder, bytes, where).replace(/\r$/, "");
    return { text: number === 1 ? text.replace(/^\ufeff/, "") : text, where, number };
  };
  let pieces: Uint8Array[] = []; // of a line whose end has not been read yet
  for await (const chunk of readChunks(path, name)) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      pieces.push(chunk.subarray(from, end));
      yield toLine(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces));
      pieces = [];
      from = end + 1;
    }
    if (from < chunk.length) pieces.push(chunk.subarray(from));
  }
  if (pieces.length > 0) yield toLine(Buffer.concat(pieces));
}

async function* readChunks(path: string, name: string): AsyncGenerator<Uint8Array> {
  const stream = path === "-" ? process.stdin : createReadStream(path);
  try {
    yield* stream as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw cause instanceof SiskinError ? cause : fileError(name, cause);
  }
}

function decodeLine(decoder: TextDecoder, bytes: Uint8Array, where: string): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new SiskinError("BAD_INPUT", `${where}: expected UTF-8 text, got other bytes`, { cause });
  }
}
