import { afterEach, expect, test, vi } from "vitest";
import { createArena } from "../../../dist/kernels/wasm/arena.js";

afterEach(() => vi.unstubAllGlobals());

test("an engine that refuses 4 GiB of addresses is asked for less, down to 256 MiB", () => {
  const asked: number[] = [];
  const grant = (limit: number) => {
    class Memory extends WebAssembly.Memory {
      constructor(descriptor: WebAssembly.MemoryDescriptor) {
        asked.push(descriptor.maximum!);
        if (descriptor.maximum! > limit) throw new RangeError("Out of memory");
        super(descriptor);
      }
    }
    vi.stubGlobal("WebAssembly", { Memory });
  };
  grant(16384);
  const arena = createArena();
  expect(asked).toEqual([65536, 32768, 16384]);
  expect(arena.floats(arena.alloc(4e6), 1e6)).toHaveLength(1e6);
  vi.unstubAllGlobals();
  grant(4095);
  expect(() => createArena()).toThrow("Out of memory");
  expect(asked.at(-1)).toBe(4096);
});
