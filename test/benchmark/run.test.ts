import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { inCheckout } from "../support/paths.ts";

test("npm run bench times kernels and model, names the version and draws", () => {
  const folder = mkdtempSync(join(tmpdir(), "siskin-bench-"));
  const [json, svg] = [join(folder, "figures.json"), join(folder, "chart.svg")];
  try {
    const options = ["--dtype", "float32", "--only", " 8 tokens", "--rounds", "1", "--json", json, "--svg", svg];
    execFileSync(process.execPath, [inCheckout("bench/run.js"), ...options], { stdio: "ignore" });
    const figures = JSON.parse(readFileSync(json, "utf8"));
    const { version } = JSON.parse(readFileSync(inCheckout("package.json"), "utf8"));
    expect(figures).toMatchObject({ what: "all", version });
    expect(figures.measurements.map(({ name }: { name: string }) => name)).toEqual([
      expect.stringContaining("attention, 8 tokens"),
      expect.stringContaining("multilingual-e5-small, 8 tokens"),
    ]);
    expect(readFileSync(svg, "utf8")).toContain("multilingual-e5-small, 8 tokens</text>");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
