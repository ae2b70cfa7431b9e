import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { type Embedder, load } from "siskin";
import { expect, onTestFinished, test, vi } from "vitest";
import { assemble } from "../../dist/kernels/wasm/assembler.js";
import { func } from "../../dist/kernels/wasm/function.js";
import { f32, i32 } from "../../dist/kernels/wasm/instructions.js";
import { startPool } from "../../dist/pool/pool.js";
import { inCheckout } from "../support/paths.ts";
import { watchWorkers } from "./workers.ts";

const TEXT = "a stone in the river ".repeat(30);
/** Of a worker that ended; that is found by waiting where it had a call in its hands. */
const DIED = {
  code: "WORKER_FAILED",
  message: expect.stringMatching(/^threads: expected 1 workers that run, got (exit code 1|no answer)$/),
};

async function loadTwo(): Promise<Embedder> {
  const model = await load(undefined, { dtype: "int8", threads: 2 });
  onTestFinished(() => model.dispose());
  return model;
}

const several = test.runIf(availableParallelism() > 1);

several("info tells how many threads run, never more than the processor has", async () => {
  expect((await loadTwo()).info.threads).toBe(2);
  const most = await load(undefined, { dtype: "int8", threads: 1024 });
  expect(most.info.threads).toBe(availableParallelism());
  most.dispose();
});

test("scalar kernels run on one thread", async () => {
  const workers = watchWorkers();
  const model = await load(undefined, { backend: "scalar", threads: 2 });
  expect(model.info.threads).toBe(1);
  expect(workers).toEqual([]);
  model.dispose();
});

several("a worker that ends between two calls is replaced before the next", async () => {
  const workers = watchWorkers();
  const model = await loadTwo();
  const before = await model.encode(TEXT);
  await workers[0]!.terminate();
  expect(await model.encode(TEXT)).toEqual(before);
  expect(workers).toHaveLength(2);
});

several("a worker that ends during a call is an error of that call, and the next one runs", async () => {
  const workers = watchWorkers();
  const model = await loadTwo();
  const before = await model.encode(TEXT);
  const texts = Array.from({ length: 20 }, () => TEXT);
  const call = model.encode(texts, { onProgress: () => void workers[0]!.terminate() });
  await expect(call).rejects.toMatchObject(DIED);
  expect(await model.encode(TEXT)).toEqual(before);
  expect(workers).toHaveLength(2);
});

test("a worker that does not finish its call is an error, and is replaced", async () => {
  const hang = func("hang", { a: i32, b: i32, thread: i32 }, (f, { thread }) => f.while(thread, () => {}));
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const workers = watchWorkers();
  const module = new WebAssembly.Module(assemble([hang]));
  const pool = await startPool({ module, memory, replaceKernels() {} }, 2);
  const runMany = (perThread: number): void => {
    pool.calls.fill(0);
    for (let row = 0; row < 800; row++) pool.calls[row * 10 + 9] = perThread; // the worker never ends one, this thread does
    pool.run(800, 0);
  };
  const untilItFails = (): void => {
    for (let i = 0; i < 10_000; i++) runMany(1);
  };
  const stuck = "threads: expected 1 workers that run, got no answer";
  expect(untilItFails).toThrow(stuck);
  expect(pool.together(0)).toBe(false);
  expect(() => pool.check()).toThrow(stuck);
  await pool.restore();
  expect(workers).toHaveLength(2);
  runMany(0);
  pool.check();
  await pool.end();
});

test("a worker that is only busy is waited for: patience grows with what the calls are estimated at", async () => {
  const count = func("count", { until: i32, b: i32, perThread: i32 }, (f, { until, perThread }) => {
    f.while(i32.mul(until, perThread), () => f.set(until, i32.sub(until, 1)));
  });
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const module = new WebAssembly.Module(assemble([count]));
  const { performance } = globalThis;
  const pool = await startPool({ module, memory, replaceKernels() {} }, 2);
  let now = 0;
  vi.stubGlobal("performance", { now: () => (now += 40) }); // so that 3 s pass in 75 looks, a fraction of a millisecond
  onTestFinished(() => void vi.unstubAllGlobals());
  const runMany = (nanoseconds: number): void => {
    pool.calls.fill(0);
    for (let row = 0; row < 800; row++) pool.calls.set([0, 5e7, 0, 0, 0, 0, 0, 0, 0, 1], row * 10); // busy in the worker only
    pool.run(800, nanoseconds);
  };
  const start = performance.now();
  while (performance.now() - start < 1000) runMany(1e12); // until the worker has surely had one
  expect(() => {
    for (let i = 0; i < 1000; i++) runMany(0);
  }).toThrow("no answer");
  await pool.end();
});

test("a kernel that fails on this thread is an error that is thrown, and the pool is started anew", async () => {
  const fail = func("fail", { at: i32, value: f32 }, (f, { at, value }) => f.do(f32.store(at, value)));
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const workers = watchWorkers();
  const module = new WebAssembly.Module(assemble([fail]));
  const pool = await startPool({ module, memory, replaceKernels() {} }, 2);
  pool.calls.fill(0);
  for (let row = 0; row < 800; row++) pool.calls[row * 10 + 1] = 1 << 20; // beyond the memory
  expect(() => {
    for (let i = 0; i < 100; i++) pool.run(800, 0);
  }).toThrow(WebAssembly.RuntimeError);
  expect(() => pool.check()).toThrow("got RuntimeError: memory access out of bounds");
  await pool.restore();
  expect(workers).toHaveLength(2);
  pool.check();
  await pool.end();
});

test("no worker is started after the end, were one about to be", async () => {
  const workers = watchWorkers();
  const module = new WebAssembly.Module(assemble([func("none", { a: i32 }, () => {})]));
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const pool = await startPool({ module, memory, replaceKernels() {} }, 2);
  await workers[0]!.terminate();
  await vi.waitFor(() => expect(() => pool.check()).toThrow("exit code 1"));
  const restored = pool.restore();
  await pool.end();
  await restored;
  expect(workers).toHaveLength(1);
  expect(pool.together(0)).toBe(false);
});

several("dispose ends the workers", async () => {
  const workers = watchWorkers();
  const model = await load(undefined, { dtype: "int8", threads: 2 });
  await model.encode(TEXT);
  const ended = once(workers[0]!, "exit");
  model.dispose();
  await ended;
});

several("a load that fails ends the workers that it began with", async () => {
  const workers = watchWorkers();
  const onProgress = () => {
    throw new Error("not wanted any more");
  };
  await expect(load(undefined, { threads: 2, onProgress })).rejects.toThrow("not wanted any more");
  await expect.poll(() => workers.map(({ threadId }) => threadId)).toEqual([-1]);
});

test.each(["", "model.dispose();"])("a process ends by itself when its work is done: %s", (dispose) => {
  const program = `
    import { load } from "siskin";
    const model = await load(undefined, { dtype: "int8", threads: 2 });
    await model.encode(${JSON.stringify(TEXT)});
    console.log(model.info.threads);
    ${dispose}`;
  const options = { cwd: inCheckout(""), encoding: "utf8", timeout: 20_000 } as const;
  const printed = execFileSync(process.execPath, ["--input-type=module", "-e", program], options);
  expect(Number(printed)).toBe(Math.min(2, availableParallelism()));
});
