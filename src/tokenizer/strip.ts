import type { Normalizer } from "./pipeline.ts";
import { isWhiteSpace, width } from "./text-classes.ts";

/** Removes white space at the ends. */
export function strip(left: boolean, right: boolean): Normalizer {
  return {
    normalize(input) {
      const { text } = input;
      let start = 0;
      let end = text.length;
      while (left && start < end && isWhiteSpace(text.charCodeAt(start))) start++;
      while (right && end > start && isWhiteSpace(text.charCodeAt(end - 1))) end--;
      if (start === 0 && end === text.length) return;
      const edit = input.edit();
      edit.remove(start);
      for (let i = start, units = 0; i < end; i += units) {
        const codePoint = text.codePointAt(i)!;
        units = width(codePoint);
        edit.replace(codePoint);
      }
      input.apply(edit);
    },
  };
}
