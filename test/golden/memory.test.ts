import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { inCheckout } from "../support/paths.ts";

/** The embedded model encodes the four longest golden texts, a full batch and more; prints the process's peak in kB. */
const PROGRAM = `
  import { readFileSync } from "node:fs";
  import { load } from "siskin";
  const { texts } = JSON.parse(readFileSync("fixtures/golden/e5-small-4bit/cases.json", "utf8"));
  const model = await load();
  const vectors = await model.encode(texts.toSorted((a, b) => b.length - a.length).slice(0, 4));
  if (vectors.length !== 4) throw new Error("expected 4 vectors");
  console.log(/VmHWM:\\s*(\\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))[1]);
`;

test.runIf(process.platform === "linux")("embedding with the 4-bit model peaks below 350 MB", () => {
  const options = { cwd: inCheckout(""), encoding: "utf8" } as const;
  const peak = Number(execFileSync(process.execPath, ["--input-type=module", "-e", PROGRAM], options)) * 1024;
  console.log(`peak ${(peak / 1e6).toFixed(0)} MB`);
  expect(peak).toBeGreaterThan(30e6);
  expect(peak).toBeLessThan(350e6);
});
