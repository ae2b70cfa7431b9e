/** The binary format of a module: types, one imported memory, functions, exports, code. */
import type { Func } from "./function.ts";
import type { ValueType } from "./instructions.ts";
import { unsigned } from "./leb128.ts";

const TYPES: Readonly<Record<ValueType, number>> = { i32: 0x7f, f32: 0x7d, v128: 0x7b };
const SECTION = { type: 1, import: 2, function: 3, export: 7, code: 10 };
const SHARED_WITH_MAXIMUM = 3;

/**
 * A module of these functions. Those in `exported` can be called by name; the memory is the import "env" "memory": shared,
 * because views of a shared memory outlive its growth and threads can have it too, of any size up to 4 GiB.
 */
export function assemble(exported: readonly Func[], internal: readonly Func[] = []): Uint8Array<ArrayBuffer> {
  const functions = [...exported, ...internal];
  const indexOf = (callee: Func): number => {
    const index = functions.indexOf(callee);
    if (index < 0) throw new Error(`assembler: function ${callee.name}: expected it in the module, got none`);
    return index;
  };
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(SECTION.type, functions.map(signature)),
    ...section(SECTION.import, [
      [...name("env"), ...name("memory"), 2, SHARED_WITH_MAXIMUM, ...unsigned(0), ...unsigned(65536)],
    ]),
    ...section(
      SECTION.function,
      functions.map((_, i) => unsigned(i)),
    ),
    ...section(
      SECTION.export,
      exported.map((func, i) => [...name(func.name), 0, ...unsigned(i)]),
    ),
    ...section(
      SECTION.code,
      functions.map((func) => body(func, indexOf)),
    ),
  ]);
}

function signature({ signature, result }: Func): number[] {
  const parameters = Object.values(signature).map(({ type }) => [TYPES[type]]);
  return [0x60, ...vector(parameters), ...vector(result === undefined ? [] : [[TYPES[result]]])];
}

function body(func: Func, indexOf: (callee: Func) => number): number[] {
  const { code, locals } = func.build(indexOf);
  const bytes = [...vector(locals.map((type) => [1, TYPES[type]])), ...code, 0x0b];
  return [...unsigned(bytes.length), ...bytes];
}

function section(id: number, items: readonly (readonly number[])[]): number[] {
  const bytes = vector(items);
  return [id, ...unsigned(bytes.length), ...bytes];
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function name(text: string): number[] {
  return vector([...new TextEncoder().encode(text)].map((byte) => [byte]));
}
