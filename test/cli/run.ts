import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { tinyModel } from "../support/tiny-model.ts";

export const BIN: string = fileURLToPath(new URL("../../bin/siskin.js", import.meta.url));

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly stdin?: string | Uint8Array;
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  readonly bin?: string;
}

/** Runs siskin as a user does, without a terminal. */
export function siskin(args: readonly string[], options: RunOptions = {}): Promise<Result> {
  const env = { ...process.env, ...options.env };
  const child = spawn(process.execPath, [options.bin ?? BIN, ...args], { cwd: options.cwd, env });
  child.stdin.on("error", () => {}); // siskin may not read it
  child.stdin.end(options.stdin ?? "");
  return new Promise((resolve, reject) => {
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** Expects failure told in one line, and gives that line without the program's name. */
export async function failure(args: readonly string[], code: number, options: RunOptions = {}): Promise<string> {
  const result = await siskin(args, options);
  const lines = result.stderr.split("\n");
  if (result.code !== code || lines.length !== 2 || lines[1] !== "" || !lines[0]!.startsWith("siskin: ")) {
    throw new Error(`expected exit code ${code} and one line on standard error, got ${JSON.stringify(result)}`);
  }
  return lines[0]!.slice("siskin: ".length);
}

/** Writes the tiny random model into a folder. */
export function writeTinyModel(folder: string): string {
  for (const [name, bytes] of tinyModel()) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  return folder;
}
