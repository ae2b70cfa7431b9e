import { type Backend, createScalarBackend, createWasmBackend, selectBackend } from "siskin/kernels";
import { afterEach, describe, expect, test, vi } from "vitest";
import { separate } from "../../../dist/kernels/wasm/arithmetic.js";
import { f32x4 } from "../../../dist/kernels/wasm/instructions.js";
import { relaxedModule, simdModule } from "../../../dist/kernels/wasm/modules.js";
import { packingKernels } from "../../../dist/kernels/wasm/packing-kernels.js";
import { findFault } from "../../../dist/kernels/wasm/self-test.js";
import { MODULES } from "./modules.ts";

afterEach(() => vi.unstubAllGlobals());

const compile = (bytes: Uint8Array<ArrayBuffer>) => async () => new WebAssembly.Module(bytes);
const simd = compile(simdModule(packingKernels("wide")));
const doubled = {
  ...separate,
  multiplyAdd: (a, b, c) => f32x4.add(separate.multiplyAdd(a, b, c), f32x4.mul(a, b)),
} as typeof separate;
const wrong = compile(simdModule(packingKernels("wide"), doubled));
const AUTO = { backend: "auto", deterministic: false, dtype: "float32" } as const;
const INT8 = { ...AUTO, dtype: "int8" } as const;
const refuse = async (): Promise<never> => {
  throw new WebAssembly.CompileError("Wasm code generation disallowed by embedder");
};

test("auto takes the fused kernels where relaxed SIMD works, and says why not where it does not", async () => {
  const { backend, kernels } = await selectBackend(AUTO);
  expect(backend.name).toBe("wasm");
  if (MODULES.length > 1) expect(kernels).toBe("wasm simd, fused multiply-add");
  else expect(kernels).toMatch(/^wasm simd, multiply and add: CompileError: .*simd opcode/);
});

test("deterministic takes the kernels without relaxed instructions", async () => {
  const { backend, kernels } = await selectBackend({ ...AUTO, backend: "wasm", deterministic: true });
  expect(backend.name).toBe("wasm");
  expect(kernels).toBe("wasm simd, multiply and add: deterministic");
});

test("scalar is what one asks for", async () => {
  const { backend, kernels } = await selectBackend({ ...AUTO, backend: "scalar" });
  expect(backend.name).toBe("scalar");
  expect(kernels).toBe("scalar: asked for");
});

test("without WebAssembly the scalar kernels take over", async () => {
  vi.stubGlobal("WebAssembly", undefined);
  const { backend, kernels } = await selectBackend(AUTO);
  expect(backend.name).toBe("scalar");
  expect(kernels).toBe("scalar: WebAssembly is absent");
});

test("where a policy forbids WebAssembly the scalar kernels take over", async () => {
  const { backend, kernels } = await selectBackend(AUTO, { simd: refuse, relaxed: refuse });
  expect(backend.name).toBe("scalar");
  expect(kernels).toBe("scalar: CompileError: Wasm code generation disallowed by embedder");
});

test("a relaxed module that computes wrongly is passed over", async () => {
  const { backend, kernels } = await selectBackend(AUTO, { simd, relaxed: wrong });
  expect(backend.name).toBe("wasm");
  expect(kernels).toBe("wasm simd, multiply and add: this engine computes linear wrongly");
});

test("a relaxed module that rounds twice is passed over", async () => {
  const { kernels } = await selectBackend(AUTO, { simd, relaxed: simd });
  expect(kernels).toBe("wasm simd, multiply and add: this engine does not fuse them");
});

test.runIf(MODULES.length > 1)("8-bit dot products that give other values are passed over", async () => {
  expect((await selectBackend(INT8)).kernels).toBe("wasm simd, 8-bit dot products");
  const dot = [0xfd, 0x92, 0x02]; // i16x8.relaxed_dot_i8x16_i7x16_s; i16x8.sub takes and gives the same types
  const spoiled = compile(replace(relaxedModule(packingKernels("bytes")), dot, [0xfd, 0x91, 0x01]));
  const { backend, kernels } = await selectBackend(INT8, { simd, relaxed: spoiled });
  expect(backend.name).toBe("wasm");
  expect(kernels).toBe("wasm simd, 8-bit values in 16-bit dot products: this engine computes linear wrongly");
});

test.runIf(MODULES.length > 1)("8-bit dot products serve even where multiply-add is not fused", async () => {
  expect(
    (await selectBackend(INT8, { simd, relaxed: compile(relaxedModule(packingKernels("bytes"), separate)) })).kernels,
  ).toBe("wasm simd, 8-bit dot products");
  expect(
    (await selectBackend(AUTO, { simd, relaxed: compile(relaxedModule(packingKernels("bytes"), separate)) })).kernels,
  ).toMatch(/does not fuse them$/);
});

test("where both modules compute wrongly the scalar kernels take over", async () => {
  const { backend, kernels } = await selectBackend(AUTO, { simd: wrong, relaxed: wrong });
  expect(backend.name).toBe("scalar");
  expect(kernels).toBe("scalar: this engine computes linear wrongly");
});

describe("the self-test", () => {
  test("finds no fault in the backends", async () => {
    for (const dtype of ["float32", "int16", "int8"] as const) {
      expect(findFault(createScalarBackend(dtype), dtype)).toBeUndefined();
      for (const [, module] of MODULES) expect(findFault(createWasmBackend(module, dtype), dtype)).toBeUndefined();
    }
  });

  const scalar = createScalarBackend() as Backend;
  test.each<[string, Partial<Backend>]>([
    ["linear", { linear: spoiled(scalar.linear) }],
    ["attention", { attention: spoiled(scalar.attention) }],
    ["layer norm", { layerNorm: spoiled(scalar.layerNorm) }],
    ["layer norm", { addLayerNorm: spoiled(scalar.addLayerNorm) }],
    ["gelu", { activate: spoiled(scalar.activate) }],
  ])("finds a fault in %s", (kernel, operation) => {
    expect(findFault({ ...scalar, ...operation }, "float32")).toBe(kernel);
  });
});

/** An operation whose last result is off by a hundredth. */
function spoiled<Rest extends unknown[]>(operation: (out: Float32Array, ...rest: Rest) => void) {
  return (out: Float32Array, ...rest: Rest): void => {
    operation(out, ...rest);
    out[out.length - 1] = out[out.length - 1]! * 1.01 + 0.01;
  };
}

test("the strict module has no relaxed instruction, the other has", async () => {
  const relaxedMadd = [0xfd, 0x85, 0x02];
  expect(contains(simdModule(packingKernels("wide")), relaxedMadd)).toBe(false);
  expect(contains(relaxedModule(packingKernels("bytes")), relaxedMadd)).toBe(true);
});

function contains(bytes: Uint8Array, part: readonly number[]): boolean {
  return bytes.some((_, at) => part.every((byte, i) => bytes[at + i] === byte));
}

/** The bytes with one sequence in place of another of its length. */
function replace(bytes: Uint8Array, from: readonly number[], to: readonly number[]): Uint8Array<ArrayBuffer> {
  const replaced = Uint8Array.from(bytes);
  for (let at = 0; at + from.length <= replaced.length; at++) {
    if (from.every((byte, i) => replaced[at + i] === byte)) replaced.set(to, at);
  }
  return replaced;
}
