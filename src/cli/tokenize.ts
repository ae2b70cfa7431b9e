import type { Embedder } from "../index.ts";
import { booleanOption, integerOption, usageError } from "./arguments.ts";
import type { Command } from "./command.ts";
import { loadModel, MODEL_OPTIONS } from "./model.ts";
import { formatTable, oneLine, print, printJson } from "./print.ts";
import { inputTexts, TEXT_NOTES, TEXT_OPTIONS } from "./texts.ts";

export const tokenize: Command = {
  name: "tokenize",
  summary: "print the tokens of texts",
  usage: "[options] TEXT… | --input FILE | -",
  notes: [
    "Prints each token's id, the piece of the vocabulary, where it lies in the text (UTF-16 units) and what is there; special tokens of the model lie nowhere. Nothing is cut at the model's length unless --max-length says so.",
    ...TEXT_NOTES,
  ],
  options: {
    ...TEXT_OPTIONS,
    "no-special": { type: "boolean", help: "leave out the special tokens around a text" },
    "max-length": { type: "string", value: "N", help: "cut the text to N tokens, special ones included" },
    ...MODEL_OPTIONS,
    json: { type: "boolean", help: 'print lines {"text", "ids", "pieces", "offsets": [[start, end], …]}' },
  },
  examples: ['siskin tokenize "мама мыла раму"', "siskin tokenize --json -i texts.txt"],
  async run(args) {
    const texts = inputTexts(args);
    if (texts === undefined) throw usageError("expected texts, --input FILE, or - for standard input, got none");
    const maxLength = integerOption(args, "max-length", 1, 1_000_000_000);
    const options = { addSpecialTokens: !booleanOption(args, "no-special"), maxLength };
    const model = await loadModel(args);
    try {
      for await (const { text } of texts) {
        const tokens = tokensOf(model, text, options);
        if (booleanOption(args, "json")) await printJson(asColumns(text, tokens));
        else await print(formatTokens(text, tokens));
      }
      return 0;
    } finally {
      model.dispose();
    }
  },
};

interface Token {
  readonly id: number;
  readonly piece: string;
  readonly start: number;
  readonly end: number;
}

function tokensOf(
  { tokenizer }: Embedder,
  text: string,
  options: { readonly addSpecialTokens: boolean; readonly maxLength: number | undefined },
): Token[] {
  const { ids, offsets } = tokenizer.encode(text, { ...options, offsets: true });
  return Array.from(ids, (id, i) => ({
    id,
    piece: tokenizer.idToToken(id) ?? "",
    start: offsets![2 * i]!,
    end: offsets![2 * i + 1]!,
  }));
}

function asColumns(text: string, tokens: readonly Token[]): unknown {
  return {
    text,
    ids: tokens.map(({ id }) => id),
    pieces: tokens.map(({ piece }) => piece),
    offsets: tokens.map(({ start, end }) => [start, end]),
  };
}

function formatTokens(text: string, tokens: readonly Token[]): string {
  const rows = tokens.map(({ id, piece, start, end }) => [
    `${id}`,
    oneLine(piece, 60),
    start === end ? "" : `${start}-${end}`,
    JSON.stringify(oneLine(text.slice(start, end), 60)),
  ]);
  return `${formatTable([["id", "piece", "place", "text"], ...rows], new Set([0, 2]))}${tokens.length} tokens\n\n`;
}
