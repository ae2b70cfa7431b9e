import { compileTokenizer, loadCompiled, parseTokenizer, type Tensors, type Tokenizer } from "siskin/tokenizer";

/** Every way in which siskin runs a tokenizer: the general steps, the scanner where there is one, the compiled form. */
export function ways(json: unknown): [name: string, tokenizer: Tokenizer][] {
  return [
    ["general", parseTokenizer(json, { general: true })],
    ["scanner", parseTokenizer(json)],
    ["compiled", compiled(json)],
  ];
}

export function compiled(json: unknown): Tokenizer {
  const { tensors, metadata } = compileTokenizer(json, "");
  return loadCompiled(toArrays(tensors), metadata);
}

/** The arrays as a file gives them. */
export function toArrays(tensors: Tensors): Map<string, ArrayBufferView> {
  return new Map(Array.from(tensors, ([name, { data }]) => [name, data]));
}

/** Positions in code points as positions in UTF-16 units. */
export function toUtf16(text: string, positions: readonly number[]): number[] {
  const units = [0];
  for (const character of text) units.push(units.at(-1)! + character.length);
  return positions.map((position) => units[position]!);
}
