/**
 * tokenizer.json → the steps of a pipeline. Each table lists the types that this engine knows; a type outside its table is an
 * error that names it. Values of a wrong type are errors too: nothing is guessed.
 */

import { choice, component, type Fields, flag, steps, string } from "../fields.ts";
import { parseBertNormalizer } from "./bert-normalizer.ts";
import { bertPreTokenizer } from "./bert-pre-tokenizer.ts";
import { lowercaseAll, stripAccents } from "./characters.ts";
import { parseCharsmap } from "./charsmap.ts";
import { parseMetaspace } from "./metaspace.ts";
import { nmt } from "./nmt.ts";
import { parsePattern, Replace } from "./pattern.ts";
import type { Model, Normalizer, PreTokenizer, Tensors } from "./pipeline.ts";
import { Precompiled } from "./precompiled.ts";
import { prepend } from "./prepend.ts";
import { NormalizerSequence, PreTokenizerSequence } from "./sequence.ts";
import { punctuation, SPLIT_BEHAVIORS } from "./split.ts";
import { strip } from "./strip.ts";
import { unicodeForm } from "./unicode-forms.ts";
import { loadUnigram, parseUnigram } from "./unigram.ts";
import { whitespace, whitespaceSplit } from "./whitespace.ts";
import { loadWordPiece, parseWordPiece } from "./wordpiece.ts";

const NORMALIZERS: Readonly<Record<string, (fields: Fields, tensors?: Tensors) => Normalizer>> = {
  BertNormalizer: parseBertNormalizer,
  Lowercase: () => lowercaseAll,
  NFC: () => unicodeForm("NFC"),
  NFD: () => unicodeForm("NFD"),
  NFKC: () => unicodeForm("NFKC"),
  NFKD: () => unicodeForm("NFKD"),
  Nmt: () => nmt,
  Precompiled: (fields, tensors) => new Precompiled(parseCharsmap(fields, "precompiled_charsmap", tensors)),
  Prepend: (fields) => prepend(string(fields, "prepend")),
  Replace: (fields) => new Replace(parsePattern(fields, "pattern"), string(fields, "content")),
  Sequence: (fields, tensors) =>
    new NormalizerSequence(steps(fields, "normalizers", (step) => parseNormalizer(step, tensors))),
  Strip: (fields) => strip(flag(fields, "strip_left"), flag(fields, "strip_right")),
  StripAccents: () => stripAccents,
};

const PRE_TOKENIZERS: Readonly<Record<string, (fields: Fields) => PreTokenizer>> = {
  BertPreTokenizer: () => bertPreTokenizer,
  Metaspace: parseMetaspace,
  Punctuation: (fields) => punctuation(choice(fields, "behavior", SPLIT_BEHAVIORS, "Isolated")),
  Sequence: (fields) => new PreTokenizerSequence(steps(fields, "pretokenizers", parsePreTokenizer)),
  Whitespace: () => whitespace,
  WhitespaceSplit: () => whitespaceSplit,
};

/** parse: with the vocabulary in tokenizer.json; load: with that of a compiled tokenizer. */
const MODELS: Readonly<
  Record<string, { parse(fields: Fields): Model; load(fields: Fields, tensors: Tensors): Model }>
> = {
  Unigram: { parse: parseUnigram, load: loadUnigram },
  WordPiece: { parse: parseWordPiece, load: loadWordPiece },
};

export function parseNormalizer(fields: Fields, tensors?: Tensors): Normalizer {
  return component(fields, NORMALIZERS)(fields, tensors);
}

export function parsePreTokenizer(fields: Fields): PreTokenizer {
  return component(fields, PRE_TOKENIZERS)(fields);
}

/** The model, from the arrays of a compiled tokenizer when there are any. */
export function parseModel(fields: Fields, tensors?: Tensors): Model {
  const model = component(fields, MODELS);
  return tensors === undefined ? model.parse(fields) : model.load(fields, tensors);
}
