// What another thread gains: one thread and two by turns, on a free machine and then with all cores busy but one. A ratio is the
// median of the rounds' own, since machines are shared and change speed.
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { load } from "siskin";

const WORDS = ["one", "two", "river", "stone", "light", "summer", "paper", "garden"];
const TEXTS = 128;

/** Prints for each dtype how many times as fast two threads are at 128 tokens and in throughput. */
export async function benchThreads(dtypes, rounds) {
  for (const dtype of dtypes) {
    const models = [await load(undefined, { dtype }), await load(undefined, { dtype, threads: 2 })];
    if (models[1].info.threads !== 2) throw new Error(`bench: expected 2 threads, got ${models[1].info.kernels}`);
    const lengths = Array.from({ length: TEXTS }, (_, i) => 5 + Math.floor(60 * ((i * 0.618) % 1) ** 2)); // 5 to 64 words
    const cases = [
      ["128 tokens", Array(5).fill([wordsOf(126)])],
      [`${TEXTS} texts of 7 to 66 tokens`, [lengths.map(wordsOf)]],
    ];
    for (const [name, calls] of cases) {
      const free = await compare(models, calls, rounds);
      const stop = occupy(availableParallelism() - 1);
      const busy = await compare(models, calls, rounds).finally(stop);
      console.log(`${dtype}, ${name}: ${line(free)}; all cores busy but one: ${line(busy)}`);
    }
    for (const model of models) model.dispose();
  }
}

/** A token each, beside the two special ones. */
function wordsOf(count) {
  return Array.from({ length: count }, (_, i) => WORDS[i % WORDS.length]).join(" ");
}

/** Milliseconds of each model, and of each round how many times as fast the second is. */
async function compare(models, calls, rounds) {
  const times = models.map(() => []);
  for (let round = -1; round < rounds; round++) {
    for (const [i, model] of models.entries()) {
      const start = performance.now();
      for (const texts of calls) await model.encode(texts);
      if (round >= 0) times[i].push((performance.now() - start) / calls.length); // the first one warms up
    }
  }
  return { times, ratios: times[0].map((time, round) => time / times[1][round]) };
}

function line({ times, ratios }) {
  const [one, two] = times.map((values) => median(values).toFixed(1));
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map((ratio) => ratio.toFixed(2));
  return `${one} → ${two} ms, ${median(ratios).toFixed(2)}× (${least} to ${most})`;
}

/** Processes that only count, as many as that; gives what ends them. */
function occupy(count) {
  const processes = Array.from({ length: count }, () => spawn(process.execPath, ["-e", "for (;;);"]));
  return () => {
    for (const each of processes) each.kill();
  };
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
