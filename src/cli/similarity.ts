import { booleanOption } from "./arguments.ts";
import type { Command } from "./command.ts";
import { EXAMPLE_TEXTS } from "./example-texts.ts";
import { ENCODE_OPTIONS, encodeOptions, loadModel, MODEL_OPTIONS } from "./model.ts";
import { columns, jsonNumbers, oneLine, print, printJson } from "./print.ts";
import { collect, inputTexts, TEXT_NOTES, TEXT_OPTIONS } from "./texts.ts";

export const similarity: Command = {
  name: "similarity",
  summary: "print how similar texts are to each other",
  usage: "[options] [TEXT… | --input FILE | -]",
  notes: [
    "Prints the texts, then their matrix: the number in row i, column j is the similarity of texts i and j, by the model's own measure. Without texts it takes three sentences of Russian court documents as an example.",
    ...TEXT_NOTES,
  ],
  options: {
    ...TEXT_OPTIONS,
    ...ENCODE_OPTIONS,
    ...MODEL_OPTIONS,
    json: { type: "boolean", help: 'print {"texts": [...], "similarity": [[...]]}' },
  },
  examples: [
    "siskin similarity",
    'siskin similarity "a cat" "кошка" "a court"',
    "siskin similarity --json -i texts.txt",
  ],
  async run(args) {
    const given = inputTexts(args);
    const texts = given === undefined ? EXAMPLE_TEXTS : (await collect(given)).map(({ text }) => text);
    const model = await loadModel(args);
    try {
      const vectors = await model.encode(texts, encodeOptions(args));
      const matrix = model.similarity(vectors, vectors);
      if (booleanOption(args, "json")) await printJson({ texts, similarity: matrix.map(jsonNumbers) });
      else
        await print(
          `${texts.map((text, i) => `${i + 1}  ${oneLine(text, columns() - 6)}\n`).join("")}\n${formatMatrix(matrix)}`,
        );
      return 0;
    } finally {
      model.dispose();
    }
  },
};

/** Four decimals, in columns. */
function formatMatrix(matrix: readonly Float32Array[]): string {
  const cells = matrix.map((row) => Array.from(row, (x) => x.toFixed(4)));
  const width = Math.max(0, ...cells.map((row) => Math.max(...row.map((cell) => cell.length))));
  return cells.map((row) => `${row.map((cell) => cell.padStart(width)).join("  ")}\n`).join("");
}
