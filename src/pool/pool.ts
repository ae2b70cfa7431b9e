import { startThread } from "#threads";
import { SiskinError } from "../errors.ts";
import type { WasmBackend } from "../kernels/wasm/backend.ts";
import { type Crew, splitKernels } from "../kernels/wasm/split.ts";
import { createGain } from "./gain.ts";
import { type Kernel, LEFT, SLEEPERS, take, UNDONE } from "./worker.ts";

export { hardwareThreads } from "#threads";

/** Workers that run calls of the kernels beside the thread that started them. */
export interface Pool extends Crew {
  /** @throws SiskinError WORKER_FAILED when a worker ended by itself, or did not finish what it took. */
  check(): void;
  /** Replaces the workers when one failed; nothing may run meanwhile. @throws SiskinError WORKER_FAILED */
  restore(): Promise<void>;
  /** Ends the workers. What runs later runs on this thread alone. */
  end(): Promise<unknown>;
}

const CALLS_AT = 1024; // bytes from the first word on
const START_LIMIT = 10_000; // milliseconds until every worker has answered
const PATIENCE = 3000; // milliseconds in which this thread ran and a worker did not: a call takes less than one
const PAUSE = 50; // a longer one is no waiting: the process was stopped, or the machine asleep

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
  let fault: string | undefined = "none yet";

  async function start(): Promise<void> {
    // Memory of their own, so that a worker that lost touch reaches nothing of its successors. Pages may lack SharedArrayBuffer.
    const { buffer } = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    control = new Int32Array(buffer, 0, CALLS_AT / 4);
    pool.calls = new Float64Array(buffer, CALLS_AT);
    const shared = { module, memory, control, calls: pool.calls };
    const own: typeof ends = [];
    ends = own;
    let timer: ReturnType<typeof setTimeout> | undefined;
    fault = undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        let missing = threads - 1;
        const onReady = () => void (--missing || resolve());
        const onEnd = (reason: string) => {
          if (ends === own) fault ??= reason;
          reject(reason);
        };
        timer = setTimeout(onEnd, START_LIMIT, "no answer");
        for (let thread = 1; thread < threads; thread++)
          own.push(startThread({ ...shared, thread }, onReady, onEnd, url));
      });
    } catch (reason) {
      fault = String(reason);
      await end();
    }
    clearTimeout(timer);
    pool.check();
  }

  function end(): Promise<unknown> {
    const all = ends;
    ends = [];
    fault ??= "none any more";
    return Promise.all(all.map((endThread) => endThread()));
  }

  const pool = {
    threads,
    calls: new Float64Array(0),
    together: (kernel: number) => fault === undefined && gain.together(kernel),
    judge: gain.judge,
    run(count: number) {
      control[UNDONE] = count;
      Atomics.store(control, LEFT, count);
      if (Atomics.load(control, SLEEPERS) > 0) Atomics.notify(control, LEFT);
      take(kernels, control, pool.calls, 0);
      let last = performance.now();
      for (let waited = 0; waited < PATIENCE; ) {
        for (let i = 0; i < 200; i++) if (Atomics.load(control, UNDONE) <= 0) return;
        const now = performance.now();
        if (now - last < PAUSE) waited += now - last;
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
      await end();
      await start();
    },
    end,
  };
  await start();
  replaceKernels(threads, (own) => splitKernels(own, pool));
  return pool;
}
