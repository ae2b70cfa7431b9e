import { execFile } from "node:child_process";
import { availableParallelism } from "node:os";
import { promisify, stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { compareVectors } from "../../dist/index.js";
import { inCheckout } from "../support/paths.ts";
import { readReference } from "../support/reference.ts";
import { inChromium } from "./chromium.ts";
import { binary, type Job, type Run, TIMEOUT } from "./job.ts";
import { inBun, inDeno, inNode } from "./processes.ts";
import { inWorkerd } from "./workerd.ts";

/** The arithmetics, and how near each is to the float64 reference. */
const DTYPES = [
  { dtype: "float32", bar: "each component is within 5e-7", maxError: 5e-7, minCosine: 0.9999 },
  { dtype: "int16", bar: "each cosine is at least 0.9999", maxError: 1, minCosine: 0.9999 },
  { dtype: "int8", bar: "each cosine is at least 0.999", maxError: 1, minCosine: 0.999 },
];

const FUSED = "wasm simd, fused multiply-add";
const SEPARATE = "wasm simd, multiply and add";
const ISOLATED = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
const WITHOUT_BLOBS = { ...ISOLATED, "Content-Security-Policy": "worker-src 'self'" };
const WITHOUT_WASM = { "Content-Security-Policy": "script-src 'self'" };

/** Where siskin runs, its float32 kernels there, and why there is one thread only, where that is so. */
const RUNTIMES: Record<string, { run: (job: Job) => Promise<Run[]>; kernels: string; oneThread?: string }> = {
  "node 24": { run: (job) => inNode("node24", job), kernels: FUSED },
  "node 22": { run: (job) => inNode("node22", job), kernels: FUSED },
  "node 20": { run: (job) => inNode("node20", job), kernels: SEPARATE }, // no relaxed instructions
  bun: { run: inBun, kernels: SEPARATE }, // relaxed_madd rounds twice
  deno: { run: inDeno, kernels: FUSED },
  workerd: { run: inWorkerd, kernels: FUSED, oneThread: "one thread: " },
  chromium: { run: (job) => inChromium({}, job), kernels: FUSED, oneThread: "crossOriginIsolated" },
  "chromium, isolated": { run: (job) => inChromium(ISOLATED, job), kernels: FUSED },
};
const FIRST = "node 24";
const THREADS = Math.min(2, availableParallelism());

const golden = readReference(inCheckout("fixtures/golden/e5-small-4bit"));
const [, dimensions] = golden.embeddings.shape as [number, number];

/** A third of the golden texts, of all lengths, from the longest down; by their places. */
const THIRD = [...golden.ids.keys()]
  .sort((a, b) => golden.ids[b]!.length - golden.ids[a]!.length)
  .filter((_, i) => i % 3 === 0);

/** Each runtime does its job once, when the first test asks for it: two at a time would compete for the processor. */
const running = new Map<string, Promise<Run[]>>();

async function runOf(runtime: string, dtype: string, deterministic: boolean): Promise<Run> {
  const job = { texts: textsAt(THIRD), dtypes: DTYPES.map((entry) => entry.dtype) };
  if (!running.has(runtime)) running.set(runtime, RUNTIMES[runtime]!.run(job));
  const runs = await running.get(runtime)!;
  return done(runs.find((run) => run.dtype === dtype && run.deterministic === deterministic)!);
}

describe.each(Object.entries(RUNTIMES))("%s", (runtime, { run, kernels, oneThread }) => {
  test(`float32: ${kernels}`, async () => {
    expect((await runOf(runtime, "float32", false)).info.kernels).toContain(kernels);
    expect((await runOf(runtime, "float32", true)).info.kernels).toContain(SEPARATE);
  });

  for (const { dtype, bar, maxError, minCosine } of DTYPES) {
    test.each([
      [`${dtype}: ${bar}`, false],
      [`${dtype}, deterministic: ${bar}`, true],
    ])("%s", async (_, deterministic) => {
      const run = await runOf(runtime, dtype, deterministic);
      expect(run.info).toMatchObject({ dtype, backend: "wasm" });
      const difference = compare(run, embeddingsAt(THIRD), THIRD);
      expect(difference.maxError, difference.where).toBeLessThanOrEqual(maxError);
      expect(difference.minCosine, difference.where).toBeGreaterThanOrEqual(minCosine);
    });

    if (runtime === FIRST) continue;
    test(`${dtype}, deterministic: the bits of ${FIRST}`, async () => {
      const run = await runOf(runtime, dtype, true);
      const first = await runOf(FIRST, dtype, true);
      const difference = compare(run, vectorsOf(first), THIRD);
      expect(difference.maxError, difference.where).toBe(0);
      expect(run.bits).toEqual(first.bits); // zeros have signs
    });
  }

  test("int8, two threads asked for: the bits of one", async () => {
    const [two, strict] = await run({ texts: textsAt(THIRD), dtypes: ["int8"], threads: 2 });
    expect(done(two!).bits).toEqual((await runOf(runtime, "int8", false)).bits);
    expect(done(strict!).bits).toEqual((await runOf(runtime, "int8", true)).bits);
    expect(two!.info.threads).toBe(oneThread === undefined ? THREADS : 1);
    expect(two!.info.kernels).toContain(oneThread ?? "wasm simd");
  });
});

describe("chromium, isolated, under a policy that forbids workers from a Blob", () => {
  const job = { texts: textsAt([0, 1, 2]), dtypes: ["int8"], threads: 2 };

  test("runs one thread, and tells why", async () => {
    const [run] = await inChromium(WITHOUT_BLOBS, job);
    expect(done(run!).info).toMatchObject({ threads: 1, kernels: expect.stringContaining("one thread: ") });
  });

  test("runs two with the file of siskin/worker", async () => {
    const [run] = await inChromium(WITHOUT_BLOBS, { ...job, workerUrl: "/worker.js" });
    expect(done(run!).info.threads).toBe(THREADS);
  });

  test("fails when that file is not where it was said to be", async () => {
    const [run] = await inChromium(WITHOUT_BLOBS, { ...job, workerUrl: "/no-such-file.js" });
    expect(run!.error).toContain("threads: expected 1 workers that run, got no script at /no-such-file.js");
  });
});

test("chromium under a policy that forbids WebAssembly: scalar kernels, each component is within 5e-7", async () => {
  const places = [0, 1, 2];
  const [run] = await inChromium(WITHOUT_WASM, { texts: textsAt(places), dtypes: ["float32"] });
  expect(done(run!).info.kernels).toContain("scalar: CompileError");
  const difference = compare(run!, embeddingsAt(places), places);
  expect(difference.maxError, difference.where).toBeLessThanOrEqual(5e-7);
});

function textsAt(places: readonly number[]): string[] {
  return places.map((i) => golden.texts[i]!);
}

function embeddingsAt(places: readonly number[]): Float32Array[] {
  return places.map((i) => golden.embeddings.data.subarray(i * dimensions, (i + 1) * dimensions));
}

function vectorsOf({ bits }: Run): Float32Array[] {
  return bits.map((vector) => new Float32Array(Uint32Array.from(vector).buffer));
}

function done(run: Run): Run {
  if (run.error !== undefined) expect.fail(run.error);
  return run;
}

function compare(run: Run, expected: readonly Float32Array[], places: readonly number[]) {
  const { maxError, maxErrorAt, minCosine } = compareVectors(vectorsOf(run), expected);
  const where = `text ${places[maxErrorAt.text]}, component ${maxErrorAt.component}: ${maxError.toExponential(1)}`;
  return { maxError, minCosine, where };
}

test("node 24, which has relaxed SIMD: every kernel is its scalar twin", async () => {
  const vitest = inCheckout("node_modules/vitest/vitest.mjs");
  const args = [vitest, "run", "test/kernels", "--reporter=verbose"];
  const options = { cwd: inCheckout(""), timeout: TIMEOUT, maxBuffer: 1 << 26 };
  const { stdout } = await promisify(execFile)(binary("node24", "bin/node"), args, options);
  expect(stripVTControlCharacters(stdout)).toContain("relaxed > linear in int8 > is its scalar twin"); // these ran, and a failure is an exit code
});
