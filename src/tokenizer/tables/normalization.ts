/** What the reference tokenizer knows of the Unicode normalization forms; see ./unicode.ts. */
import { NORMALIZING, properties } from "./unicode.ts";

export { combiningClass } from "./unicode.ts";

/**
 * Whether a normalization form may change, move or compose the code point. All that do were assigned by Unicode 9, and their
 * normalization never changes (Unicode's stability policy): on these alone String.prototype.normalize is the same everywhere.
 */
export function takesPartInNormalization(codePoint: number): boolean {
  return (properties(codePoint) & NORMALIZING) !== 0;
}
