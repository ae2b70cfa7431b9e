import { formatChart } from "siskin/benchmark";
import { expect, test } from "vitest";

const measurement = (name: string, ofCeiling: number) => ({ name, flops: 2e9, minimum: 0.1, median: 0.2, ofCeiling });
const kernels = { float32: "relaxed", "float32 deterministic": "strict", int8: "<dots> & sums" };
const chart = (measurements: Parameters<typeof formatChart>[0], title = "siskin") =>
  formatChart(measurements, { title, kernels, ceiling: 40e9 });

/** What stands in the chart as text, of a class. */
function texts(svg: string, kind: string): string[] {
  const found = svg.matchAll(new RegExp(`<text class="${kind}"[^>]*>(.*?)</text>`, "g"));
  return [...found].map(([, text]) => text!.replace(/<[^>]+>/g, " ").trim());
}

const barWidths = (svg: string) =>
  [...svg.matchAll(/<rect [^>]*width="([\d.]+)"[^>]* rx="2"/g)].map(([, width]) => Number(width));

test("a bar a case, grouped by variant, with share and GFLOP/s", () => {
  const svg = chart([
    measurement("int8: linear", 2),
    measurement("float32 deterministic: linear", 0.5),
    measurement("float32: linear", 1),
    measurement("float32: attention", 0.25),
  ]);
  expect(texts(svg, "group")).toEqual(["float32", "float32 deterministic", "int8"]);
  expect(texts(svg, "name")).toEqual(["linear", "attention", "linear", "linear"]);
  expect(texts(svg, "figures")).toEqual([
    "1.00 20.00 GFLOP/s",
    "0.25 20.00 GFLOP/s",
    "0.50 20.00 GFLOP/s",
    "2.00 20.00 GFLOP/s",
  ]);
  const [float32, attention, strict, int8] = barWidths(svg);
  for (const [width, share] of [
    [attention, 0.25],
    [strict, 0.5],
    [int8, 2],
  ] as const) {
    expect(width! / float32!).toBeCloseTo(share, 3);
  }
  expect(texts(svg, "tick")).toEqual(["0", "0", "0.5", "0.5", "1 = ceiling", "1 = ceiling", "1.5", "1.5", "2", "2"]);
});

test.each([0.3, 1, 1.3, 3.4, 30])("the axis has the ceiling, and no bar leaves the image, at %d", (share) => {
  const svg = chart([measurement("int8: linear", share)]);
  expect(texts(svg, "tick")).toContain("1 = ceiling");
  expect(texts(svg, "tick").length).toBeLessThan(24);
  expect(Math.max(...barWidths(svg))).toBeLessThan(800);
});

test("strangers' texts are escaped, cut, and without what XML cannot contain", () => {
  const svg = chart([measurement(`int8: ${"<b>\u0001\ud800".repeat(40)}`, 1)], `"<script>" & 'co'`);
  expect(svg).not.toMatch(/<script|<b>|<dots|[\p{Cs}\0-\x08]/u);
  expect(svg).toContain("&#34;&#60;script&#62;&#34; &#38; &#39;co&#39;");
  expect(texts(svg, "quiet")).toContain("&#60;dots&#62; &#38; sums");
  expect(texts(svg, "name")[0]).toMatch(/…$/);
});

test("no measurements give an image without bars", () => {
  expect(barWidths(chart([]))).toEqual([]);
});
