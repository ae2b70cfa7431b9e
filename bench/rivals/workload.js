// The texts that every rival embeds: windows into the English texts of fixtures/tokenizer/xlmr.json (XQuAD's paragraphs), cut at
// words. From one seed, so the same on every machine; lengths are counted by siskin's tokenizer, [CLS] and [SEP] with them.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseTokenizer } from "../../dist/tokenizer/index.js";

const SEED = 2026;
const TEXTS = 256;
const SHORTEST = 5;
const LONGEST = 200;
const MEDIAN = 30;
const LATENCY_TOKENS = [8, 32, 128, 512];
const LATENCY_TEXTS = 8; // of each length, so that no run sees the text it has just seen

/** { cold: a short text, lat: { 8: texts of exactly 8 tokens, … }, thr: 256 texts of mixed length } */
export function makeWorkload(tokenizerFile) {
  const tokenizer = parseTokenizer(JSON.parse(readFileSync(tokenizerFile, "utf8")));
  const tokens = (text) => tokenizer.encode(text).ids.length;
  const words = englishText().split(/\s+/u);
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
  const thr = Array.from({ length: TEXTS }, () => windowOf(mixedLength(random)));
  const lat = Object.fromEntries(
    LATENCY_TOKENS.map((length) => [length, Array.from({ length: LATENCY_TEXTS }, () => windowOf(length))]),
  );
  return { cold: lat[8][0], lat, thr };
}

/** A length between the bounds, log-normal about the median. */
function mixedLength(random) {
  for (;;) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const length = Math.round(MEDIAN * Math.exp(0.8 * normal));
    if (length >= SHORTEST && length <= LONGEST) return length;
  }
}

function englishText() {
  const file = fileURLToPath(new URL("../../fixtures/tokenizer/xlmr.json", import.meta.url));
  return JSON.parse(readFileSync(file, "utf8"))
    .map(([text]) => text)
    .filter((text) => text.length > 40 && text.length < 5000 && isEnglish(text))
    .join(" ");
}

/** Whether four of five letters are the alphabet's. */
function isEnglish(text) {
  const letters = text.match(/\p{L}/gu) ?? [];
  return letters.filter((letter) => /[a-z]/i.test(letter)).length >= 0.8 * Math.max(1, letters.length);
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
