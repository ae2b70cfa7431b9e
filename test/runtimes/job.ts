import { existsSync } from "node:fs";
import { arch, platform } from "node:process";
import { inCheckout } from "../support/paths.ts";

/** What program.js is asked to embed, beside the model's address. */
export interface Job {
  readonly texts: readonly string[];
  readonly dtypes: readonly string[];
  /** Options of `load`. */
  readonly threads?: number;
  readonly workerUrl?: string;
}

/** What it answers for a dtype: the bits of its vectors [texts, dimensions], or an error. */
export interface Run {
  readonly dtype: string;
  readonly deterministic: boolean;
  readonly error?: string;
  readonly info: {
    readonly dtype: string;
    readonly backend: string;
    readonly kernels: string;
    readonly threads: number;
  };
  readonly bits: readonly (readonly number[])[];
}

export const MODEL: string = inCheckout("models/multilingual-e5-small");

/** Milliseconds. A job takes a minute on a busy machine; what takes longer than this hangs. */
export const TIMEOUT = 240_000;

/** A runtime's binary, as package.json installs it. */
export function binary(runtime: string, path: string): string {
  const file = inCheckout(`test/runtimes/node_modules/${runtime}-${platform}-${arch}/${path}`);
  if (existsSync(file)) return file;
  throw new Error(`test/runtimes/package.json: expected a package ${runtime}-${platform}-${arch}, got none`);
}
