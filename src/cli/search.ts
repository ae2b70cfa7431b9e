import { type Embedder, semanticSearch } from "../index.ts";
import { booleanOption, integerOption, onlyArgument, stringOption, usageError } from "./arguments.ts";
import type { Arguments, Command } from "./command.ts";
import { type Line, readLines } from "./files.ts";
import { ENCODE_OPTIONS, encodeOptions, loadModel, MODEL_OPTIONS } from "./model.ts";
import { columns, oneLine, print, printJson } from "./print.ts";
import { startProgress } from "./progress.ts";
import { collect } from "./texts.ts";

export const search: Command = {
  name: "search",
  summary: "rank the lines or paragraphs of a file by meaning",
  usage: "[options] --corpus FILE QUERY",
  notes: [
    'Prints the best passages of FILE, best first: similarity, place, text. The query gets the model\'s prompt "query" (or that of --prompt-name or --prompt), the passages its prompt "document", "passage" or "corpus", where it has them. Blank lines are no passages.',
  ],
  options: {
    corpus: { type: "string", value: "FILE", help: "the text file to search; - is standard input" },
    "top-k": { type: "string", short: "k", value: "N", help: "print at most N passages (default: 10)" },
    paragraphs: { type: "boolean", help: "passages are parted by blank lines; without it each line is one" },
    ...ENCODE_OPTIONS,
    ...MODEL_OPTIONS,
    json: { type: "boolean", help: 'print lines {"score": …, "line": …, "text": …}' },
  },
  examples: [
    'siskin search --corpus notes.txt "how long do I have to file a claim?"',
    'siskin search --corpus book.txt --paragraphs -k 3 "срок исковой давности"',
  ],
  async run(args) {
    const query = onlyArgument(args, "one query, in quotes");
    const corpus = stringOption(args, "corpus");
    if (corpus === undefined) throw usageError("expected --corpus FILE, got none");
    const topK = integerOption(args, "top-k", 1, 1_000_000) ?? 10;
    const lines = readLines(corpus);
    const passages = await collect(booleanOption(args, "paragraphs") ? paragraphs(lines) : filledLines(lines));
    const model = await loadModel(args);
    try {
      const hits = await rank(model, query, passages, topK, args);
      for (const { score, passage } of hits) {
        if (booleanOption(args, "json")) await printJson({ score, line: passage.number, text: passage.text });
        else await print(formatHit(score, `${corpus}:${passage.number}`, passage.text));
      }
      return 0;
    } finally {
      model.dispose();
    }
  },
};

/** A text of the corpus and the number of its first line. */
type Passage = Pick<Line, "text" | "number">;

async function* filledLines(lines: AsyncIterable<Line>): AsyncGenerator<Passage> {
  for await (const { text, number } of lines) if (text.trim() !== "") yield { text, number };
}

async function* paragraphs(lines: AsyncIterable<Line>): AsyncGenerator<Passage> {
  let open: { number: number; lines: string[] } | undefined;
  const close = function* (): Generator<Passage> {
    if (open !== undefined) yield { text: open.lines.join("\n"), number: open.number };
    open = undefined;
  };
  for await (const { text, number } of lines) {
    if (text.trim() === "") yield* close();
    else if (open === undefined) open = { number, lines: [text] };
    else open.lines.push(text);
  }
  yield* close();
}

async function rank(
  model: Embedder,
  query: string,
  passages: readonly Passage[],
  topK: number,
  args: Arguments,
): Promise<{ score: number; passage: Passage }[]> {
  const { prompt, promptName, ...options } = encodeOptions(args);
  const queryVector = await model.encodeQuery(query, { ...options, prompt, promptName });
  const progress = startProgress();
  try {
    const vectors = await model.encodeDocument(
      passages.map(({ text }) => text),
      { ...options, onProgress: ({ done, total }) => progress.update(`embedded ${done} of ${total} passages`) },
    );
    const hits = semanticSearch(queryVector, vectors, { topK, similarity: model.info.similarity });
    return hits.map(({ corpusId, score }) => ({ score, passage: passages[corpusId]! }));
  } finally {
    progress.end();
  }
}

function formatHit(score: number, place: string, text: string): string {
  const head = `${score.toFixed(4)}  ${place}  `;
  return `${head}${oneLine(text, Math.max(20, columns() - head.length))}\n`;
}
