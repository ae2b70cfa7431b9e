/** Tokens → text. Each decoder changes a list of tokens; at the end they are joined. */
import { component, type Fields, flag, integer, place, steps, string, wrong } from "../fields.ts";
import { parseMetaspaceDecoder } from "./metaspace.ts";
import { type Match, nextMatch, parsePattern } from "./pattern.ts";

export type Decoder = (tokens: string[]) => string[];

const DECODERS: Readonly<Record<string, (fields: Fields) => Decoder>> = {
  ByteFallback: () => decodeBytes,
  Fuse: () => (tokens) => [tokens.join("")],
  Metaspace: parseMetaspaceDecoder,
  Replace: parseReplace,
  Sequence: parseSequence,
  Strip: parseStrip,
  WordPiece: parseWordPieceDecoder,
};

export function parseDecoder(fields: Fields): Decoder {
  return component(fields, DECODERS)(fields);
}

function parseSequence(fields: Fields): Decoder {
  const decoders = steps(fields, "decoders", parseDecoder);
  return (tokens) => decoders.reduce((decoded, decode) => decode(decoded), tokens);
}

function parseReplace(fields: Fields): Decoder {
  const { match } = parsePattern(fields, "pattern");
  const content = string(fields, "content");
  return (tokens) => tokens.map((token) => replaceMatches(token, match, content));
}

const MAX_TOKEN = 1 << 20; // a file may hold a chain of replacements, each of which doubles a token

function replaceMatches(text: string, match: Match, content: string): string {
  let replaced = "";
  let done = 0;
  for (let i = nextMatch(text, match, 0); i < text.length; i = nextMatch(text, match, done)) {
    replaced += text.slice(done, i) + content;
    done = match(text, i);
    if (replaced.length > MAX_TOKEN)
      throw wrong("tokenizer.json: decoder", `tokens of at most ${MAX_TOKEN} characters`, replaced);
  }
  return replaced + text.slice(done);
}

/** Removes up to `start` and `stop` times the character at the ends of each token. */
function parseStrip(fields: Fields): Decoder {
  const content = string(fields, "content");
  if ([...content].length !== 1) throw wrong(place(fields, "content"), "one character", content);
  const start = integer(fields, "start");
  const stop = integer(fields, "stop");
  return (tokens) =>
    tokens.map((token) => {
      let from = 0;
      let to = token.length;
      for (let k = 0; k < start && token.startsWith(content, from); k++) from += content.length;
      for (let k = 0; k < stop && to > from && token.endsWith(content, to); k++) to -= content.length;
      return token.slice(from, to);
    });
}

function parseWordPieceDecoder(fields: Fields): Decoder {
  const prefix = string(fields, "prefix");
  const cleanup = flag(fields, "cleanup");
  return (tokens) =>
    tokens.map((token, i) => {
      const joined = i === 0 ? token : token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`;
      return cleanup ? cleanUp(joined) : joined;
    });
}

const CLEANUPS: readonly (readonly [string, string])[] = [
  [" .", "."],
  [" ?", "?"],
  [" !", "!"],
  [" ,", ","],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [" do not", " don't"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
];

/** Takes back the spaces that English tokenization puts before punctuation and contractions. */
function cleanUp(text: string): string {
  return CLEANUPS.reduce((cleaned, [found, wanted]) => cleaned.replaceAll(found, wanted), text);
}

const BYTE = /^<0x([0-9A-Fa-f]{2})>$/;

/** Runs of tokens like <0x61> become the text that their bytes are, or one U+FFFD each when they are none. */
function decodeBytes(tokens: string[]): string[] {
  const decoded: string[] = [];
  let bytes: number[] = [];
  const flush = () => {
    if (bytes.length > 0) decoded.push(...textOf(bytes));
    bytes = [];
  };
  for (const token of tokens) {
    const byte = BYTE.exec(token)?.[1];
    if (byte !== undefined) {
      bytes.push(Number.parseInt(byte, 16));
      continue;
    }
    flush();
    decoded.push(token);
  }
  flush();
  return decoded;
}

function textOf(bytes: readonly number[]): string[] {
  try {
    return [new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes))];
  } catch {
    return ["\ufffd".repeat(bytes.length)];
  }
}
