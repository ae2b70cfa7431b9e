import { choice, type Fields, field, flag, place, string, wrong } from "../fields.ts";
import type { Decoder } from "./decoders.ts";
import type { NormalizedText } from "./normalized-text.ts";
import { replaceAll } from "./pattern.ts";
import type { PreTokenizer } from "./pipeline.ts";
import { splitText } from "./split.ts";

type PrependScheme = "always" | "first" | "never";

const PREPEND_SCHEMES: Readonly<Record<string, PrependScheme>> = { always: "always", first: "first", never: "never" };

/** Writes spaces as the replacement (▁), puts one before the text, and begins a piece at each. */
export class Metaspace implements PreTokenizer {
  readonly replacement: string;
  readonly prepend: PrependScheme;
  readonly splits: boolean;

  constructor(replacement: string, prepend: PrependScheme, splits: boolean) {
    this.replacement = replacement;
    this.prepend = prepend;
    this.splits = splits;
  }

  split(text: NormalizedText): NormalizedText[] {
    replaceAll(text, (t, i) => (t.charCodeAt(i) === 0x20 ? i + 1 : i), this.replacement);
    const wanted = this.prepend === "always" || (this.prepend === "first" && text.origin === 0);
    if (wanted && !text.text.startsWith(this.replacement)) text.prepend(this.replacement);
    if (!this.splits) return [text];
    const { replacement } = this;
    const match = (t: string, i: number) => (t.startsWith(replacement, i) ? i + replacement.length : i);
    return splitText(text, match, "MergedWithNext");
  }
}

export function parseMetaspace(fields: Fields): Metaspace {
  const { replacement, prepend } = parseSettings(fields);
  return new Metaspace(replacement, prepend, flag(fields, "split", true));
}

/** The replacement becomes a space again, but for the one that was put before the first token. */
export function parseMetaspaceDecoder(fields: Fields): Decoder {
  const { replacement, prepend } = parseSettings(fields);
  return (tokens) => tokens.map((t, i) => t.replaceAll(replacement, i === 0 && prepend !== "never" ? "" : " "));
}

function parseSettings(fields: Fields): { replacement: string; prepend: PrependScheme } {
  const replacement = string(fields, "replacement");
  if ([...replacement].length !== 1) throw wrong(place(fields, "replacement"), "one character", replacement);
  const prepend = choice(fields, "prepend_scheme", PREPEND_SCHEMES, "always");
  // The older form: add_prefix_space false means "never", and may not say otherwise beside prepend_scheme.
  if (field(fields, "add_prefix_space") === undefined || flag(fields, "add_prefix_space"))
    return { replacement, prepend };
  if (prepend !== "never" && field(fields, "prepend_scheme") !== undefined) {
    throw wrong(place(fields, "prepend_scheme"), '"never" beside add_prefix_space false', prepend);
  }
  return { replacement, prepend: "never" };
}
