import type { NormalizedText } from "./normalized-text.ts";
import { type Match, nextMatch } from "./pattern.ts";
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

/** A stretch of the text: one delimiter, or what is between two. */
interface Stretch {
  start: number;
  end: number;
  readonly isDelimiter: boolean;
}

export function splitText(input: NormalizedText, match: Match, behavior: SplitBehavior): NormalizedText[] {
  const stretches = findStretches(input.text, match);
  return merge(stretches, behavior).map(({ start, end }) => input.slice(start, end));
}

function findStretches(text: string, match: Match): Stretch[] {
  const stretches: Stretch[] = [];
  for (let done = 0; done < text.length; ) {
    const start = nextMatch(text, match, done);
    if (done < start) stretches.push({ start: done, end: start, isDelimiter: false });
    done = start < text.length ? match(text, start) : start;
    if (start < done) stretches.push({ start, end: done, isDelimiter: true });
  }
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
