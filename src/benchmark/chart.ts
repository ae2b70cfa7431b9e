import type { Measurement } from "./measure.ts";

/** What a chart says beside its bars. */
export interface ChartLabels {
  /** "siskin 0.1.0 on a processor, node 24.1.0". */
  readonly title: string;
  /** Each variant's label and which kernels those are; the chart has them in this order. */
  readonly kernels: Readonly<Record<string, string>>;
  /** Operations a second of the calibration, which is a share of 1. */
  readonly ceiling: number;
}

const WIDTH = 960;
const MARGIN = 24;
const ROW = 20;
const BAR = 12;
const HEAD = 104; // title, explanation, axis
const GROUP = 44; // a variant's label, its kernels and the space above
const FIGURES = 132; // right of the longest bar
const NAME_SIZE = 12;
const COLORS = ["#2a6f97", "#2c8c6b", "#b8692e", "#7159a6", "#a3476b", "#5f7027"];

/**
 * Measurements as an SVG image: a bar a case, as long as its share of the ceiling, in a group for each variant. A case
 * belongs to the variant whose label its name begins with.
 */
export function formatChart(measurements: readonly Measurement[], { title, kernels, ceiling }: ChartLabels): string {
  const groups = Object.entries(kernels)
    .map(([label, text]) => ({ label, text, bars: barsOf(measurements, label) }))
    .filter(({ bars }) => bars.length > 0);
  const all = groups.flatMap(({ bars }) => bars);
  const left = MARGIN + Math.max(120, ...all.map(({ name }) => widthOf(name, NAME_SIZE))) + 10;
  const greatest = Math.max(1, ...all.map(({ ofCeiling }) => ofCeiling));
  const x = (share: number): number => round(left + (share / greatest) * (WIDTH - MARGIN - FIGURES - left));
  const bottom = HEAD + groups.reduce((sum, { bars }) => sum + GROUP + bars.length * ROW, 0) + 8;

  let y = HEAD;
  const drawn = groups.map(({ label, text, bars }, i) => {
    const top = y;
    y += GROUP + bars.length * ROW;
    return drawGroup(label, text, bars, top, COLORS[i % COLORS.length]!, x);
  });
  const gigaflops = (ceiling / 1e9).toFixed(2);
  const lines = [
    textLine(title, MARGIN, 38, 'class="title"', WIDTH - 2 * MARGIN, 17),
    textLine(
      `bar: median share of the ceiling, ${gigaflops} GFLOP/s of float32 in registers; beside it GFLOP/s of the shortest run`,
      MARGIN,
      60,
      'class="quiet"',
      WIDTH - 2 * MARGIN,
      NAME_SIZE,
    ),
    ...ticksUpTo(greatest).flatMap((share) => drawTick(share, x(share), bottom)),
    ...drawn.flat(),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${bottom + 40}" viewBox="0 0 ${WIDTH} ${bottom + 40}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    "<style>",
    'text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: #24292f; }',
    ".title { font-size: 17px; font-weight: 600; } .group { font-size: 14px; font-weight: 600; }",
    ".name, .figures, .quiet, .tick { font-size: 12px; } .quiet, .tick, tspan { fill: #67707b; }",
    ".tick { text-anchor: middle; } .name { text-anchor: end; } .figures { font-variant-numeric: tabular-nums; }",
    ".figures, .name { paint-order: stroke; stroke: #ffffff; stroke-width: 4px; stroke-linejoin: round; }", // over the axis
    "</style>",
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...lines,
    "</svg>\n",
  ].join("\n");
}

/** The measurements of a variant, their names without its label. */
function barsOf(measurements: readonly Measurement[], label: string): Measurement[] {
  const prefix = `${label}: `;
  return measurements
    .filter(({ name }) => name.startsWith(prefix))
    .map((measurement) => ({ ...measurement, name: cut(measurement.name.slice(prefix.length), 52) }));
}

/** Round numbers from 0 to the greatest share, 1 among them. */
function ticksUpTo(greatest: number): number[] {
  const step = greatest <= 1.25 ? 0.25 : greatest <= 3 ? 0.5 : Math.ceil(greatest / 8);
  const ticks = Array.from({ length: Math.floor(greatest / step) + 1 }, (_, i) => i * step);
  return ticks.includes(1) ? ticks : [0, 1, ...ticks.slice(1)];
}

function drawTick(share: number, x: number, bottom: number): string[] {
  const stroke = share === 1 ? 'stroke="#8a929c" stroke-dasharray="4 3"' : 'stroke="#e3e7eb"';
  const label = share === 1 ? "1 = ceiling" : String(share);
  return [
    `<line x1="${x}" y1="${HEAD - 4}" x2="${x}" y2="${bottom}" ${stroke}/>`,
    ...[HEAD - 10, bottom + 16].map((y) => `<text class="tick" x="${x}" y="${y}">${label}</text>`),
  ];
}

function drawGroup(
  label: string,
  text: string,
  bars: readonly Measurement[],
  top: number,
  color: string,
  x: (share: number) => number,
): string[] {
  const labelWidth = widthOf(label, 14) * 1.1;
  return [
    `<rect x="${MARGIN}" y="${top + 12}" width="${WIDTH - 2 * MARGIN}" height="24" fill="#f4f6f8"/>`,
    `<text class="group" x="${MARGIN + 8}" y="${top + 29}">${escapeXml(label)}</text>`,
    textLine(text, MARGIN + 24 + labelWidth, top + 28, 'class="quiet"', WIDTH - 2 * MARGIN - 32 - labelWidth, 12),
    ...bars.flatMap(({ name, ofCeiling, flops, minimum }, i) => {
      const middle = top + GROUP + i * ROW + ROW / 2;
      const end = x(ofCeiling);
      return [
        `<text class="name" x="${x(0) - 10}" y="${middle + 4}">${escapeXml(name)}</text>`,
        `<rect x="${x(0)}" y="${middle - BAR / 2}" width="${round(Math.max(1, end - x(0)))}" height="${BAR}" rx="2" fill="${color}"/>`,
        `<text class="figures" x="${round(Math.max(end, x(0) + 1) + 8)}" y="${middle + 4}">${ofCeiling.toFixed(2)}` +
          `<tspan dx="8">${(flops / minimum / 1e9).toFixed(2)} GFLOP/s</tspan></text>`,
      ];
    }),
  ];
}

/** A text cut to what fits into a width. */
function textLine(text: string, x: number, y: number, attributes: string, width: number, size: number): string {
  const fitting = cut(text, Math.floor(width / widthOf("x", size)));
  return `<text ${attributes} x="${round(x)}" y="${y}">${escapeXml(fitting)}</text>`;
}

/** About how wide a text is: SVG cannot measure it, and the reader's font is not known. */
function widthOf(text: string, size: number): number {
  return Array.from(text).length * size * 0.56;
}

function cut(text: string, length: number): string {
  const characters = Array.from(text);
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join("")}…`;
}

/** As XML has it; of what it cannot contain, a space. */
function escapeXml(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Surrogate}\ufffe\uffff]/gu, " ")
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
