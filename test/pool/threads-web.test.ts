import { resolveObjectURL } from "node:buffer";
import { Worker } from "node:worker_threads";
import { afterEach, expect, test, vi } from "vitest";
import { assemble } from "../../dist/kernels/wasm/assembler.js";
import { func } from "../../dist/kernels/wasm/function.js";
import { f32, i32 } from "../../dist/kernels/wasm/instructions.js";
import { hardwareThreads, startThread } from "../../dist/pool/threads-web.js";
import { LEFT, UNDONE } from "../../dist/pool/worker.js";

afterEach(() => vi.unstubAllGlobals());

/** A page's Worker, as far as siskin uses it, in one of Node's. */
class PageWorker {
  onmessage?: (event: { data: unknown }) => void;
  onerror?: (event: { message: string }) => void;
  readonly #worker: Promise<Worker>;

  constructor(url: string | URL, options: object) {
    expect(options).toEqual({ type: "module" });
    this.#worker = this.#start(String(url));
  }

  async #start(url: string): Promise<Worker> {
    const source = await resolveObjectURL(url)?.text();
    const page = `
      const { parentPort } = require("node:worker_threads");
      globalThis.postMessage = (data) => parentPort.postMessage(data);
      parentPort.once("message", (data) => onmessage({ data }));
      ${source}`;
    if (source === undefined) this.onerror?.({ message: "" });
    const worker = new Worker(source === undefined ? "" : page, { eval: true });
    return worker.on("message", (data) => this.onmessage?.({ data }));
  }

  postMessage(data: unknown): void {
    void this.#worker.then((worker) => worker.postMessage(data));
  }

  terminate(): void {
    void this.#worker.then((worker) => worker.terminate());
  }
}

function start() {
  const store = func("store", { to: i32, value: f32 }, (f, { to, value }) => f.do(f32.store(to, value)));
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const module = new WebAssembly.Module(assemble([store]));
  const control = new Int32Array(new SharedArrayBuffer(256));
  const calls = new Float64Array(new SharedArrayBuffer(80));
  return { module, memory, control, calls, thread: 1 };
}

test("a page's worker runs calls", async () => {
  vi.stubGlobal("Worker", PageWorker);
  const shared = start();
  const { control, calls, memory } = shared;
  let end!: () => unknown;
  await new Promise<void>((ready, reject) => {
    end = startThread(shared, ready, reject);
  });
  calls.set([0, 8, 1.5]);
  Atomics.store(control, UNDONE, 1);
  Atomics.store(control, LEFT, 1);
  Atomics.notify(control, LEFT);
  await expect.poll(() => Atomics.load(control, UNDONE)).toBe(0);
  expect(new Float32Array(memory.buffer)[2]).toBe(1.5);
  end();
});

test("a worker whose script is not there is told of", async () => {
  vi.stubGlobal("Worker", PageWorker);
  const reason = new Promise((onEnd) => startThread(start(), () => {}, onEnd, "/no-such-file.js"));
  expect(await reason).toBe("no script at /no-such-file.js");
});

test("where there are no workers, starting one throws", () => {
  vi.stubGlobal("Worker", undefined);
  expect(() =>
    startThread(
      start(),
      () => {},
      () => {},
    ),
  ).toThrow("Worker is not");
});

test.each([
  [{ hardwareConcurrency: 5 }, 5],
  [{}, 1],
])("a page of %o has %d threads", (navigator, threads) => {
  vi.stubGlobal("navigator", navigator);
  expect(hardwareThreads()).toBe(threads);
});
