// Figures of many processes as one row a program, and the tables on the console.

const LEAST_COSINE = 0.9; // below it a program computes something else

/**
 * @param programs { name: program of suites.js }
 * @param runs { name: { cold, lat, thr } }, a result a process
 * @param reference vectors of sentence-transformers, { cold, lat, thr }
 * @returns a row a program. The fastest process of each kind counts: what else a machine does only slows. Cosines are over all.
 */
export function summarize(programs, runs, reference) {
  return Object.entries(runs).map(([name, { cold, lat, thr }]) => {
    const { label, interpreter, own = false, portable } = programs[name];
    return {
      name,
      label,
      interpreter,
      own,
      portable,
      version: cold[0].version,
      ms: fastestOfEach(lat.map(({ ms }) => ms)),
      textsPerSecond: Math.max(...thr.map(({ textsPerSecond }) => textsPerSecond)),
      batchSize: thr[0].batchSize,
      coldStartMs: Math.min(...cold.map(({ startMs }) => startMs)),
      peakRssKb: { cold: peak(cold), lat: peak(lat), thr: peak(thr) },
      cosine: {
        cold: cosines(cold, reference.cold),
        lat: cosines(lat, reference.lat),
        thr: cosines(thr, reference.thr),
      },
    };
  });
}

/** @throws where a program's vectors are not those of the reference, but for its arithmetic */
export function checkVectors(results) {
  for (const { name, cosine } of results) {
    const least = leastCosine(cosine);
    if (!(least >= LEAST_COSINE)) {
      throw new Error(
        `${name}: expected vectors with a cosine of at least ${LEAST_COSINE} with the reference's, got ${least}`,
      );
    }
  }
}

export function leastCosine({ cold, lat, thr }) {
  return Math.min(cold.min, lat.min, thr.min);
}

/** How many times faster `mine` is in each figure. */
export function ratios(mine, rival) {
  const ms = Object.fromEntries(Object.keys(mine.ms).map((length) => [length, rival.ms[length] / mine.ms[length]]));
  return {
    textsPerSecond: mine.textsPerSecond / rival.textsPerSecond,
    ms,
    coldStartMs: rival.coldStartMs / mine.coldStartMs,
  };
}

function fastestOfEach(runs) {
  return Object.fromEntries(Object.keys(runs[0]).map((length) => [length, Math.min(...runs.map((ms) => ms[length]))]));
}

function peak(results) {
  return Math.max(...results.map(({ peakRssKb }) => peakRssKb));
}

function cosines(results, reference) {
  const wanted = rows(reference);
  const all = results.flatMap(({ vectors }) => {
    const got = rows(vectors);
    return wanted.map((vector, i) => (got[i] === undefined ? Number.NaN : cosine(vector, got[i])));
  });
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

const DIMENSIONS = 384; // of every model here

function rows(base64) {
  const bytes = Buffer.from(base64, "base64");
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  return Array.from({ length: values.length / DIMENSIONS }, (_, i) =>
    values.subarray(i * DIMENSIONS, (i + 1) * DIMENSIONS),
  );
}

export function formatResults(results) {
  const lengths = Object.keys(results[0].ms);
  const head = [
    "",
    `ms at ${lengths.join(" / ")} tokens`,
    "texts/s",
    "batch",
    "cold start ms",
    "peak MB cold / lat / thr",
    "cosine",
  ];
  return table([
    head,
    ...results.map(({ name, ms, textsPerSecond, batchSize, coldStartMs, peakRssKb, cosine }) => [
      name,
      lengths.map((length) => short(ms[length])).join(" / "),
      short(textsPerSecond),
      batchSize,
      coldStartMs.toFixed(0),
      ["cold", "lat", "thr"].map((mode) => megabytes(peakRssKb[mode])).join(" / "),
      `${leastCosine(cosine).toFixed(5)} / ${cosine.thr.mean.toFixed(5)}`,
    ]),
  ]);
}

/** How many times faster siskin is: throughput, then latency a length, then cold start. */
export function formatRatios(results) {
  const ours = results.filter(({ own }) => own);
  const lengths = Object.keys(results[0].ms);
  const head = [`siskin is faster: texts/s; ms at ${lengths.join(" / ")}; cold`, ...ours.map(({ name }) => name)];
  const line = (mine, rival) => {
    const { textsPerSecond, ms, coldStartMs } = ratios(mine, rival);
    return [[textsPerSecond], lengths.map((length) => ms[length]), [coldStartMs]]
      .map((values) => values.map((value) => value.toFixed(2)).join(" / "))
      .join("; ");
  };
  const others = results.filter(({ own }) => !own);
  return table([head, ...others.map((rival) => [rival.name, ...ours.map((mine) => line(mine, rival))])]);
}

export function megabytes(kb) {
  return ((kb * 1024) / 1e6).toFixed(0);
}

export function short(value) {
  return value.toFixed(value < 20 ? 1 : 0);
}

export function table([head, ...body]) {
  const row = (cells) => `| ${cells.join(" | ")} |`;
  return [row(head), row(head.map(() => "---")), ...body.map(row)].join("\n");
}
