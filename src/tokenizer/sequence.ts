import { Metaspace } from "./metaspace.ts";
import type { NormalizedText } from "./normalized-text.ts";
import type { Normalizer, PreTokenizer } from "./pipeline.ts";

/** Normalizers one after another. */
export class NormalizerSequence implements Normalizer {
  readonly steps: readonly Normalizer[];

  constructor(steps: readonly Normalizer[]) {
    this.steps = steps;
  }

  normalize(text: NormalizedText): void {
    for (const step of this.steps) step.normalize(text);
  }
}

/** Pre-tokenizers one after another, each cutting the pieces of the one before. */
export class PreTokenizerSequence implements PreTokenizer {
  readonly steps: readonly PreTokenizer[];

  constructor(steps: readonly PreTokenizer[]) {
    this.steps = steps;
  }

  split(text: NormalizedText): NormalizedText[] {
    let pieces = [text];
    for (const step of this.steps) pieces = pieces.flatMap((piece) => (piece.text === "" ? [] : step.split(piece)));
    return pieces;
  }
}

/** The steps of a sequence, and of the sequences in it, one after another. */
export function flattenNormalizer(step: Normalizer | undefined): Normalizer[] {
  if (step instanceof NormalizerSequence) return step.steps.flatMap(flattenNormalizer);
  return step === undefined ? [] : [step];
}

export function flattenPreTokenizer(step: PreTokenizer | undefined): PreTokenizer[] {
  if (step instanceof PreTokenizerSequence) return step.steps.flatMap(flattenPreTokenizer);
  return step === undefined ? [] : [step];
}

/** Whether a step wants to know where in the original each piece begins, even when the caller wants no offsets. */
export function needsOrigins(step: PreTokenizer | undefined): boolean {
  return flattenPreTokenizer(step).some((s) => s instanceof Metaspace && s.prepend === "first");
}
