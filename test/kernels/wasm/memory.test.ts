import { createWasmBackend } from "siskin/kernels";
import { expect, test } from "vitest";
import { createArena } from "../../../dist/kernels/wasm/arena.js";
import { createWorkspace } from "../../../dist/model/workspace.js";
import { MODULES } from "./modules.ts";

const PAGE = 65536;

test("arrays live through the memory's growth, aligned to 64 bytes", () => {
  const arena = createArena();
  const backend = createWasmBackend(MODULES[0]![1], "float32", arena);
  const first = backend.alloc(3).fill(7);
  const second = backend.alloc(10_000_000).fill(8);
  expect(arena.memory.buffer.byteLength).toBeGreaterThan(40_000_000);
  expect([...first]).toEqual([7, 7, 7]);
  expect([first.byteOffset % 64, second.byteOffset % 64]).toEqual([0, 0]);
  backend.activate(first.fill(-1), "relu", 2); // the first array's buffer is older than the growth
  expect([...first]).toEqual([0, 0, -1]);
  expect(second.at(-1)).toBe(8);
});

test("what is given back is given out again, zeroed", () => {
  const backend = createWasmBackend(MODULES[0]![1]);
  const release = backend.mark();
  const first = backend.alloc(100).fill(7);
  release();
  const second = backend.alloc(100);
  expect(second.byteOffset).toBe(first.byteOffset);
  expect(second.every((value) => value === 0)).toBe(true);
});

test("a workspace that grows keeps no memory of its smaller sizes, and attention none at all", () => {
  const arena = createArena();
  const backend = createWasmBackend(MODULES[0]![1], "float32", arena);
  const config = { hiddenSize: 64, innerSize: 256 } as Parameters<typeof createWorkspace>[1];
  const workspace = createWorkspace(backend, config);
  for (let tokens = 1; tokens <= 512; tokens++) {
    const { context, qkv } = workspace.reserve(tokens);
    backend.attention(context, qkv, Int32Array.of(0, tokens), 2, 32);
  }
  const needed = 512 * (3 * 64 + 3 * 64 + 256) * 4;
  expect(arena.memory.buffer.byteLength).toBeLessThan(needed + 32 * PAGE);
});

test("a workspace that could not grow serves the next batch as if nothing had been", () => {
  const backend = createWasmBackend(MODULES[0]![1], "float32", createArena(8));
  const config = { hiddenSize: 64, innerSize: 256 } as Parameters<typeof createWorkspace>[1];
  const workspace = createWorkspace(backend, config);
  workspace.reserve(10);
  expect(() => workspace.reserve(10_000)).toThrow("wasm memory: expected room");
  const { x, inner } = workspace.reserve(20);
  expect([x.length, inner.length]).toEqual([20 * 64, 20 * 256]);
});

test("what a kernel fetches past the last panel is in the memory, whatever lies above", () => {
  for (const [, module] of MODULES) {
    for (const dtype of ["float32", "int16", "int8"] as const) {
      for (let inputs = 32; inputs <= 4096; inputs *= 2) {
        for (const tokens of [1, 3, 9, 13, 28]) {
          const backend = createWasmBackend(module, dtype);
          const [x, out] = [backend.alloc(tokens * inputs), backend.alloc(tokens * 8)];
          const data = new Float32Array(8 * inputs).fill(1);
          const matrices = [{ format: "float32" as const, rows: 8, columns: inputs, data }];
          const weights = backend.prepareLinear({ inputs, outputs: 8, matrices, bias: new Float32Array(8).fill(3) });
          backend.linear(out, x, weights, tokens);
          expect(out.every((value) => value === 3)).toBe(true);
        }
      }
    }
  }
});

test("a memory that cannot grow is an error that says how much was wanted", () => {
  const backend = createWasmBackend(MODULES[0]![1], "float32", createArena(2));
  expect(() => backend.alloc(40_000)).toThrow("wasm memory: expected room for 160064 bytes, got 65536");
});

test("an array of another memory is refused", () => {
  const [backend, other] = [createWasmBackend(MODULES[0]![1]), createWasmBackend(MODULES[0]![1])];
  const message = "wasm kernels: expected an array that this backend allocated, got another";
  expect(() => backend.activate(new Float32Array(4), "relu", 4)).toThrow(message);
  expect(() => backend.activate(other.alloc(4), "relu", 4)).toThrow(message);
});
