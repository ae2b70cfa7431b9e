import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "siskin";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { concatenate, expectClose, scaleOf, smallestCosine } from "../support/compare.ts";
import { hiddenStates } from "../support/layers.ts";
import { inCheckout, TINY_MODELS } from "../support/paths.ts";
import { type Random, random } from "../support/random.ts";
import { type Reference, readReference } from "../support/reference.ts";

const SEED = 20_261_124;
const PYTHON = process.env["SISKIN_PYTHON"]!; // test/parity/run.js sets it
const E5 = inCheckout("models/multilingual-e5-small");
const temporary = mkdtempSync(join(tmpdir(), "siskin-parity-"));
afterAll(() => rmSync(temporary, { recursive: true }));

interface Job {
  readonly folder: string;
  readonly texts: readonly string[];
  readonly promptName?: string | undefined;
}

function python(script: string, args: readonly string[], input = ""): string {
  const stdio = ["pipe", "pipe", "inherit"] as const;
  return execFileSync(PYTHON, [inCheckout(script), ...args], { input, stdio: [...stdio], encoding: "utf8" });
}

/** What sentence-transformers computes, in float64, for the texts of each job. */
function compute(jobs: readonly Job[]): Reference[] {
  const given = jobs.map((job) => ({ ...job, out: mkdtempSync(join(temporary, "out-")) }));
  python("test/parity/models.py", ["compare"], JSON.stringify(given));
  return given.map(({ out }) => readReference(out));
}

/** Ids, embeddings and hidden states of siskin's model against the reference's. */
async function expectSame(folder: string, reference: Reference, embeddings: number, hidden = 1e-5): Promise<void> {
  const { texts, ids, promptName } = reference;
  using model = await load(folder);
  const prompt = promptName === undefined ? "" : model.info.prompts[promptName]!;
  const maxLength = model.info.maxTokens;
  for (const [i, text] of texts.entries()) {
    expect(model.tokenizer.encode(prompt + text, { maxLength }).ids, text).toEqual(ids[i]);
  }
  expectClose(concatenate(await model.encode(texts, { promptName })), reference.embeddings, embeddings, [
    "text",
    "component",
  ]);
  const states = await hiddenStates(folder, ids[0]!);
  expectClose(states, reference.hiddenStates, hidden, ["layer", "token", "component"]);
}

/** Questions and paragraphs that no fixture has, of every length, and texts in other scripts. */
function realTexts(count: number): string[] {
  const { data } = JSON.parse(readFileSync(inCheckout("fixtures/data/xquad.ru.json"), "utf8")) as {
    data: { paragraphs: { context: string; qas: { question: string }[] }[] }[];
  };
  const paragraphs = data.flatMap((article) => article.paragraphs);
  const source = random(SEED);
  const texts = Array.from({ length: count }, (_, i) => {
    const { context, qas } = source.pick(paragraphs);
    return i % 3 === 0 ? context : source.pick(qas).question;
  });
  return [
    "The quick brown fox — naïve café, 3½ × 10⁻⁵ ﬁn!",
    ...texts,
    paragraphs
      .slice(0, 6)
      .map(({ context }) => context)
      .join(" "), // over the model's length
    "東京は日本の首都です。人口は約1400万人。",
    "สวัสดีครับ ยินดีต้อนรับ",
    "مرحبا بالعالم 🙂👩‍👩‍👧",
    "",
  ];
}

describe("multilingual-e5-small, 4 bits", () => {
  test.each(["query", "passage"])("%s: 20 texts live", async (promptName) => {
    const [reference] = compute([{ folder: E5, texts: realTexts(15), promptName }]);
    await expectSame(E5, reference!, 5e-7);
  });
});

describe("all-MiniLM-L6-v2", () => {
  let folder: string;
  beforeAll(() => {
    folder = python("test/parity/models.py", ["minilm"]).trim();
  });

  test("the golden texts", async () => {
    const reference = readReference(inCheckout("fixtures/golden/minilm-l6"));
    expect(reference.texts.length).toBeGreaterThan(50);
    await expectSame(folder, reference, 5e-7);
  });

  test.each([
    ["int16", 0.9999],
    ["int8", 0.997],
  ] as const)("the golden texts in %s: a cosine of at least %d", async (dtype, least) => {
    const { texts, embeddings } = readReference(inCheckout("fixtures/golden/minilm-l6"));
    for (const deterministic of [false, true]) {
      using model = await load(folder, { dtype, deterministic });
      const cosine = smallestCosine(concatenate(await model.encode(texts)), embeddings);
      console.log(`${dtype}${deterministic ? " deterministic" : ""}: smallest cosine ${cosine}`);
      expect(cosine).toBeGreaterThanOrEqual(least);
    }
  });

  test("20 texts live", async () => {
    const [reference] = compute([{ folder, texts: realTexts(15) }]);
    await expectSame(folder, reference!, 5e-7);
  });
});

describe("the models of fixtures/tiny", () => {
  const made = join(temporary, "tiny");
  let references: Reference[];
  beforeAll(() => {
    mkdirSync(made);
    python("fixtures/make_fixtures.py", [made]);
    const source = random(SEED);
    references = compute(
      TINY_MODELS.map((name) => ({
        folder: join(made, name),
        texts: Array.from({ length: 20 }, () => randomText(source)),
        promptName: readReference(join(made, name)).promptName,
      })),
    );
  });

  test.each(TINY_MODELS)("%s: made anew, its files are the same", (name) => {
    const stored = inCheckout(`fixtures/tiny/${name}`);
    const files = filesIn(stored);
    expect(filesIn(join(made, name))).toEqual(files);
    for (const file of files) {
      if (file === "cases.json" || file === "reference.safetensors") continue; // processors may round differently
      expect(readFileSync(join(made, name, file)).equals(readFileSync(join(stored, file))), file).toBe(true);
    }
    const [fresh, old] = [readReference(join(made, name)), readReference(stored)];
    expect(fresh.ids).toEqual(old.ids);
    expectClose(fresh.embeddings.data, old.embeddings, 1e-7 * scaleOf(old.embeddings), ["text", "component"]);
  });

  test.each([...TINY_MODELS.entries()])("%i %s: 20 random texts live", async (i, name) => {
    const reference = references[i]!;
    await expectSame(join(made, name), reference, 1e-6 * scaleOf(reference.embeddings));
  });
});

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

function randomText(source: Random): string {
  const parts = [
    "the ",
    "siskin ",
    "sings ",
    "an alder",
    " (",
    ")",
    ". ",
    "\n",
    "É",
    "雀",
    "🙂",
    "[MASK]",
    "</s>",
    "<pad> ",
    "x",
  ];
  return Array.from({ length: source.integer(1, 16) }, () => source.pick(parts)).join("");
}
