import * as binaries from "#wasm";
import type { Backend } from "../backend.ts";
import type { Dtype } from "../quantize.ts";
import { createScalarBackend } from "../scalar.ts";
import { createWasmBackend, type WasmBackend } from "./backend.ts";
import { findFault } from "./self-test.ts";

export interface BackendChoice {
  /** "auto" and "wasm" both take WebAssembly where it works; see `SelectedBackend.backend.name` for what it came to. */
  readonly backend: "auto" | "wasm" | "scalar";
  /** Without relaxed instructions: the same bits in every engine. */
  readonly deterministic: boolean;
  /** What linear layers compute with. */
  readonly dtype: Dtype;
}

export interface SelectedBackend {
  readonly backend: Backend;
  /** The same where it can split its work over threads. */
  readonly wasm?: WasmBackend;
  /** Which kernels run, and why not faster ones. */
  readonly kernels: string;
}

/** The compiled kernels, or what stands in for them in a test. */
export interface Binaries {
  simd(): Promise<WebAssembly.Module>;
  relaxed(): Promise<WebAssembly.Module>;
}

/** How the two modules multiply. */
const RELAXED: Readonly<Record<Dtype, string>> = {
  float32: "fused multiply-add",
  int16: "16-bit dot products, fused multiply-add",
  int8: "8-bit dot products",
};
const STRICT: Readonly<Record<Dtype, string>> = {
  float32: "multiply and add",
  int16: "16-bit dot products",
  int8: "8-bit values in 16-bit dot products",
};

/** The fastest backend that computes rightly here: each is tried on known answers before it is trusted. */
export async function selectBackend(
  choice: BackendChoice,
  { simd, relaxed }: Binaries = binaries,
): Promise<SelectedBackend> {
  const { dtype } = choice;
  const wasm = (backend: WasmBackend, kernels: string) => ({ backend, wasm: backend, kernels });
  const scalar = (reason: string) => ({ backend: createScalarBackend(dtype), kernels: `scalar: ${reason}` });
  if (choice.backend === "scalar") return scalar("asked for");
  if (typeof WebAssembly === "undefined") return scalar("WebAssembly is absent");
  const fast = choice.deterministic ? { reason: "deterministic" } : refuseUnfused(await open(relaxed, dtype), dtype);
  if ("backend" in fast) return wasm(fast.backend, `wasm simd, ${RELAXED[dtype]}`);
  const strict = await open(simd, dtype);
  if ("backend" in strict) return wasm(strict.backend, `wasm simd, ${STRICT[dtype]}: ${fast.reason}`);
  return scalar(strict.reason);
}

type Opened = { readonly backend: WasmBackend } | { readonly reason: string };

/** Where relaxed_madd is not fused only int8 gains from it: float32 kernels are then shaped for fewer instructions. */
function refuseUnfused(opened: Opened, dtype: Dtype): Opened {
  if ("reason" in opened || dtype === "int8" || opened.backend.fuses()) return opened;
  return { reason: "this engine does not fuse them" };
}

async function open(compile: () => Promise<WebAssembly.Module>, dtype: Dtype): Promise<Opened> {
  try {
    const backend = createWasmBackend(await compile(), dtype);
    const fault = findFault(backend, dtype);
    return fault === undefined ? { backend } : { reason: `this engine computes ${fault} wrongly` };
  } catch (error) {
    return { reason: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}
