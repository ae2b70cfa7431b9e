import * as binaries from "#wasm";
import type { Backend } from "../backend.ts";
import { createScalarBackend } from "../scalar.ts";
import { createWasmBackend, type WasmBackend } from "./backend.ts";
import { findFault } from "./self-test.ts";

export interface BackendChoice {
  /** "auto" and "wasm" both take WebAssembly where it works; see `SelectedBackend.backend.name` for what it came to. */
  readonly backend: "auto" | "wasm" | "scalar";
  /** Without relaxed instructions: the same bits in every engine. */
  readonly deterministic: boolean;
}

export interface SelectedBackend {
  readonly backend: Backend;
  /** Which kernels run, and why not faster ones. */
  readonly kernels: string;
}

/** The compiled kernels, or what stands in for them in a test. */
export interface Binaries {
  simd(): WebAssembly.Module;
  relaxed(): WebAssembly.Module;
}

/** The fastest backend that computes rightly here: each is tried on known answers before it is trusted. */
export function selectBackend(choice: BackendChoice, { simd, relaxed }: Binaries = binaries): SelectedBackend {
  if (choice.backend === "scalar") return scalar("asked for");
  if (typeof WebAssembly === "undefined") return scalar("WebAssembly is absent");
  const fast = choice.deterministic ? { reason: "deterministic" } : openFused(relaxed);
  if ("backend" in fast) return { backend: fast.backend, kernels: "wasm simd, fused multiply-add" };
  const strict = open(simd);
  if ("backend" in strict) return { backend: strict.backend, kernels: `wasm simd, multiply and add: ${fast.reason}` };
  return scalar(strict.reason);
}

type Opened = { readonly backend: WasmBackend } | { readonly reason: string };

function scalar(reason: string): SelectedBackend {
  return { backend: createScalarBackend(), kernels: `scalar: ${reason}` };
}

function openFused(relaxed: () => WebAssembly.Module): Opened {
  const opened = open(relaxed);
  if ("backend" in opened && !fuses(opened.backend)) return { reason: "this engine does not fuse them" };
  return opened;
}

function open(compile: () => WebAssembly.Module): Opened {
  try {
    const backend = createWasmBackend(compile());
    const fault = findFault(backend);
    return fault === undefined ? { backend } : { reason: `this engine computes ${fault} wrongly` };
  } catch (error) {
    return { reason: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}

/** (1 + 2^-12)² − (1 + 2^-11) is 2^-24 when rounded once, and 0 when the product is rounded before the sum. */
function fuses(backend: WasmBackend): boolean {
  const release = backend.mark();
  const value = 1 + 2 ** -12;
  const matrices = [{ format: "float32" as const, rows: 1, columns: 1, data: Float32Array.of(value) }];
  const weights = backend.prepareLinear({ inputs: 1, outputs: 1, matrices, bias: Float32Array.of(-1 - 2 ** -11) });
  const x = backend.alloc(1).fill(value);
  const out = backend.alloc(1);
  backend.linear(out, x, weights, 1);
  release();
  return out[0] !== 0;
}
