// The texts that every rival of a suite embeds: windows into the paragraphs of fixtures/tokenizer/xlmr.json (XQuAD's) in one
// language, cut at words. From one seed, so the same on every machine; lengths are counted by siskin's tokenizer, special tokens and
// the prompt with them.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseTokenizer } from "../../dist/tokenizer/index.js";

const SEED = 2026;
const SHORTEST = 5;
const LONGEST = 200;
const MEDIAN = 30;
const LATENCY_TEXTS = 6; // of each length, so that no run sees the text it has just seen
const LONGEST_PARAGRAPH = 5000; // fixtures have texts made to be long

const LETTERS = { English: /[a-z]/i, "English in ASCII": /[a-z]/i, Russian: /[а-яё]/i };

/** { cold: a short text, lat: { 8: texts of exactly 8 tokens, … }, thr: texts of mixed length }, as a suite of suites.js says */
export function makeWorkload(tokenizerFile, { language, texts, lengths }, prompt = "") {
  const tokenizer = parseTokenizer(JSON.parse(readFileSync(tokenizerFile, "utf8")));
  const tokens = (text) => tokenizer.encode(prompt + text).ids.length;
  const words = wordsOf(language);
  const random = seededFractions(SEED);

  const windowOf = (length) => {
    for (;;) {
      const start = Math.floor(random() * words.length);
      let count = 1;
      while (tokens(words.slice(start, start + count).join(" ")) < length && start + count < words.length) count++;
      const text = words.slice(start, start + count).join(" ");
      if (tokens(text) === length) return text;
    }
  };
  const shortest = Math.max(SHORTEST, tokens("") + 1);
  const thr = Array.from({ length: texts }, () => windowOf(mixedLength(random, shortest)));
  const lat = Object.fromEntries(
    lengths.map((length) => [length, Array.from({ length: LATENCY_TEXTS }, () => windowOf(length))]),
  );
  return { cold: lat[lengths[0]][0], lat, thr };
}

/** A length between the bounds, log-normal about the median. */
function mixedLength(random, shortest) {
  for (;;) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const length = Math.round(MEDIAN * Math.exp(0.8 * normal));
    if (length >= shortest && length <= LONGEST) return length;
  }
}

function wordsOf(language) {
  const file = fileURLToPath(new URL("../../fixtures/tokenizer/xlmr.json", import.meta.url));
  const words = JSON.parse(readFileSync(file, "utf8"))
    .map(([text]) => text)
    .filter((text) => text.length > 40 && text.length < LONGEST_PARAGRAPH && isMostly(LETTERS[language], text))
    .join(" ")
    .split(/\s+/u);
  return language === "English in ASCII" ? words.filter((word) => /^[!-~]+$/.test(word)) : words;
}

/** Whether four of five letters are of the alphabet. */
function isMostly(alphabet, text) {
  const letters = text.match(/\p{L}/gu) ?? [];
  return letters.filter((letter) => alphabet.test(letter)).length >= 0.8 * Math.max(1, letters.length);
}

/** Fractions of 1, the same on every machine. Marsaglia's xorshift. */
function seededFractions(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
