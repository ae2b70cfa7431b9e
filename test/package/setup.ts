import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { inCheckout } from "../support/paths.ts";

/** A package as `npm pack` makes it. */
export interface Packed {
  readonly name: string;
  readonly tarball: string;
  /** Bytes of the tarball. */
  readonly size: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

declare module "vitest" {
  interface ProvidedContext {
    packed: Packed[];
    /** An empty folder into which the tarballs were installed, without network and scripts. */
    installed: string;
  }
}

const PACKAGES = [".", "packages/safetensors-ts", "models/multilingual-e5-small"];

export default function setup({ provide }: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), "siskin-package-"));
  const tarballs = join(folder, "tarballs");
  const installed = join(folder, "installed");
  mkdirSync(tarballs);
  mkdirSync(installed);
  const packed = PACKAGES.map((path): Packed => {
    const [report] = JSON.parse(
      npm(inCheckout(path), "pack", "--json", "--ignore-scripts", "--pack-destination", tarballs),
    );
    return { name: report.name, tarball: join(tarballs, report.filename), size: report.size, files: report.files };
  });
  writeFileSync(join(installed, "package.json"), '{ "name": "empty", "private": true }\n');
  npm(
    installed,
    "install",
    "--offline",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    ...packed.map((p) => p.tarball),
  );
  provide("packed", packed);
  provide("installed", installed);
  return () => rmSync(folder, { recursive: true });
}

function npm(cwd: string, ...args: string[]): string {
  const shell = process.platform === "win32"; // where npm is a .cmd file
  return execFileSync("npm", args, {
    cwd,
    shell,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 1 << 26,
  });
}
