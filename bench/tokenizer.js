// npm run bench -- tokenizer
//
// Megabytes of UTF-8 a second, ids only, one thread: siskin's scanner with an empty and with a filled cache of words, its general
// steps, and, once `npm run parity` has installed it, Hugging Face's `tokenizers` text by text and in a batch, in turns with
// siskin. All ids are compared first.
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

/** Questions and paragraphs in Russian; the golden file's longer texts, by script. */
function textSets() {
  const { queries, documents, ...rest } = readJson("fixtures/data/xquad.ru.json");
  const russian = strings(rest.data ?? { queries, documents, ...rest }).filter((text) => /[а-я]{3}/.test(text));
  const golden = readJson("fixtures/tokenizer/xlmr.json").map(([text]) => text);
  const long = golden.filter((text) => text.length > 40 && text.length < 5000);
  return {
    Russian: russian,
    English: long.filter((text) => /^[\x20-\x7e]+$/.test(text) && /[a-z]{3}/.test(text)),
    "all golden": long,
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
  const general = parseTokenizer(json, { general: true });
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
