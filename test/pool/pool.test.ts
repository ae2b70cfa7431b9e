import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { type Embedder, load } from "siskin";
import { expect, onTestFinished, test } from "vitest";
import { assemble } from "../../dist/kernels/wasm/assembler.js";
import { func } from "../../dist/kernels/wasm/function.js";
import { i32 } from "../../dist/kernels/wasm/instructions.js";
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
    pool.run(800);
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
