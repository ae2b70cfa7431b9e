// What a rival's process does: `node <program>.js variant cold|lat|thr workload.json [batch size]`, one line of JSON on standard
// output.
//
//   { version, peakRssKb, vectors,      of the texts in the workload's order, as base64 of float32, from the timed runs themselves
//     ms: { 8: …, 32: … }               lat: the median for one text of so many tokens
//     textsPerSecond, batchSize }       thr: texts sorted by length, in the given batch size or the program's best
//
// cold only embeds one text and prints: who started the process has the time. On one CPU a process is timed by the CPU time of all
// its threads (cpuTime): what a clock would show were the CPU its own, whatever else the machine does. protocol.py is the same in
// Python, ../candle in Rust.
import { readFileSync } from "node:fs";

const RUNS_SECONDS = 0.5; // a length, lat
const LEAST_RUNS = 6;
const WARM_UP_OF_THROUGHPUT = 0.3; // of that before latencies: its runs are long, and the search for a batch size goes before

/**
 * @param load (workload, variant) → { version, embed: (texts) → a Float32Array a text, batchSizes: those worth trying }
 */
export async function serve(load) {
  const [variant, mode, workloadFile, batchSize] = process.argv.slice(2);
  const workload = JSON.parse(readFileSync(workloadFile, "utf8"));
  const { version, embed, batchSizes } = await load(workload, variant);
  const measure = { cold, lat, thr }[mode];
  const clock = workload.cpuTime ? cpuSeconds : wallSeconds;
  const { vectors, ...figures } = await measure(embed, workload, clock, batchSize ? [Number(batchSize)] : batchSizes);
  const result = { version, ...figures, peakRssKb: peakRssKb(), vectors: base64(vectors) };
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
}

async function cold(embed, { cold: text }) {
  return { vectors: await embed([text]) };
}

async function lat(embed, { lat: lengths, warmupSeconds }, clock) {
  const every = Object.values(lengths).flat();
  await repeat(clock, warmupSeconds, (i) => embed([every[i % every.length]]));

  const ms = {};
  const vectors = [];
  for (const [length, texts] of Object.entries(lengths)) {
    const times = [];
    await repeat(clock, RUNS_SECONDS, async (i) => {
      const start = clock();
      const [vector] = await embed([texts[i % texts.length]]);
      times.push(1000 * (clock() - start));
      if (i < texts.length) vectors.push(vector);
    });
    ms[length] = times.sort((a, b) => a - b)[times.length >> 1];
  }
  return { ms, vectors };
}

async function thr(embed, { thr: texts, warmupSeconds }, clock, batchSizes) {
  const order = texts.map((_, i) => i).sort((a, b) => texts[a].length - texts[b].length);
  const pass = async (indices, batchSize) => {
    const vectors = new Array(texts.length);
    const start = clock();
    for (let i = 0; i < indices.length; i += batchSize) {
      const batch = indices.slice(i, i + batchSize);
      const made = await embed(batch.map((index) => texts[index]));
      for (const [k, index] of batch.entries()) vectors[index] = made[k];
    }
    return { seconds: clock() - start, vectors };
  };

  const sample = order.filter((_, i) => i % 4 === 0);
  await repeat(clock, warmupSeconds * WARM_UP_OF_THROUGHPUT, () => pass(sample, batchSizes[0]), 1);
  let best = { seconds: Infinity, batchSize: batchSizes[0] };
  for (const batchSize of batchSizes.length > 1 ? batchSizes : []) {
    const { seconds } = await pass(sample, batchSize);
    if (seconds < best.seconds) best = { seconds, batchSize };
  }
  const { seconds, vectors } = await pass(order, best.batchSize);
  return { textsPerSecond: texts.length / seconds, batchSize: best.batchSize, vectors };
}

/** Runs until the time is over, but a few times at least. */
async function repeat(clock, seconds, run, least = LEAST_RUNS) {
  const end = clock() + seconds;
  for (let i = 0; i < least || clock() < end; i++) await run(i);
}

function wallSeconds() {
  return performance.now() / 1000;
}

function cpuSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** The most memory that the process ever had, in 1024 bytes. */
function peakRssKb() {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]);
  } catch {
    return process.resourceUsage().maxRSS; // no /proc outside Linux
  }
}

function base64(vectors) {
  const bytes = vectors.map((vector) => Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength));
  return Buffer.concat(bytes).toString("base64");
}
