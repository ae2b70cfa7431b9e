import { Worker } from "node:worker_threads";
import { onTestFinished } from "vitest";

/** Node's workers that a test starts, from its call of this on; siskin lets go of each when it is ready. */
export function watchWorkers(): Worker[] {
  const workers: Worker[] = [];
  const { unref } = Worker.prototype;
  Worker.prototype.unref = function (this: Worker) {
    workers.push(this);
    unref.call(this);
  };
  onTestFinished(() => {
    Worker.prototype.unref = unref;
  });
  return workers;
}
