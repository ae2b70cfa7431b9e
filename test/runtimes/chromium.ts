import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { build } from "esbuild";
import { expect } from "vitest";
import { inCheckout } from "../support/paths.ts";
import { type Job, type Run, TIMEOUT } from "./job.ts";
import { serve } from "./serve.ts";

const CHROMIUM = process.env["SISKIN_CHROMIUM"] ?? "/usr/bin/chromium"; // where Debian's package puts it
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Does the job on the main thread of a page that is sent with these headers, in a new profile. */
export async function inChromium(headers: Record<string, string>, job: Job): Promise<Run[]> {
  const own = {
    "/page.html": Buffer.from("<!doctype html>"),
    "/page.js": await bundle(),
    "/worker.js": readFileSync(inCheckout("dist/worker.js")),
  };
  const server = await serve(own, headers);
  const puppeteer = createRequire(import.meta.url)("puppeteer-core"); // whose types are only there when it is installed
  try {
    const browser = await puppeteer.launch({ executablePath: CHROMIUM, args: FLAGS, protocolTimeout: TIMEOUT });
    try {
      const page = await browser.newPage();
      await page.goto(`${server.url}/page.html`);
      expect(await page.evaluate("crossOriginIsolated")).toBe("Cross-Origin-Opener-Policy" in headers);
      const argument = JSON.stringify({ model: "/model/", ...job });
      return await page.evaluate(`import("/page.js").then(({ load, embed }) => embed(load, ${argument}))`);
    } finally {
      await browser.close();
    }
  } finally {
    await server.close();
  }
}

async function bundle(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: {
      contents: `export { load } from "../../dist/index.js"; export { embed } from "./program.js";`,
      resolveDir: inCheckout("test/runtimes"),
    },
    bundle: true,
    format: "esm",
    platform: "browser",
    write: false,
  });
  return outputFiles[0]!.contents;
}
