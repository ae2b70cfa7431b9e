import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { build } from "esbuild";
import { inCheckout } from "../support/paths.ts";
import { binary, type Job, type Run, TIMEOUT } from "./job.ts";
import { serve } from "./serve.ts";

/** The kernels are modules beside the worker, since workerd compiles no bytes; the model is fetched from a server. */
export async function inWorkerd(job: Job): Promise<Run[]> {
  const folder = mkdtempSync(join(tmpdir(), "siskin-workerd-"));
  const files = await serve();
  let workerd: ChildProcess | undefined;
  try {
    await bundle(folder);
    const config = join(folder, "config.capnp");
    writeFileSync(config, configuration(readdirSync(folder).filter((name) => name.endsWith(".wasm"))));
    workerd = spawn(binary("workerd", "bin/workerd"), ["serve", "--control-fd=3", config], {
      stdio: ["ignore", "inherit", "inherit", "pipe"],
    });
    const response = await fetch(`http://127.0.0.1:${await portOf(workerd)}`, {
      method: "POST",
      body: JSON.stringify({ model: `${files.url}/model/`, ...job }),
      signal: AbortSignal.timeout(TIMEOUT),
    });
    if (!response.ok) throw new Error(`workerd: status ${response.status}: ${await response.text()}`);
    return (await response.json()) as Run[];
  } finally {
    workerd?.kill();
    await files.close();
    rmSync(folder, { recursive: true });
  }
}

/** The worker and, beside it, the kernels that it imports. */
async function bundle(outdir: string): Promise<void> {
  await build({
    entryPoints: [inCheckout("test/runtimes/worker.js")],
    outdir,
    bundle: true,
    format: "esm",
    platform: "browser",
    conditions: ["workerd", "browser"],
    loader: { ".wasm": "copy" },
    assetNames: "[name]",
  });
}

function configuration(kernels: readonly string[]): string {
  const modules = kernels.map((name) => `(name = "${name}", wasm = embed "${name}")`);
  return `using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (
      services = [
        (name = "siskin", worker = (
          modules = [(name = "worker.js", esModule = embed "worker.js"), ${modules.join(", ")}],
          compatibilityDate = "2026-11-01",
        )),
        (name = "internet", network = (allow = ["private"])),
      ],
      sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "siskin")],
    );`;
}

/** workerd says on its control descriptor which free port it took. */
async function portOf(workerd: ChildProcess): Promise<number> {
  for await (const line of createInterface({ input: workerd.stdio[3] as Readable })) {
    const { event, port } = JSON.parse(line);
    if (event === "listen") return port;
  }
  throw new Error("workerd: expected that it listens, but it ended");
}
