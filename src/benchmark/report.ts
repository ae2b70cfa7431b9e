import type { Measurement } from "./measure.ts";

/** Measurements as a table: GFLOP/s at the shortest and the median run, and the share of the calibrated ceiling. */
export function formatTable(measurements: readonly Measurement[], ceiling: number): string {
  const rows = measurements.map(({ name, flops, minimum, median, ofCeiling }) => [
    name,
    milliseconds(minimum),
    milliseconds(median),
    (flops / minimum / 1e9).toFixed(2),
    ofCeiling.toFixed(2),
  ]);
  const header = ["", "min ms", "median ms", "GFLOP/s", "of ceiling"];
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("  ");
  const footer = `ceiling: ${(ceiling / 1e9).toFixed(2)} GFLOP/s, multiply and add in registers, median of the run`;
  return [line(header), ...rows.map(line), footer].join("\n");
}

function milliseconds(seconds: number): string {
  return (seconds * 1000).toFixed(seconds < 0.001 ? 4 : 2);
}
