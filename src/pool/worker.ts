/**
 * What a worker runs. Its source is sent to it as text, so that siskin works in one file, whatever bundled it: both functions
 * know nothing outside themselves, name no function inside, and keep to syntax that no compiler takes apart.
 *
 * Threads meet in `control`, two words on cache lines of their own, and in `calls`, where each call of a kernel is a row: the
 * kernel's place among the exports, eight arguments, and by how much the third grows a thread.
 */

/**
 * Calls that nobody has taken. Whoever subtracts 1 and finds more than 0 has taken one; a thread that comes late, from an
 * earlier operation, finds less, or takes a call of this one, whose row was written before.
 */
export const LEFT = 0;
/** Calls that are not done. */
export const UNDONE = 16;

export type Kernel = (...values: number[]) => void;

/** What a worker is sent when it starts. */
export interface WorkerStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: Int32Array;
  readonly calls: Float64Array;
  /** From 1 on; the main thread is 0. */
  readonly thread: number;
}

/** Runs calls, from the last to the first, until none is left to take. The words are numbers here, for want of their names. */
export function take(kernels: readonly Kernel[], control: Int32Array, calls: Float64Array, thread: number): void {
  for (let at: number; (at = (Atomics.sub(control, 0, 1) - 1) * 10) >= 0; Atomics.sub(control, 16, 1)) {
    kernels[calls[at]!]!(
      calls[at + 1]!,
      calls[at + 2]!,
      calls[at + 3]! + calls[at + 9]! * thread,
      calls[at + 4]!,
      calls[at + 5]!,
      calls[at + 6]!,
      calls[at + 7]!,
      calls[at + 8]!,
    );
  }
}

/** Waits for calls and takes them, for ever: for `spin` milliseconds awake, since another operation mostly follows, then asleep. */
export function work(takeCalls: typeof take, start: WorkerStart, ready: () => void): void {
  const { module, memory, control, calls, thread } = start;
  const spin = 0.2;
  const kernels = Object.values(new WebAssembly.Instance(module, { env: { memory } }).exports) as Kernel[];
  ready();
  for (;;) {
    takeCalls(kernels, control, calls, thread);
    const end = performance.now() + spin;
    let left = 0;
    do {
      for (let i = 0; i < 200 && left <= 0; i++) left = Atomics.load(control, 0);
    } while (left <= 0 && performance.now() < end);
    if (left <= 0) Atomics.wait(control, 0, left); // not where it has changed
  }
}
