// Figures of many processes as one row a program, and the tables.

const LENGTHS = [8, 32, 128, 512];

/** The fastest process of each kind counts: what else a machine does only slows. Cosines are the worst of all processes. */
export function summarize(runs, reference) {
  return Object.entries(runs).map(([name, { cold, lat, thr }]) => ({
    name,
    version: cold[0].version,
    ms: Object.fromEntries(LENGTHS.map((length) => [length, Math.min(...lat.map(({ ms }) => ms[length]))])),
    textsPerSecond: Math.max(...thr.map(({ textsPerSecond }) => textsPerSecond)),
    batchSize: thr[0].batchSize,
    coldStartMs: Math.min(...cold.map(({ startMs }) => startMs)),
    peakRssKb: { cold: peak(cold), lat: peak(lat), thr: peak(thr) },
    cosine: {
      cold: cosines(cold, reference.cold),
      lat: cosines(lat, reference.lat),
      thr: cosines(thr, reference.thr),
    },
  }));
}

function peak(results) {
  return Math.max(...results.map(({ peakRssKb }) => peakRssKb));
}

function cosines(results, reference) {
  const wanted = rows(reference);
  const all = results.flatMap(({ vectors }) => rows(vectors).map((vector, i) => cosine(vector, wanted[i])));
  return { min: Math.min(...all), mean: all.reduce((sum, value) => sum + value, 0) / all.length };
}

function cosine(a, b) {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return ab / Math.sqrt(aa * bb);
}

const DIMENSIONS = 384;

function rows(base64) {
  const bytes = Buffer.from(base64, "base64");
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  return Array.from({ length: values.length / DIMENSIONS }, (_, i) =>
    values.subarray(i * DIMENSIONS, (i + 1) * DIMENSIONS),
  );
}

export function formatResults(results) {
  const head = ["", `ms at ${LENGTHS.join(" / ")} tokens`, "texts/s", "cold start ms", "peak MB", "cosine min / mean"];
  return table([
    head,
    ...results.map(({ name, ms, textsPerSecond, coldStartMs, peakRssKb, cosine: { thr, lat } }) => [
      name,
      LENGTHS.map((length) => short(ms[length])).join(" / "),
      short(textsPerSecond),
      coldStartMs.toFixed(0),
      (peakRssKb.thr / 1024).toFixed(0),
      `${Math.min(thr.min, lat.min).toFixed(5)} / ${thr.mean.toFixed(5)}`,
    ]),
  ]);
}

/** How many times faster siskin is: throughput, then latency a length, then cold start. */
export function formatRatios(results, own) {
  const ours = results.filter(({ name }) => own.includes(name));
  const head = [`siskin is faster: texts/s; ms at ${LENGTHS.join(" / ")}`, ...ours.map(({ name }) => name)];
  const others = results.filter(({ name }) => !own.includes(name));
  return table([head, ...others.map((rival) => [rival.name, ...ours.map((mine) => ratios(mine, rival))])]);
}

function ratios(mine, rival) {
  const latency = LENGTHS.map((length) => (rival.ms[length] / mine.ms[length]).toFixed(2)).join(" / ");
  return `${(mine.textsPerSecond / rival.textsPerSecond).toFixed(2)}×; ${latency}`;
}

function short(value) {
  return value.toFixed(value < 20 ? 1 : 0);
}

function table([head, ...body]) {
  const row = (cells) => `| ${cells.join(" | ")} |`;
  return [row(head), row(head.map(() => "---")), ...body.map(row)].join("\n");
}
