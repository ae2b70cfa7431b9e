/** Sets and classes of code points as the reference has them, decoded when first asked for. */
import { decodeNumbers } from "./numbers.ts";
import { GRAPHEME, WORD } from "./segmentation-data.ts";

/** Whether `\w` of the reference's regular expressions matches the code point. */
export function isWordCharacter(codePoint: number): boolean {
  word ??= decodeSet(WORD);
  return contains(word, codePoint);
}

/** Class of each code point below the table's length; all others have class 0. */
export function graphemeClasses(): Uint8Array {
  graphemes ??= decodeClasses(GRAPHEME);
  return graphemes;
}

let word: Int32Array | undefined;
let graphemes: Uint8Array | undefined;

const GRAPHEME_END = 0xe1000; // tags and variation selectors, in plane 14, come last

/** Ends of runs, of those outside the set and those inside in turn. */
function decodeSet(encoded: string): Int32Array {
  let end = 0;
  return Int32Array.from(decodeNumbers(encoded), (number) => (end += number));
}

/** Whether an odd number of ends is at or below the code point: binary search. */
function contains(ends: Int32Array, codePoint: number): boolean {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ends[middle]! <= codePoint) low = middle + 1;
    else high = middle;
  }
  return low % 2 === 1;
}

function decodeClasses(encoded: string): Uint8Array {
  const classes = new Uint8Array(GRAPHEME_END);
  const numbers = decodeNumbers(encoded);
  for (let i = 0, end = 0; i < numbers.length; i += 3) {
    const start = end + numbers[i]!;
    end = start + numbers[i + 1]!;
    classes.fill(numbers[i + 2]!, start, end);
  }
  return classes;
}
