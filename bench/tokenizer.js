// npm run bench -- tokenizer
//
// Megabytes of UTF-8 a second, ids only, one thread: siskin's scanner with an empty and with a filled cache of words, its general
// steps, and, once `npm run parity` has installed it, Hugging Face's `tokenizers` text by text and in a batch, in turns with
// siskin and with a cache that the warm-up rounds filled. All ids are compared first.
//
// The sets: Russian is XQuAD's questions and paragraphs as they are, 560 KB with 15,600 different words. The others are 500 KB
// each, made of the golden file's texts (fixtures/tokenizer/xlmr.json), of which there are 30 to 70 KB a language: seeded
// windows of 24 words, signs and spaces, one to twelve a text, so that no text comes twice. They have about 2,000 different
// words, fewer than as much of a book, which a cache of words likes, siskin's and the reference's alike. "all golden" has
// every language and random characters. There is no Thai: the golden files have none but random characters.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { compileTokenizer, loadCompiled, parseTokenizer } from "siskin/tokenizer";
import { installedPython } from "../scripts/python.js";

const inCheckout = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const readJson = (path) => JSON.parse(readFileSync(inCheckout(path), "utf8"));

const FAMILIES = {
  "XLM-R (Unigram)": "models/multilingual-e5-small/tokenizer.json",
  "MiniLM (WordPiece)": "fixtures/tokenizer/minilm-tokenizer.json",
};

const SCRIPTS = { English: /[a-z]/i, Hindi: /\p{Script=Devanagari}/u, Arabic: /\p{Script=Arabic}/u };
const SET_BYTES = 500_000;
const WINDOW = 24; // words and the spaces and signs between them: a sentence

function textSets() {
  const russian = strings(readJson("fixtures/data/xquad.ru.json")).filter((text) => /[а-я]{3}/.test(text));
  const golden = readJson("fixtures/tokenizer/xlmr.json")
    .map(([text]) => text)
    .filter((text) => text.length > 40 && text.length < 5000);
  const sets = { Russian: russian };
  for (const [name, script] of Object.entries(SCRIPTS))
    sets[name] = variations(golden.filter((text) => isOf(text, script)));
  return { ...sets, "all golden": variations(golden) };
}

/** Whether four of five letters are of a script. */
function isOf(text, script) {
  const letters = text.match(/\p{L}/gu) ?? [];
  return letters.filter((letter) => script.test(letter)).length >= 0.8 * Math.max(1, letters.length);
}

/** Texts of one to twelve windows into the given ones, every one another. */
function variations(texts) {
  const segmenter = new Intl.Segmenter("en", { granularity: "word" });
  const words = texts.map((text) => Array.from(segmenter.segment(text), ({ segment }) => segment));
  const below = seededIntegers(2026);
  const made = new Set();
  for (let bytes = 0; bytes < SET_BYTES; ) {
    const windows = Array.from({ length: 1 + below(12) }, () => {
      const from = words[below(words.length)];
      const start = below(Math.max(1, from.length - WINDOW));
      return from.slice(start, start + WINDOW).join("");
    });
    const text = windows.join(" ");
    if (made.has(text)) continue;
    made.add(text);
    bytes += Buffer.byteLength(text);
  }
  return [...made];
}

/** Integers from 0 to below a limit, the same on every machine. Marsaglia's xorshift. */
function seededIntegers(seed) {
  let state = seed;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

function strings(value) {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(strings) : [];
}

export async function benchTokenizers(rounds) {
  const python = installedPython();
  if (!python) console.log("without Hugging Face's tokenizers: `npm run parity` installs them");
  const sets = textSets();
  for (const [family, path] of Object.entries(FAMILIES)) await benchFamily(family, path, sets, rounds, python);
  loadTimes();
}

async function benchFamily(family, path, sets, rounds, python) {
  const json = readJson(path);
  const { tensors, metadata } = compileTokenizer(json, "");
  const arrays = new Map(Array.from(tensors, ([name, { data }]) => [name, data]));
  const load = () => loadCompiled(arrays, metadata);
  // Of the compiled form too: what engines compile for two kinds of vocabulary at once is a quarter slower.
  const general = loadCompiled(arrays, metadata, { general: true });
  const reference = python && (await startReference(python, inCheckout(path), sets));
  check(sets, load(), general, reference?.ids);

  console.log(`${family}, MB/s of UTF-8, median of ${rounds} rounds`);
  const rows = {};
  for (const [name, texts] of Object.entries(sets)) {
    rows[name] = await measure(name, texts, rounds, load, general, reference);
  }
  console.table(rows);
  reference?.stop();
}

function check(sets, tokenizer, general, referenceIds) {
  for (const [name, texts] of Object.entries(sets)) {
    for (const [i, text] of texts.entries()) {
      const ids = tokenizer.encode(text).ids.join();
      const wanted = (referenceIds?.[name][i] ?? general.encode(text).ids).join();
      if (ids !== wanted || general.encode(text).ids.join() !== wanted)
        throw new Error(`other ids: ${JSON.stringify(text)}`);
    }
  }
}

async function measure(name, texts, rounds, load, general, reference) {
  const megabytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / 1e6;
  const sink = { ids: new Int32Array(1 << 16), length: 0 };
  const seconds = (tokenizer) => {
    const start = performance.now();
    for (const text of texts) {
      sink.length = 0;
      tokenizer.encodeInto(text, sink);
    }
    return (performance.now() - start) / 1000;
  };
  const times = { "empty cache": [], "filled cache": [], general: [], Rust: [], "Rust, batch": [] };
  for (let round = -2; round < rounds; round++) {
    const tokenizer = load();
    const timed = { "empty cache": seconds(tokenizer), "filled cache": seconds(tokenizer), general: seconds(general) };
    const { one, batch } = (await reference?.time(name)) ?? {};
    if (round < 0) continue; // engines compile, caches fill
    for (const [key, value] of Object.entries({ ...timed, Rust: one, "Rust, batch": batch })) times[key].push(value);
  }
  const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
  const speeds = Object.fromEntries(Object.entries(times).map(([key, list]) => [key, megabytes / median(list)]));
  const ratio = speeds["empty cache"] / Math.max(speeds.Rust, speeds["Rust, batch"]);
  const row = { KB: Math.round(1000 * megabytes) };
  for (const [key, speed] of Object.entries(speeds)) if (!Number.isNaN(speed)) row[key] = Number(speed.toFixed(1));
  if (!Number.isNaN(ratio)) row["empty cache / better Rust"] = Number(ratio.toFixed(1));
  return row;
}

/** The Python process: the ids of all texts, and the times of a set when asked. */
async function startReference(python, tokenizer, sets) {
  const reference = spawn(python, [inCheckout("bench/tokenizer.py")], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: reference.stdout })[Symbol.asyncIterator]();
  const ask = async (question) => {
    reference.stdin.write(`${JSON.stringify(question)}\n`);
    return JSON.parse((await lines.next()).value);
  };
  const ids = await ask({ tokenizer, sets });
  return { ids, time: ask, stop: () => reference.stdin.end() };
}

/** From arrays or parsed JSON to the first ids, once the engine has seen none of the code before: only the first is cold. */
function loadTimes() {
  const json = readJson(FAMILIES["XLM-R (Unigram)"]);
  const { tensors, metadata } = compileTokenizer(json, "");
  const arrays = new Map(Array.from(tensors, ([name, { data }]) => [name, data]));
  const bytes = Array.from(arrays.values()).reduce((sum, array) => sum + array.byteLength, 0);
  const timeOf = (run) => {
    const start = performance.now();
    run();
    return `${(performance.now() - start).toFixed(1)} ms`;
  };
  console.log(
    `XLM-R to the first ids: compiled (${(bytes / 1e6).toFixed(1)} MB)`,
    timeOf(() => loadCompiled(arrays, metadata).encode("мама")),
  );
  console.log(
    "XLM-R to the first ids: parsed JSON",
    timeOf(() => parseTokenizer(json).encode("мама")),
  );
  console.log(
    "XLM-R: compile",
    timeOf(() => compileTokenizer(json, "")),
  );
}
