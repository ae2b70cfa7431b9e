import type { Dtype, Matrix } from "siskin/kernels";
import { describe, expect, test } from "vitest";
import { createArena } from "../../../dist/kernels/wasm/arena.js";
import * as scalar from "../../../dist/kernels/wasm/packing-scalar.js";
import * as simd from "../../../dist/kernels/wasm/packing-simd.js";
import { type Random, random } from "../../support/random.ts";
import { MODULES } from "./modules.ts";

type Kernels = Parameters<typeof simd.packLinear>[1];

const SEEDS = Array.from({ length: 60 }, (_, seed) => seed);

/** A matrix of floats or of 4-bit groups, whose scales may have all the bits of a float32, or those of a 16-bit one. */
function randomMatrix(rng: Random, rows: number, columns: number): Matrix {
  const sizes = [8, 16, 32, 64, 96].filter((size) => columns % size === 0);
  if (sizes.length === 0 || rng.integer(0, 2) === 0) {
    return { format: "float32", rows, columns, data: rng.floats(rows * columns) };
  }
  const groupSize = rng.pick(sizes);
  const groups = (rows * columns) / groupSize;
  const isShort = rng.integer(0, 1) === 0;
  const scales = rng.floats(groups).map((value) => (isShort ? Math.round(value * 1024) / 1024 : value));
  const packed = Uint32Array.from({ length: (rows * columns) / 8 }, () => rng.integer(0, 0xffff_ffff));
  const biases = rng.integer(0, 1) === 0 ? scales.map((scale) => -8 * scale) : rng.floats(groups);
  return { format: "quantized4", rows, columns, groupSize, packed, scales, biases };
}

/** The words of all outputs; in every form the words of eight outputs lie side by side, in the last panel of fewer. */
function wordsOf(memory: WebAssembly.Memory, at: number, length: number, stride: number, outputs: number): Uint32Array {
  const words = new Uint32Array(memory.buffer, at, length / 4).slice();
  return words.map((word, i) => (8 * Math.floor(i / (stride / 4)) + (i % 8) < outputs ? word : 0));
}

function firstDifference(got: Uint32Array, expected: Uint32Array): string | undefined {
  const at = got.findIndex((word, i) => word !== expected[i]);
  return at < 0 ? undefined : `word ${at}: ${got[at]!.toString(16)}, not ${expected[at]!.toString(16)}`;
}

describe.each(MODULES)("%s", (_, module) => {
  describe.each<Dtype>(["float32", "int16", "int8"])("in %s", (dtype) => {
    test.each(SEEDS)("kernels pack the very bytes that plain TypeScript does: seed %d", (seed) => {
      const rng = random(seed);
      const inputs = rng.pick([1, 2, 3, 31, 32, 33, 64, 96, 384, 3072]);
      const matrices = Array.from({ length: rng.integer(1, 3) }, () => randomMatrix(rng, rng.integer(1, 40), inputs));
      const outputs = matrices.reduce((sum, { rows }) => sum + rows, 0);
      const weights = { inputs, outputs, matrices, bias: rng.floats(outputs), uncentred: seed % 2 === 0 };

      const [expected, got] = [scalar, simd].map(({ packLinear }) => {
        const arena = createArena();
        const kernels = new WebAssembly.Instance(module, { env: { memory: arena.memory } })
          .exports as unknown as Kernels;
        const at = arena.scratch(1 << 20);
        new Uint8Array(arena.memory.buffer, at).fill(0xa5); // what memory given back may hold
        const packed = packLinear(arena, kernels, weights, dtype);
        const panels = Math.ceil(outputs / 8);
        return {
          packed,
          panels: wordsOf(arena.memory, packed.panels, panels * packed.panelBytes, packed.panelBytes, outputs),
          columns: wordsOf(arena.memory, packed.columns, panels * packed.columnBytes, packed.columnBytes, outputs),
        };
      });
      expect(got!.packed).toEqual(expected!.packed);
      expect(firstDifference(got!.panels, expected!.panels)).toBeUndefined();
      expect(firstDifference(got!.columns, expected!.columns)).toBeUndefined();
    });
  });
});
