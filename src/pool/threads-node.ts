import { availableParallelism } from "node:os";
import { take, type WorkerStart, work } from "./worker.ts";

const SOURCE = `const { parentPort, workerData } = require("node:worker_threads");
(${work})(${take}, workerData, () => parentPort.postMessage(0));`;

export const hardwareThreads: () => number = availableParallelism;

/** A worker that does not keep the process alive once it is ready; gives what ends it, and resolves when it has ended. */
export function startThread(
  start: WorkerStart,
  onReady: () => void,
  onEnd: (reason: string) => void,
  _url?: string | URL,
): () => unknown {
  const { Worker } = process.getBuiltinModule("node:worker_threads"); // not imported for those who load no more threads
  const worker = new Worker(SOURCE, { eval: true, workerData: start, execArgv: [] }); // not the --input-type of the program
  worker.on("message", () => {
    worker.unref();
    onReady();
  });
  worker.on("error", ({ message }) => onEnd(message));
  worker.on("exit", (code) => onEnd(`exit code ${code}`));
  return () => worker.terminate();
}
