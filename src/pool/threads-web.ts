import { take, type WorkerStart, work } from "./worker.ts";

/** The file of `siskin/worker`. */
export const SOURCE: string = `onmessage=({data})=>(${work})(${take},data,()=>postMessage(0))`;

/** Threads that run at the same time here; one where the browser does not tell. */
export function hardwareThreads(): number {
  return navigator.hardwareConcurrency ?? 1;
}

/**
 * A worker of the file at `url`, else of a Blob; gives what ends it.
 *
 * @throws ReferenceError where there are no workers, SecurityError where a policy forbids them, DataCloneError in a page that is
 *   not cross-origin isolated.
 */
export function startThread(
  start: WorkerStart,
  onReady: () => void,
  onEnd: (reason: string) => void,
  url: string | URL = URL.createObjectURL(new Blob([SOURCE], { type: "text/javascript" })),
): () => unknown {
  const worker = new Worker(url, { type: "module" });
  worker.onmessage = () => {
    URL.revokeObjectURL(String(url));
    onReady();
  };
  worker.onerror = ({ message }) => onEnd(message || `no script at ${url}`);
  worker.postMessage(start);
  return () => worker.terminate();
}
