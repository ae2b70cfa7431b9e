/**
 * Added tokens: strings that are cut out of a text before the model sees it, `<s>`, `[MASK]` and the like. Those with
 * `normalized: false` are looked for in the text as it came, the others, themselves normalized, in what the normalizer made of
 * the rest. Where several match, the leftmost is taken, and of those that begin there the longest.
 *
 * tokenizers, `added_vocabulary.rs`.
 */
import { asFields, checkInteger, type Fields, field, flag, place, string, wrong } from "../fields.ts";
import { NormalizedText } from "./normalized-text.ts";
import { PieceHash } from "./piece-hash.ts";
import { find } from "./piece-index.ts";
import type { Model, Normalizer } from "./pipeline.ts";
import { properties, WORD } from "./tables/unicode.ts";
import { before, isWhiteSpace } from "./text-classes.ts";

interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** What to look for: the content, normalized where the token says so. */
  readonly pattern: string;
  readonly singleWord: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  readonly normalized: boolean;
  readonly special: boolean;
}

/** A stretch of a text: an added token, or what is between two. */
export interface Stretch {
  readonly token: AddedToken | undefined;
  readonly start: number;
  readonly end: number;
}

export interface AddedTokens {
  /** Finders; undefined when there is no such token. */
  readonly raw: TokenMatcher | undefined;
  readonly normalized: TokenMatcher | undefined;
  readonly byId: ReadonlyMap<number, AddedToken>;
  readonly byContent: ReadonlyMap<string, AddedToken>;
}

/**
 * The ids are not the file's: as in the reference, a token has the model's id for its content, and one that the model lacks gets
 * the next free one.
 */
export function parseAddedTokens(fields: Fields, model: Model, normalizer: Normalizer | undefined): AddedTokens {
  const byId = new Map<number, AddedToken>();
  const byContent = new Map<string, AddedToken>();
  const entries = field(fields, "added_tokens") ?? [];
  if (!Array.isArray(entries)) throw wrong(place(fields, "added_tokens"), "an array", entries);
  let nextId = model.vocabSize;
  for (const [i, entry] of entries.entries()) {
    const token = asFields(entry, `${place(fields, "added_tokens")}[${i}]`);
    checkInteger(field(token, "id"), place(token, "id"));
    const content = string(token, "content");
    if (content === "") continue;
    const normalized = flag(token, "normalized");
    const id = byContent.get(content)?.id ?? model.tokenToId(content) ?? nextId++;
    const added: AddedToken = {
      id,
      content,
      pattern: normalized ? normalize(content, normalizer) : content,
      singleWord: flag(token, "single_word"),
      lstrip: flag(token, "lstrip"),
      rstrip: flag(token, "rstrip"),
      normalized,
      special: flag(token, "special"),
    };
    byId.set(id, added);
    byContent.set(content, added);
  }
  const tokens = [...byId.values()].filter(({ pattern }) => pattern !== ""); // what the normalizer leaves nothing of is never met
  return {
    raw: createMatcher(
      tokens.filter((token) => !token.normalized),
      place(fields, "added_tokens"),
    ),
    normalized: createMatcher(
      tokens.filter((token) => token.normalized),
      place(fields, "added_tokens"),
    ),
    byId,
    byContent,
  };
}

function normalize(content: string, normalizer: Normalizer | undefined): string {
  const text = NormalizedText.of(content, 0, content.length, false);
  normalizer?.normalize(text);
  return text.text;
}

function createMatcher(tokens: readonly AddedToken[], where: string): TokenMatcher | undefined {
  return tokens.length === 0 ? undefined : new TokenMatcher(tokens, where);
}

const MAX_PATTERN = 256; // units: so long may the walk be that is made at each place of a text

/** Finds tokens in a text. */
class TokenMatcher {
  readonly #tokens: readonly AddedToken[];
  readonly #index: PieceHash; // pattern → place in #tokens
  readonly #firstUnits: readonly string[];

  constructor(tokens: readonly AddedToken[], where: string) {
    this.#tokens = tokens;
    this.#index = new PieceHash(tokens.reduce((units, { pattern }) => units + pattern.length, 0));
    for (const [i, { pattern, content }] of tokens.entries()) {
      if (pattern.length > MAX_PATTERN) throw wrong(where, `tokens of at most ${MAX_PATTERN} characters`, content);
      const node = find(this.#index, pattern);
      if (node >= 0 && this.#index.idAt(node) >= 0) continue; // of tokens that normalize alike the first one is met
      this.#index.add(pattern, i);
    }
    this.#firstUnits = [...new Set(tokens.map(({ pattern }) => pattern.charAt(0)))];
  }

  /** Whether a token may begin anywhere in the text: most texts can be taken whole, which is cheaper than stretches of them. */
  mayOccurIn(text: string): boolean {
    return this.#nextStart(text, 0) < text.length;
  }

  /** The text as stretches, in order. Those of tokens that strip white space may overlap others, as in the reference. */
  split(text: string): Stretch[] {
    const stretches: Stretch[] = [];
    let done = 0;
    let spaceEnd = 0; // of the white space that an rstrip token took last
    for (let at = 0, end = 0; (at = this.#nextStart(text, at)) < text.length; at = end) {
      const token = this.#longestAt(text, at);
      end = token === undefined ? at + 1 : at + token.pattern.length;
      if (token === undefined || (token.singleWord && !isSingleWord(text, at, end))) continue;
      let start = at;
      let stop = end;
      if (token.lstrip) while (start > done && isWhiteSpace(text.charCodeAt(start - 1))) start--;
      if (token.lstrip) start = Math.max(start, done);
      if (token.rstrip) {
        if (stop < spaceEnd) stop = spaceEnd;
        while (stop < text.length && isWhiteSpace(text.charCodeAt(stop))) stop++;
        spaceEnd = stop;
      }
      if (done < start) stretches.push({ token: undefined, start: done, end: start });
      stretches.push({ token, start, end: stop });
      done = stop;
    }
    if (done < text.length) stretches.push({ token: undefined, start: done, end: text.length });
    return stretches;
  }

  /** The first place from `from` on where a token may begin; the text's length when there is none. */
  #nextStart(text: string, from: number): number {
    if (this.#firstUnits.length === 1) {
      const at = text.indexOf(this.#firstUnits[0]!, from);
      return at < 0 ? text.length : at;
    }
    while (from < text.length && this.#index.step(0, text.charCodeAt(from)) < 0) from++;
    return from;
  }

  #longestAt(text: string, at: number): AddedToken | undefined {
    let longest = -1;
    for (let node = 0, i = at; i < text.length; i++) {
      node = this.#index.step(node, text.charCodeAt(i));
      if (node < 0) break;
      if (this.#index.idAt(node) >= 0) longest = this.#index.idAt(node);
    }
    return this.#tokens[longest];
  }
}

function isSingleWord(text: string, start: number, end: number): boolean {
  const startsWord = start === 0 || !isWordCharacter(text, before(text, start));
  return startsWord && (end === text.length || !isWordCharacter(text, end));
}

function isWordCharacter(text: string, index: number): boolean {
  return (properties(text.codePointAt(index)!) & WORD) !== 0;
}
