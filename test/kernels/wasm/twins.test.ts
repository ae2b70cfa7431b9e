import {
  type Activation,
  activate,
  addLayerNorm,
  attention,
  createScalarBackend,
  createScratch,
  createWasmBackend,
  type Dtype,
  layerNorm,
  type Matrix,
  type WasmBackend,
} from "siskin/kernels";
import { describe, expect, test } from "vitest";
import { type Random, random } from "../../support/random.ts";
import { MODULES } from "./modules.ts";

const SEEDS = Array.from({ length: 40 }, (_, seed) => seed);
const TOKENS = [1, 2, 3, 4, 5, 6, 7, 8, 13, 31, 128, 512];

test.each([NaN, Infinity])("integers stand for no %d: such weights are refused", (value) => {
  const data = Float32Array.of(1, 2, 3, value, 5, 6);
  const weights = {
    inputs: 2,
    outputs: 3,
    matrices: [{ format: "float32" as const, rows: 3, columns: 2, data }],
    bias: data,
  };
  for (const dtype of ["int16", "int8"] as const) {
    const message = `weights of 3 × 2: row 1: expected finite values for ${dtype}, got ${value}`;
    expect(() => createScalarBackend(dtype).prepareLinear(weights)).toThrow(message);
    for (const [, module] of MODULES)
      expect(() => createWasmBackend(module, dtype).prepareLinear(weights)).toThrow(message);
  }
});

describe.each(MODULES)("%s", (_, module) => {
  const backend = createWasmBackend(module);

  const place = (values: Float32Array) => placeIn(backend, values);

  describe.each<Dtype>(["float32", "int16", "int8"])("linear in %s", (dtype) => {
    const [backend, scalar] = [createWasmBackend(module, dtype), createScalarBackend(dtype)];

    test.each(SEEDS)("is its scalar twin: seed %d", (seed) => {
      const release = backend.mark();
      const rng = random(seed);
      const tokens = rng.pick(TOKENS);
      const inputs = rng.pick([1, 2, 3, 9, 13, 31, 32, 64, 96, 384]);
      const matrices = Array.from({ length: rng.integer(1, 3) }, () => randomMatrix(rng, rng.integer(1, 40), inputs));
      const outputs = matrices.reduce((sum, { rows }) => sum + rows, 0);
      const weights = { inputs, outputs, matrices, bias: rng.floats(outputs), uncentred: seed % 2 === 0 };
      const x = rng.floats(tokens * inputs);
      const expected = new Float32Array(tokens * outputs);
      scalar.linear(expected, x, scalar.prepareLinear(weights), tokens);

      const prepared = backend.prepareLinear(weights);
      const out = backend.alloc(expected.length + 8).fill(7); // what follows must stay as it is
      backend.linear(out, placeIn(backend, x), prepared, tokens);
      expectNear(out.subarray(0, expected.length), expected, 2e-6 * Math.sqrt(inputs) * largest(expected));
      expect([...out.subarray(expected.length)]).toEqual(Array(8).fill(7));
      release();
    });

    test("a row's bits depend on neither its place nor its neighbours", () => {
      const rng = random(7);
      const [inputs, outputs] = [96, 24];
      const matrices = [
        { format: "float32" as const, rows: outputs, columns: inputs, data: rng.floats(outputs * inputs) },
      ];
      const bias = rng.floats(outputs);
      const weights = backend.prepareLinear({ inputs, outputs, matrices, bias });
      const row = rng.floats(inputs);
      const bits = new Set<string>();
      for (let tokens = 1; tokens <= 17; tokens++) {
        for (let place = 0; place < tokens; place++) {
          const release = backend.mark();
          const x = placeIn(backend, rng.floats(tokens * inputs));
          x.set(row, place * inputs);
          const out = backend.alloc(tokens * outputs);
          backend.linear(out, x, weights, tokens);
          bits.add(bitsOf(out.subarray(place * outputs, (place + 1) * outputs)));
          release();
        }
      }
      expect(bits.size).toBe(1);
    });

    test.each([
      ["zeros", (x: Float32Array) => x.fill(0)],
      ["values of 1e-35", (x: Float32Array) => x.fill(1e-35)],
      ["one large value a row", (x: Float32Array) => x.fill(1e-3).fill(1e4, 7, 8)],
      [
        "equal values of either sign",
        (x: Float32Array) =>
          x.forEach((_, i) => {
            x[i] = i % 2 ? -3 : 3;
          }),
      ],
    ])("of extreme operands: %s", (_, fill) => {
      const [inputs, outputs, tokens] = [64, 9, 3];
      const [data, x] = [new Float32Array(inputs * outputs), new Float32Array(inputs * tokens)];
      fill(data);
      fill(x);
      const matrices = [{ format: "float32" as const, rows: outputs, columns: inputs, data }];
      const weights = { inputs, outputs, matrices, bias: new Float32Array(outputs).fill(0.5) };
      const expected = new Float32Array(tokens * outputs);
      scalar.linear(expected, x, scalar.prepareLinear(weights), tokens);
      const out = backend.alloc(expected.length);
      backend.linear(out, placeIn(backend, x), backend.prepareLinear(weights), tokens);
      expectNear(out, expected, 2e-6 * largest(expected));
    });
  });

  test.each(SEEDS)("attention in int16 is near its scalar twin: seed %d", (seed) => {
    const backend = createWasmBackend(module, "int16");
    const rng = random(1000 + seed);
    const heads = rng.integer(1, 4);
    const headSize = rng.pick([1, 2, 3, 5, 8, 12, 30, 32, 64, 128]);
    const lengths = Array.from({ length: rng.integer(1, 4) }, () => rng.pick([0, ...TOKENS, 63, 64, 65, 66, 129]));
    const starts = Int32Array.from([0, ...lengths]);
    for (let i = 1; i < starts.length; i++) starts[i]! += starts[i - 1]!;
    const tokens = starts.at(-1)!;
    const qkv = rng.floats(tokens * 3 * heads * headSize);
    const expected = new Float32Array(tokens * heads * headSize);
    attention(expected, qkv, starts, heads, headSize, createScratch());

    const out = backend.alloc(expected.length + 8).fill(7);
    backend.attention(out, placeIn(backend, qkv), starts, heads, headSize);
    expectNear(out.subarray(0, expected.length), expected, 2e-3 * largest(expected));
    expect([...out.subarray(expected.length)]).toEqual(Array(8).fill(7));
  });

  test.each([1, 11, 24, 29, 48, 58, 71, 96, 128])(
    "attention in int16: scores of either extreme, heads of %d",
    (headSize) => {
      const backend = createWasmBackend(module, "int16");
      const tokens = 48;
      const qkv = new Float32Array(tokens * 3 * headSize);
      for (let t = 0; t < tokens; t++) {
        qkv.fill(1, t * 3 * headSize, (t * 3 + 1) * headSize);
        qkv.fill(t === 0 ? 1 : -1, (t * 3 + 1) * headSize, (t * 3 + 3) * headSize);
      }
      const expected = new Float32Array(tokens * headSize);
      attention(expected, qkv, Int32Array.of(0, tokens), 1, headSize, createScratch());
      const out = backend.alloc(expected.length);
      backend.attention(out, placeIn(backend, qkv), Int32Array.of(0, tokens), 1, headSize);
      expectNear(out, expected, 3e-3); // 47 weights rounded the same way
    },
  );

  test("attention in int16 with scores far apart: the largest takes all", () => {
    const backend = createWasmBackend(module, "int16");
    const out = backend.alloc(2);
    backend.attention(out, placeIn(backend, Float32Array.of(1e4, 1e4, 1, 1e4, -1e4, 5)), Int32Array.of(0, 2), 1, 1);
    expectNear(out, Float32Array.of(1, 1), 3e-3);
  });

  test.each(SEEDS)("attention is its scalar twin: seed %d", (seed) => {
    const release = backend.mark();
    const rng = random(1000 + seed);
    const heads = rng.integer(1, 4);
    const headSize = rng.pick([1, 2, 3, 5, 8, 12, 30, 32, 64]);
    const lengths = Array.from({ length: rng.integer(1, 4) }, () => rng.pick([0, ...TOKENS]));
    const starts = Int32Array.from([0, ...lengths]);
    for (let i = 1; i < starts.length; i++) starts[i]! += starts[i - 1]!;
    const tokens = starts.at(-1)!;
    const qkv = rng.floats(tokens * 3 * heads * headSize);
    const expected = new Float32Array(tokens * heads * headSize);
    attention(expected, qkv, starts, heads, headSize, createScratch());

    const out = place(new Float32Array(expected.length + 8).fill(7));
    backend.attention(out, place(qkv), starts, heads, headSize);
    expectNear(out.subarray(0, expected.length), expected, 1e-5);
    expect([...out.subarray(expected.length)]).toEqual(Array(8).fill(7));
    release();
  });

  test("attention with scores far apart neither overflows nor gives NaN", () => {
    const out = backend.alloc(2);
    backend.attention(out, place(Float32Array.of(1e4, 1e4, 1, 1e4, -1e4, 5)), Int32Array.of(0, 2), 1, 1);
    expectNear(out, Float32Array.of(1, 1), 1e-6);
  });

  test.each(SEEDS)("layerNorm and addLayerNorm are their scalar twins: seed %d", (seed) => {
    const release = backend.mark();
    const rng = random(2000 + seed);
    const tokens = rng.pick([0, ...TOKENS]);
    const hidden = rng.pick([1, 2, 3, 4, 5, 7, 33, 384]);
    const [x, y] = [rng.floats(tokens * hidden), rng.floats(tokens * hidden)];
    const weights = { weight: rng.floats(hidden), bias: rng.floats(hidden), eps: 1e-5 };
    const expected = new Float32Array(x.length);
    layerNorm(expected, x, weights.weight, weights.bias, tokens, hidden, weights.eps);
    const out = place(x);
    backend.layerNorm(out, out, weights, tokens);
    // Where a row's values lie close together, what the mean was rounded by is divided by their small deviation.
    expectNear(out, expected, hidden < 4 ? 2e-3 : 2e-5);

    const inside = { weight: place(weights.weight), bias: place(weights.bias), eps: weights.eps };
    const placed = place(x);
    backend.addLayerNorm(placed, place(y), inside, tokens);
    addLayerNorm(x, y, weights.weight, weights.bias, tokens, hidden, weights.eps);
    expectNear(placed, x, hidden < 4 ? 2e-3 : 2e-5);
    release();
  });

  test.each<Activation>(["gelu", "gelu_tanh", "relu", "tanh", "identity"])("%s is its scalar twin", (activation) => {
    const values = Float32Array.from({ length: 40_003 }, (_, i) => (i - 20_000) / 1000);
    const expected = values.slice();
    activate(expected, activation, expected.length);
    const x = place(Float32Array.of(...values, -1));
    backend.activate(x, activation, values.length);
    expectNear(x.subarray(0, -1), expected, 6e-7, (i) => 1e-7 * Math.abs(values[i]!));
    expect(x.at(-1)).toBe(-1);
  });

  test("gelu far out is exactly 0 or x, in every place of an array", () => {
    for (let length = 1; length <= 9; length++) {
      for (const value of [-1e4, -5.5, 5.5, 1e4]) {
        const x = place(new Float32Array(length).fill(value));
        backend.activate(x, "gelu", length);
        expect([...x].map(Math.abs)).toEqual(Array(length).fill(Math.max(value, 0)));
      }
    }
  });

  test.each<Dtype>(["float32", "int16"])(
    "a text's attention in %s has the same bits alone and between others",
    (dtype) => {
      const backend = createWasmBackend(module, dtype);
      const place = (values: Float32Array) => placeIn(backend, values);
      const rng = random(8);
      const [heads, headSize] = [2, 20];
      const width = 3 * heads * headSize;
      for (const length of [1, 5, 8, 9, 50]) {
        const text = rng.floats(length * width);
        const alone = backend.alloc(length * heads * headSize);
        backend.attention(alone, place(text), Int32Array.of(0, length), heads, headSize);
        const qkv = place(rng.floats((3 + length + 4) * width));
        qkv.set(text, 3 * width);
        const out = backend.alloc((3 + length + 4) * heads * headSize);
        backend.attention(out, qkv, Int32Array.of(0, 3, 3 + length, 3 + length + 4), heads, headSize);
        const row = heads * headSize;
        expect(bitsOf(out.subarray(3 * row, (3 + length) * row))).toBe(bitsOf(alone));
      }
    },
  );
});

/** A copy in the backend's memory. */
function placeIn(backend: WasmBackend, values: Float32Array): Float32Array {
  const array = backend.alloc(values.length);
  array.set(values);
  return array;
}

function randomMatrix(rng: Random, rows: number, columns: number): Matrix {
  const groupSize = rng.pick([8, 16, 32, 32, 96]);
  if (columns % groupSize !== 0 || rng.next() < 0.4) {
    return { format: "float32", rows, columns, data: rng.floats(rows * columns) };
  }
  const scales = rng.floats((rows * columns) / groupSize);
  return {
    format: "quantized4",
    rows,
    columns,
    groupSize,
    packed: Uint32Array.from({ length: (rows * columns) / 8 }, () => rng.integer(0, 0xffffffff)),
    scales,
    biases: rng.next() < 0.5 ? scales.map((scale) => -8 * scale) : rng.floats(scales.length),
  };
}

function largest(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
}

/** Each value within the tolerance, and what `more` gives for its index, of the expected. */
function expectNear(
  got: Float32Array,
  expected: Float32Array,
  tolerance: number,
  more: (i: number) => number = () => 0,
): void {
  expect(got.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    if (!(Math.abs(got[i]! - expected[i]!) <= tolerance + more(i))) {
      expect.fail(`value ${i}: expected ${expected[i]} within ${tolerance + more(i)}, got ${got[i]}`);
    }
  }
}

function bitsOf(values: Float32Array): string {
  return new Uint32Array(values.slice().buffer).join();
}
