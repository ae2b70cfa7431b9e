import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";

/** What figures depend on: the processor, what runs the program, and which siskin it is. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** In bytes. */
  readonly memory: number;
  readonly runtime: string;
  readonly platform: string;
  readonly version: string;
  /** Where siskin is a git checkout. */
  readonly commit: string | undefined;
}

export function machine(): Machine {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() || "unknown processor",
    cores: all.length,
    memory: totalmem(),
    runtime: runtime(process.versions),
    platform: `${process.platform} ${process.arch}`,
    version: version(),
    commit: commit(),
  };
}

/** "siskin 0.1.0 (d805b45) on a processor, node 24.1.0". */
export function machineLine({ version, commit, cpu, runtime }: Machine): string {
  return `siskin ${version}${commit === undefined ? "" : ` (${commit})`} on ${cpu}, ${runtime}`;
}

export function version(): string {
  const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

/** Bun and Deno give themselves out for a Node too. */
function runtime({ bun, deno, node, v8 }: NodeJS.ProcessVersions): string {
  if (bun !== undefined) return `bun ${bun}`;
  return deno === undefined ? `node ${node}, v8 ${v8}` : `deno ${deno}, v8 ${v8}`;
}

/** Of siskin's own folder: installed in another project, that one's commit would say nothing. */
function commit(): string | undefined {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  if (!existsSync(`${root}.git`)) return undefined;
  try {
    const args = ["rev-parse", "--short", "HEAD"];
    return execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined; // no git
  }
}
