/**
 * Precompiled, Metaspace and Unigram in one pass over the text, for when nobody asks for offsets: the XLM-R family.
 *
 * A table gives each UTF-16 unit of the raw text a class. Most units are plain: nothing is done to them, whatever stands beside
 * them, so they are copied into the word under way. Where a rule of the charsmap may apply to several characters together, the
 * text goes through grapheme clusters as in the general steps. At its end a word, ▁ first, is looked up in a cache of words, and
 * cut into pieces when it is not there.
 */
import { innerCharacters } from "./charsmap.ts";
import { graphemeEnd, mayJoinJoiner, mayJoinNext, mayJoinPrevious } from "./graphemes.ts";
import { Metaspace } from "./metaspace.ts";
import { Replace } from "./pattern.ts";
import {
  type Model,
  type Normalizer,
  type PreTokenizer,
  reserve,
  type Scanner,
  type Tensor,
  type Tensors,
  type TokenSink,
} from "./pipeline.ts";
import { Precompiled } from "./precompiled.ts";
import { flattenNormalizer, flattenPreTokenizer } from "./sequence.ts";
import { tensorData } from "./tensors.ts";
import { isWhiteSpace, width } from "./text-classes.ts";
import { Unigram } from "./unigram.ts";
import { whitespaceSplit } from "./whitespace.ts";
import { MAX_WORD, WordCache } from "./word-cache.ts";

// Classes of units. "Inert": no rule has the character on its left side, but perhaps as the first of several.
const PLAIN = 0; // inert, and begins a grapheme cluster
const CONJOINING = 1; // inert, and may join a joiner before it
const JOINER = 2; // inert, and joins what is before it
const SEPARATOR = 3; // becomes one separator, and does not join
const SUBSTITUTE = 4; // becomes something else by itself, and does not join
const COMPLEX = 5; // what becomes of it depends on its neighbours

const SPACE = 0x20;
const META = 0x2581; // ▁

/**
 * Signs that end many words. Where no piece has one after the unit before it, every path has a boundary between the two, so that
 * the rest of the word is cut as if the sign were not there: the cache need not know the word with each sign.
 */
const CLOSERS = ",.!?:;)]\"'»”’।،؟";

/** How the text is cut into words. */
interface WordRule {
  /** At white space, which goes; else at spaces only, each of which becomes the ▁ of the word after it. */
  readonly atWhiteSpace: boolean;
  /** Several spaces are as one. */
  readonly collapse: boolean;
}

export function createUnigramScanner(
  normalizer: Normalizer | undefined,
  preTokenizer: PreTokenizer | undefined,
  model: Model,
  tensors?: Tensors,
): Scanner | undefined {
  const [precompiled, ...others] = flattenNormalizer(normalizer);
  const rule = wordRule(others, flattenPreTokenizer(preTokenizer));
  if (!(precompiled instanceof Precompiled && model instanceof Unigram) || rule === undefined) return undefined;
  if (model.vocabulary.byteFallback) return undefined;
  const classes = tensors === undefined ? classifyUnits(precompiled, rule) : loadClasses(tensors);
  if (classes === undefined) return undefined;
  const joins = tensors && tensorData(tensors, "scanner.joins", "U16", 0x10000);
  return new UnigramScanner(precompiled, model, rule, classes, joins);
}

/** A compiled tokenizer lacks the classes when its charsmap was too strange. */
function loadClasses(tensors: Tensors): Uint8Array | undefined {
  return tensors.has("scanner.classes") ? tensorData(tensors, "scanner.classes", "U8", 0x10000) : undefined;
}

/** [WhitespaceSplit, Metaspace] or Metaspace alone, perhaps after Replace(" {2,}", " "); undefined for anything else. */
function wordRule(normalizers: readonly Normalizer[], preTokenizers: readonly PreTokenizer[]): WordRule | undefined {
  const [replace, ...more] = normalizers;
  if (more.length > 0 || (replace !== undefined && !collapsesSpaces(replace))) return undefined;
  const metaspace = preTokenizers.at(-1);
  const atWhiteSpace = preTokenizers.length === 2 && preTokenizers[0] === whitespaceSplit;
  if (!(metaspace instanceof Metaspace) || (preTokenizers.length !== 1 && !atWhiteSpace)) return undefined;
  if (metaspace.replacement !== "▁" || metaspace.prepend !== "always" || !metaspace.splits) return undefined;
  return { atWhiteSpace, collapse: replace !== undefined };
}

function collapsesSpaces(normalizer: Normalizer): boolean {
  return normalizer instanceof Replace && normalizer.pattern.regex === " {2,}" && normalizer.content === " ";
}

/** The class of each unit, or undefined for a charsmap too strange for this. */
function classifyUnits(precompiled: Precompiled, rule: WordRule): Uint8Array | undefined {
  const inner = innerCharacters(precompiled.charsmap);
  if (inner === undefined) return undefined;
  const classes = new Uint8Array(0x10000).fill(COMPLEX);
  for (let unit = 0; unit < 0x10000; unit++) {
    if ((unit >= 0xd800 && unit < 0xe000) || mayJoinNext(unit)) continue;
    const text = precompiled.findCharacter(unit);
    const inert = text === undefined && unit !== META && !isSeparator(unit, rule);
    if (mayJoinPrevious(unit)) {
      if (inert && !inner.has(unit)) classes[unit] = JOINER;
    } else if (mayJoinJoiner(unit)) {
      if (inert && !inner.has(unit)) classes[unit] = CONJOINING;
    } else if (inert) {
      classes[unit] = PLAIN;
    } else {
      const only = text === undefined ? unit : text.length === 1 ? text.charCodeAt(0) : META;
      classes[unit] = isSeparator(only, rule) ? SEPARATOR : SUBSTITUTE;
    }
  }
  return classes;
}

function isSeparator(unit: number, { atWhiteSpace }: WordRule): boolean {
  return atWhiteSpace ? isWhiteSpace(unit) : unit === SPACE;
}

/** Tables that a compiled tokenizer stores so that loading does no work an entry; other scanners need none. */
export function scannerTensors(scanner: Scanner | undefined, model: Model): Tensors {
  if (!(scanner instanceof UnigramScanner && model instanceof Unigram)) return new Map();
  return new Map<string, Tensor>([
    ["scanner.classes", { dtype: "U8", shape: [0x10000], data: scanner.classes }],
    ["scanner.joins", { dtype: "U16", shape: [0x10000], data: findJoins(model) }],
  ]);
}

/** For each unit, the closers that stand after it in a piece: bit k for the k-th. */
function findJoins(model: Unigram): Uint16Array {
  const joins = new Uint16Array(0x10000);
  for (let id = 0; id < model.vocabSize; id++) {
    const piece = model.idToToken(id)!;
    for (let i = 1; i < piece.length; i++) {
      const closer = CLOSERS.indexOf(piece[i]!);
      if (closer >= 0) joins[piece.charCodeAt(i - 1)]! |= 1 << closer;
    }
  }
  return joins;
}

class UnigramScanner implements Scanner {
  readonly #precompiled: Precompiled;
  readonly #model: Unigram;
  readonly #rule: WordRule;
  readonly #classes: Uint8Array;
  readonly #joins: Uint16Array | undefined; // as findJoins gives it; without it no sign is taken off a word
  readonly #closers = new Uint8Array(0x10000); // for each unit that is a closer and a piece: its number + 1
  readonly #closerIds: Int32Array = new Int32Array(CLOSERS.length);
  readonly #cache = new WordCache();
  #word: Uint16Array = new Uint16Array(64); // the word under way
  #pairs = new Int32Array(this.#word.buffer); // the same memory
  #length = 0; // its units; 0 between words
  #fromSpace = false; // where words begin at spaces: whether the ▁ of this one was a space

  constructor(
    precompiled: Precompiled,
    model: Unigram,
    rule: WordRule,
    classes: Uint8Array,
    joins: Uint16Array | undefined,
  ) {
    this.#precompiled = precompiled;
    this.#model = model;
    this.#rule = rule;
    this.#classes = classes;
    this.#joins = joins;
    for (let k = 0; k < CLOSERS.length; k++) {
      const id = model.tokenToId(CLOSERS[k]!);
      if (id === undefined || id === model.vocabulary.unkId) continue;
      this.#closers[CLOSERS.charCodeAt(k)] = k + 1;
      this.#closerIds[k] = id;
    }
  }

  scan(text: string, start: number, end: number, sink: TokenSink): void {
    const classes = this.#classes;
    let word = this.#word;
    let length = 0;
    let floor = start; // a grapheme cluster begins here, and all units from here to i were copied to the word
    let floorLength = 0; // the word's length then
    this.#length = 0;
    for (let i = start; i < end; ) {
      let unit = text.charCodeAt(i);
      const kind = classes[unit]!;
      if (kind <= JOINER) {
        if (length === 0) word[length++] = META;
        const stop = Math.min(end, i + word.length - 1 - length); // as many as the word has room for
        do word[length++] = unit;
        while (++i < stop && classes[(unit = text.charCodeAt(i))]! <= JOINER);
        if (length + 1 >= word.length) word = this.#growWord();
        continue;
      }
      const next = i + 1 < end ? classes[text.charCodeAt(i + 1)]! : PLAIN;
      if (kind === COMPLEX || next === JOINER || next === COMPLEX) {
        const from = kind === COMPLEX ? this.#clusterStart(text, floor, i) : i;
        this.#length = from === floor ? floorLength : length - (i - from); // the cluster is taken back from the word
        i = this.#scanClusters(text, from, i, end, sink);
      } else {
        this.#length = length;
        if (kind === SEPARATOR) this.#separate(sink);
        else this.#append(this.#precompiled.findCharacter(unit) ?? String.fromCharCode(unit), sink);
        i++;
      }
      floor = i;
      word = this.#word;
      length = floorLength = this.#length;
    }
    this.#length = length;
    this.#endWord(sink);
  }

  /** Class of each unit. */
  get classes(): Uint8Array {
    return this.#classes;
  }

  /** Where the grapheme cluster that unit i may belong to begins, or one before it; at `floor` at the earliest. */
  #clusterStart(text: string, floor: number, i: number): number {
    for (let from = i - 1; from >= floor; from--) {
      const kind = this.#classes[text.charCodeAt(from)]!;
      if (kind === PLAIN) return from;
      if (kind === CONJOINING && from > floor && this.#classes[text.charCodeAt(from - 1)] !== JOINER) return from;
    }
    return floor;
  }

  /** Normalizes the grapheme clusters from `from` until they are past `trigger`, and returns where they end. */
  #scanClusters(text: string, from: number, trigger: number, end: number, sink: TokenSink): number {
    while (from <= trigger) {
      const clusterEnd = graphemeEnd(text, from, end);
      const whole = this.#precompiled.find(text, from, clusterEnd);
      if (whole !== undefined) {
        this.#append(whole, sink);
      } else {
        for (let i = from, units = 0; i < clusterEnd; i += units) {
          units = width(text.codePointAt(i)!);
          this.#append(this.#precompiled.find(text, i, i + units) ?? text.slice(i, i + units), sink);
        }
      }
      from = clusterEnd;
    }
    return from;
  }

  /** Appends normalized text to the word under way. */
  #append(text: string, sink: TokenSink): void {
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (isSeparator(unit, this.#rule)) {
        this.#separate(sink);
      } else if (unit === META) {
        this.#beginWord(sink, false);
      } else {
        if (this.#length + 1 >= this.#word.length) this.#growWord();
        if (this.#length === 0) this.#word[this.#length++] = META;
        this.#word[this.#length++] = unit;
      }
    }
  }

  #separate(sink: TokenSink): void {
    if (this.#rule.atWhiteSpace) this.#endWord(sink);
    else if (!(this.#rule.collapse && this.#fromSpace && this.#length === 1)) this.#beginWord(sink, true);
  }

  #beginWord(sink: TokenSink, fromSpace: boolean): void {
    this.#endWord(sink);
    this.#word[0] = META;
    this.#length = 1;
    this.#fromSpace = fromSpace;
  }

  /** Appends the ids of the word under way, if there is one. */
  #endWord(sink: TokenSink): void {
    const length = this.#length;
    if (length === 0) return;
    this.#length = 0;
    const end = this.#joins === undefined ? length : this.#withoutClosers(this.#joins, length);
    const last = this.#word[end]!;
    this.#word[end] = 0; // the second half of the last pair
    if (end > MAX_WORD) {
      this.#segment(end, sink);
    } else if (!this.#cache.read(this.#pairs, end, sink)) {
      const from = sink.length;
      this.#segment(end, sink);
      this.#cache.write(this.#pairs, end, sink, from);
    }
    if (end === length) return;
    this.#word[end] = last;
    const out = reserve(sink, length - end);
    for (let i = end; i < length; i++) out[sink.length++] = this.#closerIds[this.#closers[this.#word[i]!]! - 1]!;
  }

  /** The word's length without the closers at its end that no piece joins to what stands before them. */
  #withoutClosers(joins: Uint16Array, length: number): number {
    const word = this.#word;
    for (let end = length; ; end--) {
      const closer = end > 2 ? this.#closers[word[end - 1]!]! : 0;
      if (closer === 0 || (joins[word[end - 2]!]! >> (closer - 1)) & 1) return end;
    }
  }

  #segment(length: number, sink: TokenSink): void {
    const model = this.#model;
    const { unkId } = model.vocabulary;
    const first = model.segment(this.#word, length);
    const { pathIds, pathEnds } = model;
    const out = reserve(sink, length - first + 1);
    let count = sink.length;
    for (let k = first; k <= length; k++) {
      let id = pathIds[k]!;
      if (id === unkId) {
        const start = k === first ? 0 : pathEnds[k - 1]!;
        while (k < length && pathIds[k + 1] === unkId) k++;
        id = model.idOfUnits(this.#word, start, pathEnds[k]!) ?? id;
      }
      out[count++] = id;
    }
    sink.length = count;
  }

  #growWord(): Uint16Array {
    const grown = new Uint16Array(2 * this.#word.length);
    grown.set(this.#word);
    this.#word = grown;
    this.#pairs = new Int32Array(grown.buffer);
    return grown;
  }
}
