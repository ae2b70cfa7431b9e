import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeFloat32Model } from "../support/float32-model.ts";
import { inCheckout } from "../support/paths.ts";

/** Runs a program of its own in the checkout and gives what it prints. */
function run(program: string, ...args: string[]): string {
  // V8's young generation grows by 16 MB when it likes: it is held small, so that what grows is ours.
  const flags = ["--expose-gc", "--max-semi-space-size=1", "--input-type=module", "-e"];
  return execFileSync(process.execPath, [...flags, program, ...args], { cwd: inCheckout(""), encoding: "utf8" });
}

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

test.runIf(process.platform === "linux")("embedding full batches with the 4-bit model peaks below 220 MB", () => {
  const options = { cwd: inCheckout(""), encoding: "utf8" } as const;
  const peak = Number(execFileSync(process.execPath, ["--input-type=module", "-e", PROGRAM], options)) * 1024;
  console.log(`peak ${(peak / 1e6).toFixed(0)} MB`);
  expect(peak).toBeGreaterThan(30e6);
  expect(peak).toBeLessThan(220e6);
});

/** Three texts through the model of a folder, "" being the embedded one; prints the peak in kB and the vectors' bits. */
const FIRST_VECTORS = `
  import { readFileSync } from "node:fs";
  import { load } from "siskin";
  const [folder, dtype] = process.argv.slice(1);
  const model = await load(folder || undefined, { dtype });
  const vectors = await model.encode(["мама мыла раму", "Каковы сроки исковой давности?", "to be or not to be"]);
  const bits = vectors.map((vector) => Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString("base64"));
  const peak = Number(/VmHWM:\\s*(\\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))[1]);
  console.log(JSON.stringify({ peak, bits }));
`;

describe.runIf(process.platform === "linux")("a process that embeds three texts", () => {
  const embed = (folder: string, dtype: string): { peak: number; bits: string[] } => {
    const { peak, bits } = JSON.parse(run(FIRST_VECTORS, folder, dtype));
    console.log(`${dtype}: peak ${((peak * 1024) / 1e6).toFixed(0)} MB`);
    return { peak: peak * 1024, bits };
  };
  let folder: string;
  beforeAll(async () => {
    folder = await writeFloat32Model();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("with the embedded model in int8 peaks below 130 MB", () => {
    expect(embed("", "int8").peak).toBeLessThan(130e6);
  });

  test("in float32 below 220 MB; with a float32 checkpoint of 470 MB below 250 MB, and the bits are the same", () => {
    const embedded = embed("", "float32");
    const checkpoint = embed(folder, "float32");
    expect(embedded.peak).toBeLessThan(220e6);
    expect(checkpoint.peak).toBeLessThan(250e6);
    expect(checkpoint.bits).toEqual(embedded.bits);
  });
});

/** Loads, encodes and disposes; prints resident kB, bytes of array buffers and open files after 8 times and after 16. */
const AGAIN = `
  import { readdirSync, readFileSync } from "node:fs";
  import { load } from "siskin";
  const [folder, dtype, threads] = process.argv.slice(1);
  const once = async () => {
    const model = await load(folder || undefined, { dtype, threads: Number(threads) });
    await model.encode(["мама мыла раму", "a text"]);
    model.dispose();
  };
  const taken = async () => {
    for (let i = 0; i < 3; i++) {
      globalThis.gc();
      await new Promise((resolve) => setTimeout(resolve, 50)); // freed array buffers go later
    }
    const resident = Number(/VmRSS:\\s*(\\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))[1]);
    return [resident, process.memoryUsage().arrayBuffers, readdirSync("/proc/self/fd").length];
  };
  const counts = [];
  for (let i = 1; i <= 16; i++) {
    await once();
    const now = await taken(); // each time, so that no garbage is waiting at the ones that count
    if (i % 8 === 0) counts.push(now);
  }
  console.log(JSON.stringify(counts));
`;

test.runIf(process.platform === "linux").each([
  ["", "int8", 1],
  ["", "float32", 2],
])("dispose gives everything back: model %j in %s on %d threads", (folder, dtype, threads) => {
  const [before, after] = JSON.parse(run(AGAIN, folder, dtype, String(threads)));
  console.log(`resident, array buffers, files after 8 times ${before}, after 16 ${after}`);
  expect(after[0] - before[0]).toBeLessThan(60_000); // eight models left behind are 250 MB; malloc keeps some 25 as it likes
  expect(after[1]).toBeLessThan(1e6);
  expect(after[2]).toBe(before[2]);
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
    const output = run(MANY, dtype);
    const [before, after] = output.split(" ").map(Number) as [number, number];
    console.log(`${dtype}: ${before} kB after 50,000 texts, ${after} kB after 100,000`);
    expect(after - before).toBeLessThan(10_000);
  },
);
