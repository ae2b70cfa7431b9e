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

/** 100,000 texts of 1 to 12 words through a tiny model, 2,000 at a time; prints the resident kB after 50,000, when engines have warmed up, and at the end. */
const MANY = `
  import { readFileSync } from "node:fs";
  import { load } from "siskin";
  const resident = async () => {
    for (let i = 0; i < 3; i++) {
      globalThis.gc();
      await new Promise((resolve) => setTimeout(resolve, 50)); // freed array buffers go later
    }
    return Number(/VmRSS:\\s*(\\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))[1]);
  };
  const model = await load("fixtures/tiny/gelu-mean", { dtype: process.argv[1] });
  const words = ["the", "siskin", "sings", "in", "an", "alder", "tree"];
  const text = (i) => Array.from({ length: 1 + (i % 12) }, (_, k) => words[(i * 7 + k * k) % 7]).join(" ");
  let before;
  for (let done = 0; done < 100_000; done += 2000) {
    if (done === 50_000) before = await resident();
    await model.encode(Array.from({ length: 2000 }, (_, i) => text(done + i)));
  }
  console.log(before, await resident());
`;

test.runIf(process.platform === "linux").each(["float32", "int16", "int8"])(
  "memory is flat over 100,000 texts in %s",
  (dtype) => {
    const options = { cwd: inCheckout(""), encoding: "utf8" } as const;
    // V8's young generation grows by 16 MB when it likes: it is held small, so that what grows is ours.
    const flags = ["--expose-gc", "--max-semi-space-size=1", "--input-type=module", "-e"];
    const output = execFileSync(process.execPath, [...flags, MANY, dtype], options);
    const [before, after] = output.split(" ").map(Number) as [number, number];
    console.log(`${dtype}: ${before} kB after 50,000 texts, ${after} kB after 100,000`);
    expect(after - before).toBeLessThan(10_000);
  },
);
