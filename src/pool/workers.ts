/** A model's workers, as those see them who only use the model; pool.ts has them. */
export interface Workers {
  /** How many threads compute, the caller's among them. */
  readonly threads: number;
  /** @throws SiskinError WORKER_FAILED when a worker ended by itself or did not finish what it took, or a kernel failed. */
  check(): void;
  /** Replaces the workers after such a failure, unless `end` was called; nothing may run meanwhile. @throws SiskinError WORKER_FAILED */
  restore(): Promise<void>;
  /** Ends the workers for good. What runs later runs on this thread alone. */
  end(): Promise<unknown>;
}
