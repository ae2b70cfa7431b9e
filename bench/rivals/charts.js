// Charts of a record as SVG, drawn by Vega-Lite without a browser. On white, so that they can be read in dark pages too.
import * as vega from "vega";
import { compile } from "vega-lite";
import { leastCosine, short } from "./report.js";

const OWN = "#2a6f97";
const PORTABLE = "#b8692e";
const NATIVE = "#8a929c";
const TEXT = "#24292f";
const KINDS = { domain: ["siskin", "other WebAssembly", "native code"], range: [OWN, PORTABLE, NATIVE] };

const CONFIG = {
  background: "#ffffff",
  padding: 16,
  font: 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif',
  view: { stroke: null },
  title: {
    anchor: "start",
    color: TEXT,
    fontSize: 16,
    subtitleColor: "#67707b",
    subtitleFontSize: 12,
    subtitlePadding: 6,
  },
  axis: {
    labelColor: TEXT,
    labelFontSize: 12,
    labelLimit: 400,
    titleColor: "#67707b",
    titleFontWeight: "normal",
    gridColor: "#e3e7eb",
  },
  legend: { labelLimit: 300, labelColor: TEXT, labelFontSize: 12, title: null, orient: "top" },
};

/** A bar a program: texts a second, with the cosine that goes with it. */
export function drawThroughput({ title, results }) {
  const values = results.map((row) => ({
    label: row.label,
    kind: kind(row),
    textsPerSecond: row.textsPerSecond,
    figures: `${short(row.textsPerSecond)} · cosine ${leastCosine(row.cosine).toFixed(4)}`,
  }));
  return toSvg({
    title: {
      text: `${title}: texts a second on one thread`,
      subtitle: "texts of 5 to 200 tokens; the longer the better",
    },
    width: 560,
    height: { step: 26 },
    data: { values },
    encoding: {
      y: {
        field: "label",
        type: "nominal",
        sort: byThroughput(results),
        title: null,
        axis: bare,
      },
      x: { field: "textsPerSecond", type: "quantitative", title: null, axis: { tickCount: 5 } },
    },
    layer: [
      {
        mark: { type: "bar", height: 16, cornerRadiusEnd: 2 },
        encoding: { color: { field: "kind", type: "nominal", scale: KINDS } },
      },
      {
        mark: { type: "text", align: "left", dx: 6, fontSize: 12, color: TEXT },
        encoding: { text: { field: "figures" } },
      },
    ],
  });
}

/** A bar a program and length: its latency as a multiple of siskin's in int8. */
export function drawLatency({ title, results }) {
  const int8 = results.find(({ name }) => name === "siskin-int8");
  const values = results.flatMap((row) =>
    Object.entries(row.ms).map(([length, ms]) => ({
      label: row.label,
      kind: kind(row),
      length: `${length} tokens`,
      ms,
      times: ms / int8.ms[length],
      figure: short(ms),
    })),
  );
  const lengths = Object.keys(int8.ms).map((length) => `${length} tokens`);
  return toSvg({
    title: {
      text: `${title}: milliseconds for one text on one thread`,
      subtitle: "bar: as a multiple of siskin's int8; the shorter the better",
    },
    spacing: 24,
    data: { values },
    facet: {
      column: {
        field: "length",
        type: "nominal",
        sort: lengths,
        title: null,
        header: { labelColor: TEXT, labelFontSize: 12 },
      },
    },
    spec: {
      width: 128,
      height: { step: 22 },
      encoding: {
        y: { field: "label", type: "nominal", sort: byThroughput(results), title: null, axis: bare },
        x: { field: "times", type: "quantitative", title: null, axis: { tickCount: 3 } },
      },
      layer: [
        {
          mark: { type: "bar", height: 13, cornerRadiusEnd: 2 },
          encoding: { color: { field: "kind", type: "nominal", scale: KINDS } },
        },
        {
          mark: { type: "text", align: "left", dx: 4, fontSize: 11, color: TEXT },
          encoding: { text: { field: "figure" } },
        },
      ],
    },
  });
}

const bare = { ticks: false, domain: false, labelPadding: 8 };

function byThroughput(results) {
  return [...results].sort((a, b) => b.textsPerSecond - a.textsPerSecond).map(({ label }) => label);
}

function kind({ own, portable }) {
  return own ? "siskin" : portable ? "other WebAssembly" : "native code";
}

async function toSvg(spec) {
  const view = new vega.View(vega.parse(compile({ ...spec, config: CONFIG }).spec), { renderer: "none" });
  return `${await view.toSVG()}\n`;
}
