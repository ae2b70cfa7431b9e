import type { NormalizedText } from "./normalized-text.ts";
import type { PreTokenizer } from "./pipeline.ts";
import { PUNCTUATION, properties } from "./tables/unicode.ts";
import { width } from "./text-classes.ts";

/** What becomes of the delimiters that a text is split at, as the reference calls it. */
export type SplitBehavior = "Removed" | "Isolated" | "MergedWithPrevious" | "MergedWithNext" | "Contiguous";

export const SPLIT_BEHAVIORS: Readonly<Record<string, SplitBehavior>> = {
  Removed: "Removed",
  Isolated: "Isolated",
  MergedWithPrevious: "MergedWithPrevious",
  MergedWithNext: "MergedWithNext",
  Contiguous: "Contiguous",
};

/** The end of the delimiter that begins at `index`, or `index` itself when none does. */
export type MatchDelimiter = (text: string, index: number) => number;

/** A stretch of the text: one delimiter, or what is between two. */
interface Stretch {
  start: number;
  end: number;
  readonly isDelimiter: boolean;
}

export function splitText(input: NormalizedText, match: MatchDelimiter, behavior: SplitBehavior): NormalizedText[] {
  const stretches = findStretches(input.text, match);
  return merge(stretches, behavior).map(({ start, end }) => input.slice(start, end));
}

function findStretches(text: string, match: MatchDelimiter): Stretch[] {
  const stretches: Stretch[] = [];
  let done = 0;
  for (let i = 0; i < text.length; ) {
    const end = match(text, i);
    if (end === i) {
      i += width(text.codePointAt(i)!);
      continue;
    }
    if (done < i) stretches.push({ start: done, end: i, isDelimiter: false });
    stretches.push({ start: i, end, isDelimiter: true });
    done = i = end;
  }
  if (done < text.length) stretches.push({ start: done, end: text.length, isDelimiter: false });
  return stretches;
}

function merge(stretches: Stretch[], behavior: SplitBehavior): Stretch[] {
  if (behavior === "Removed") return stretches.filter(({ isDelimiter }) => !isDelimiter);
  if (behavior === "Isolated") return stretches;
  if (behavior === "MergedWithNext") return mergeWithNext(stretches);
  const merged: Stretch[] = [];
  let previous = false; // whether the stretch before was a delimiter
  for (const stretch of stretches) {
    const last = merged.at(-1);
    const joins = behavior === "Contiguous" ? stretch.isDelimiter === previous : stretch.isDelimiter && !previous;
    if (joins && last) last.end = stretch.end;
    else merged.push(stretch);
    previous = stretch.isDelimiter;
  }
  return merged;
}

/** A delimiter joins what follows it, unless that is a delimiter too. */
function mergeWithNext(stretches: Stretch[]): Stretch[] {
  const merged: Stretch[] = [];
  for (const [i, stretch] of stretches.entries()) {
    const before = stretches[i - 1];
    if (before?.isDelimiter && !stretch.isDelimiter) merged.at(-1)!.end = stretch.end;
    else merged.push(stretch);
  }
  return merged;
}

/** Cuts at ASCII punctuation and at what the reference's Unicode tables call so. */
export function punctuation(behavior: SplitBehavior): PreTokenizer {
  return { split: (text) => splitText(text, endOfPunctuation, behavior) };
}

function endOfPunctuation(text: string, index: number): number {
  const codePoint = text.codePointAt(index)!;
  return properties(codePoint) & PUNCTUATION ? index + width(codePoint) : index;
}
