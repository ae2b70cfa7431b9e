import { beforeAll, describe, expect, test } from "vitest";
import { Embedder } from "../../dist/embedder.js";
import type { ModelParts } from "../../dist/encode.js";
import type { WasmBackend } from "../../dist/kernels/wasm/backend.js";
import type { Exports } from "../../dist/kernels/wasm/exports.js";
import { type Crew, splitKernels } from "../../dist/kernels/wasm/split.js";
import { loadParts } from "../../dist/load.js";
import { startPool } from "../../dist/pool/pool.js";

const TEXTS = [
  "river",
  "a stone in the river, and a garden beside it ".repeat(12),
  "summer light ".repeat(300),
  "мама мыла раму",
];

// Both modules where the engine has relaxed SIMD, else the strict one twice.
describe.each([
  ["float32", false],
  ["float32", true],
  ["int16", false],
  ["int16", true],
  ["int8", false],
  ["int8", true],
] as const)("%s, deterministic: %s", (dtype, deterministic) => {
  let parts: ModelParts;
  let alone: Float32Array[];
  beforeAll(async () => {
    parts = await loadParts(undefined, { dtype, deterministic });
    alone = await new Embedder(parts).encode(TEXTS);
  });

  test.each([2, 3, 7])("%d threads give the bits of one, on however many cores", async (threads) => {
    const backend = parts.backend as WasmBackend;
    const pool = await startPool(backend, threads);
    let jobs = 0;
    const crew: Crew = {
      threads,
      calls: pool.calls,
      together: () => true,
      run(count, nanoseconds) {
        jobs++;
        pool.run(count, nanoseconds);
      },
      judge() {},
    };
    backend.replaceKernels(threads, (kernels) => splitKernels(kernels, crew));
    expect(await new Embedder(parts).encode(TEXTS)).toEqual(alone);
    expect(jobs).toBeGreaterThan(50);
    await pool.end();
  });
});

test.each([
  ["a few panels", "linear", 7, [0, 384, 0, 0, 0, 1, 384, 5, 1e6, 32]],
  ["many panels", "linearInt16", 7, [0, 384, 0, 0, 0, 64, 384, 192, 12288, 64]],
  ["heads", "attention", 4, [0, 0, 0, 512, 12, 32, 1, 1536, 64]],
  ["more rows than there is room for calls", "addLayerNorm", 4, [0, 0, 0, 0, 1e6, 384, 1e-12]],
  ["values that are no whole number of vectors", "gelu", 1, [0, 1_000_003]],
])("a split takes every unit once: %s", (_, name, countAt, args) => {
  const taken: number[][] = [];
  const crew: Crew = {
    threads: 64,
    calls: new Float64Array(1000),
    together: () => true,
    run(count) {
      for (let row = 0; row < count; row++) taken.push([...crew.calls.subarray(row * 10, row * 10 + 10)]);
    },
    judge() {},
  };
  const kernel = () => expect.fail("expected it to be split");
  const split = splitKernels({ other: kernel, [name]: kernel } as unknown as Exports, crew);
  (split as unknown as Record<string, (...args: number[]) => void>)[name]!(...args);
  expect(taken.length).toBeGreaterThan(1);
  let units = 0;
  const stride = taken[1]![1]! / taken[0]![1 + countAt]!; // of out, whose address is 0
  for (const [place, ...call] of taken) {
    expect(place).toBe(1);
    expect(call[0]).toBe(units * stride);
    units += call[countAt]!;
  }
  expect(units).toBe(args[countAt]);
});
