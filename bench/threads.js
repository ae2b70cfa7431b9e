// What another thread gains: one thread and two by turns, on a free machine and then with all cores busy but one. A ratio is the
// median of the rounds' own, since machines are shared and change speed. A shared machine may not grant a second core at all
// times: two loops that only count, before and after each run of two threads, tell how much of it there was, and beside the
// median of all rounds stands that of the rounds in which it was whole.
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { load } from "siskin";

const WORDS = ["one", "two", "river", "stone", "light", "summer", "paper", "garden"];
const TEXTS = 128;
const COUNTING = 20; // milliseconds
const WHOLE = 1.9; // times as much as one loop that two count where both have a core

/** Prints for each dtype how many times as fast two threads are at 128 tokens and in throughput. */
export async function benchThreads(dtypes, rounds) {
  const counter = createCounter();
  for (const dtype of dtypes) {
    const models = [await load(undefined, { dtype }), await load(undefined, { dtype, threads: 2 })];
    if (models[1].info.threads !== 2) throw new Error(`bench: expected 2 threads, got ${models[1].info.kernels}`);
    const lengths = Array.from({ length: TEXTS }, (_, i) => 5 + Math.floor(60 * ((i * 0.618) % 1) ** 2)); // 5 to 64 words
    const cases = [
      ["128 tokens", Array(5).fill([wordsOf(126)])],
      [`${TEXTS} texts of 7 to 66 tokens`, [lengths.map(wordsOf)]],
    ];
    for (const [name, calls] of cases) {
      const free = await compare(models, calls, rounds, counter.granted);
      const stop = occupy(availableParallelism() - 1);
      const busy = await compare(models, calls, rounds).finally(stop);
      console.log(`${dtype}, ${name}: ${line(free)}, ${granted(free)}; all cores busy but one: ${line(busy)}`);
    }
    for (const model of models) model.dispose();
  }
  await counter.end();
}

/** A token each, beside the two special ones. */
function wordsOf(count) {
  return Array.from({ length: count }, (_, i) => WORDS[i % WORDS.length]).join(" ");
}

/** Milliseconds of each model, and of each round how many times as fast the second is, and how many cores it was granted. */
async function compare(models, calls, rounds, grantedCores = () => 0) {
  const times = models.map(() => []);
  const cores = [];
  for (let round = -1; round < rounds; round++) {
    let before = 0;
    for (const [i, model] of models.entries()) {
      if (i === 1) before = grantedCores();
      const start = performance.now();
      for (const texts of calls) await model.encode(texts);
      if (round >= 0) times[i].push((performance.now() - start) / calls.length); // the first one warms up
    }
    if (round >= 0) cores.push(Math.min(before, grantedCores()));
  }
  return { times, cores, ratios: times[0].map((time, round) => time / times[1][round]) };
}

function line({ times, ratios }) {
  const [one, two] = times.map((values) => median(values).toFixed(1));
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map((ratio) => ratio.toFixed(2));
  return `${one} → ${two} ms, ${median(ratios).toFixed(2)}× (${least} to ${most})`;
}

function granted({ ratios, cores }) {
  const whole = ratios.filter((_, round) => cores[round] >= WHOLE);
  const where = `in ${whole.length} of ${ratios.length} rounds with two whole cores`;
  return whole.length > 0 ? `${median(whole).toFixed(2)}× ${where}` : where;
}

/** Gives how many times as much two threads count as one, on this thread and one that sleeps otherwise. */
function createCounter() {
  const shared = new Int32Array(new SharedArrayBuffer(8)); // whether to count, what was counted
  const worker = new Worker(
    `const { workerData } = require("node:worker_threads");
     const count = ${count};
     for (;;) {
       Atomics.wait(workerData, 0, 0);
       Atomics.store(workerData, 1, count(${COUNTING}));
       Atomics.store(workerData, 0, 0);
       Atomics.notify(workerData, 0);
     }`,
    { eval: true, workerData: shared },
  );
  return {
    granted() {
      const alone = count(COUNTING);
      Atomics.store(shared, 0, 1);
      Atomics.notify(shared, 0);
      const own = count(COUNTING);
      Atomics.wait(shared, 0, 1);
      return (own + shared[1]) / alone;
    },
    end: () => worker.terminate(),
  };
}

function count(milliseconds) {
  const end = performance.now() + milliseconds;
  let counted = 0;
  do for (let i = 0; i < 2000; i++) counted = (counted + 1) | 0;
  while (performance.now() < end);
  return counted;
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
