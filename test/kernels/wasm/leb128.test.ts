import { expect, test } from "vitest";
import { signed, unsigned } from "../../../dist/kernels/wasm/leb128.js";

// By hand from the WebAssembly specification, 5.2.2
test.each([
  [0, [0]],
  [63, [63]],
  [64, [64]],
  [127, [127]],
  [128, [0x80, 0x01]],
  [16383, [0xff, 0x7f]],
  [16384, [0x80, 0x80, 0x01]],
  [2 ** 32 - 1, [0xff, 0xff, 0xff, 0xff, 0x0f]],
])("unsigned %d", (value, bytes) => expect(unsigned(value)).toEqual(bytes));

test.each([
  [0, [0]],
  [63, [63]],
  [64, [0xc0, 0x00]],
  [127, [0xff, 0x00]],
  [128, [0x80, 0x01]],
  [-1, [0x7f]],
  [-64, [0x40]],
  [-65, [0xbf, 0x7f]],
  [-128, [0x80, 0x7f]],
  [2 ** 31 - 1, [0xff, 0xff, 0xff, 0xff, 0x07]],
  [-(2 ** 31), [0x80, 0x80, 0x80, 0x80, 0x78]],
])("signed %d", (value, bytes) => expect(signed(value)).toEqual(bytes));
