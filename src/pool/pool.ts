import { startThread } from "#threads";
import { SiskinError } from "../errors.ts";
import type { WasmBackend } from "../kernels/wasm/backend.ts";
import { type Crew, splitKernels } from "../kernels/wasm/split.ts";
import { createGain } from "./gain.ts";
import { type Kernel, LEFT, take, UNDONE } from "./worker.ts";
import type { Workers } from "./workers.ts";

export { hardwareThreads } from "#threads";

/** Workers that run calls of the kernels beside the thread that started them. */
export type Pool = Crew & Workers;

const CALLS_AT = 1024; // bytes from the first word on
const START_LIMIT = 10_000; // milliseconds until every worker has answered
const PATIENCE = 3000; // milliseconds in which this thread ran and a worker did not, beside what its call may take
const SLOWER = 20; // times that a call may take of what was estimated: an estimate is of a fast processor that is free
const PAUSE = 50; // no more of a time between two looks counts: the process was stopped, or the machine asleep

/** What a pool needs of a backend. */
export type Shared = Pick<WasmBackend, "module" | "memory" | "replaceKernels">;

/** Starts one worker fewer than `threads`, and has the backend split its work. @throws SiskinError WORKER_FAILED */
export async function startPool(
  { module, memory, replaceKernels }: Shared,
  threads: number,
  url?: string | URL,
): Promise<Pool> {
  const kernels = Object.values(new WebAssembly.Instance(module, { env: { memory } }).exports) as Kernel[];
  const gain = createGain();
  let control: Int32Array;
  let ends: (() => unknown)[] = [];
  let fault: string | undefined;
  let closed = false;

  async function start(): Promise<void> {
    if (closed) return;
    // Memory of their own, so that a worker that lost touch reaches nothing of its successors. Pages may lack SharedArrayBuffer.
    const { buffer } = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    control = new Int32Array(buffer);
    const calls = new Float64Array(buffer, CALLS_AT);
    pool.calls = calls;
    const own: typeof ends = [];
    ends = own;
    let timer: ReturnType<typeof setTimeout> | undefined;
    fault = undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        let missing = threads - 1;
        const onReady = () => --missing || resolve();
        const onEnd = (reason: string) => {
          if (ends === own) fault ??= reason;
          reject(reason);
        };
        timer = setTimeout(onEnd, START_LIMIT, "no answer");
        for (let thread = 1; thread < threads; thread++)
          own.push(startThread({ module, memory, control, calls, thread }, onReady, onEnd, url));
      });
    } catch (reason) {
      fault = String(reason);
      await stop();
    }
    clearTimeout(timer);
    pool.check();
  }

  function stop(): Promise<unknown> {
    const all = ends;
    ends = [];
    return Promise.all(all.map((endThread) => endThread()));
  }

  const pool = {
    threads,
    calls: new Float64Array(0),
    together: (kernel: number) => !closed && fault === undefined && gain.together(kernel),
    judge: gain.judge,
    run(count: number, nanoseconds: number) {
      control[UNDONE] = count;
      Atomics.store(control, LEFT, count);
      Atomics.notify(control, LEFT); // takes 30 ns when nobody sleeps
      try {
        take(kernels, control, pool.calls, 0);
      } catch (error) {
        fault = String(error); // a worker may still have a call of these, and would count it among those of a later run
        throw error;
      }
      let last = performance.now();
      for (let left = PATIENCE + (SLOWER * nanoseconds) / 1e6; left > 0; ) {
        for (let i = 0; i < 200; i++) if (Atomics.load(control, UNDONE) <= 0) return;
        const now = performance.now();
        left -= Math.min(now - last, PAUSE);
        last = now;
      }
      fault = "no answer";
      pool.check();
    },
    check() {
      if (fault === undefined) return;
      throw new SiskinError("WORKER_FAILED", `threads: expected ${threads - 1} workers that run, got ${fault}`);
    },
    async restore() {
      if (fault === undefined) return;
      await stop(); // meanwhile the pool may be closed
      await start();
    },
    end() {
      closed = true;
      return stop();
    },
  };
  await start();
  replaceKernels(threads, (own) => splitKernels(own, pool));
  return pool;
}
