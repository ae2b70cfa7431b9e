import { Worker } from "node:worker_threads";

/** A case that runs so long hangs. It blocks the event loop, so that another thread has to notice. */
const HANG_MS = 20_000;
const WATCH = `
  const { workerData } = require("node:worker_threads");
  const fs = require("node:fs");
  const [began, length] = [new Float64Array(workerData, 0, 1), new Int32Array(workerData, 8, 1)];
  setInterval(() => {
    if (Date.now() - began[0] < ${HANG_MS}) return;
    const name = Buffer.from(workerData, 16, length[0]).toString();
    fs.writeSync(2, name + ": still running after ${HANG_MS / 1000} s\\n");
    process.kill(process.pid, "SIGKILL");
  }, 1000);
`;

/** Ends the process, with the name of the case on stderr, when a case hangs. */
export function startWatchdog(): { begin(name: string): void; stop(): void } {
  const shared = new SharedArrayBuffer(16 + 256);
  const began = new Float64Array(shared, 0, 1);
  const length = new Int32Array(shared, 8, 1);
  const text = new Uint8Array(shared, 16);
  began[0] = Date.now();
  const worker = new Worker(WATCH, { eval: true, workerData: shared });
  return {
    begin(name) {
      const bytes = Buffer.from(name).subarray(0, text.length);
      text.set(bytes);
      length[0] = bytes.length;
      began[0] = Date.now();
    },
    stop: () => void worker.terminate(),
  };
}

const METERED = [
  ...["Array", "ArrayBuffer", "Int8Array", "Uint8Array", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array"],
  ...["Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array"],
] as const;
const PAGE_BYTES = 65_536; // of WebAssembly

/**
 * Counts the bytes that `new Float32Array(n)`, `Array.from({ length: n })`, WebAssembly's memories and the like ask for, by
 * standing between the program and the global constructors. What grows by one element at a time shows in the time instead.
 */
export function startAllocationMeter(): { reset(): void; bytes(): number; stop(): void } {
  const globals = globalThis as unknown as Record<string, new (...args: unknown[]) => object>;
  const originals = METERED.map((name) => [name, globals[name]!] as const);
  let bytes = 0;
  for (const [name, original] of originals) {
    const elementBytes =
      "BYTES_PER_ELEMENT" in original ? (original.BYTES_PER_ELEMENT as number) : name === "Array" ? 8 : 1;
    globals[name] = new Proxy(original, {
      construct(target, args) {
        if (args.length > 0 && typeof args[0] === "number") bytes += args[0] * elementBytes;
        return Reflect.construct(target, args);
      },
    });
  }
  const { Memory } = WebAssembly;
  const { grow } = Memory.prototype;
  WebAssembly.Memory = new Proxy(Memory, {
    construct(target, args: [WebAssembly.MemoryDescriptor]) {
      bytes += args[0].initial * PAGE_BYTES;
      return Reflect.construct(target, args);
    },
  });
  Memory.prototype.grow = function (pages) {
    bytes += pages * PAGE_BYTES;
    return grow.call(this, pages);
  };
  return {
    reset() {
      bytes = 0;
    },
    bytes: () => bytes,
    stop() {
      WebAssembly.Memory = Memory;
      Memory.prototype.grow = grow;
      for (const [name, original] of originals) globals[name] = original;
    },
  };
}
