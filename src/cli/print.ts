import { fileError } from "./files.ts";

/** Writes to standard output and waits until it is taken; a reader that went away is an EPIPE error. */
export function print(text: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (!error) resolve();
      else reject((error as NodeJS.ErrnoException).code === "EPIPE" ? error : fileError("standard output", error));
    });
  });
}

export function printJson(value: unknown): Promise<void> {
  return print(`${JSON.stringify(value)}\n`);
}

/** A vector as JSON numbers: nine significant digits tell every float32 from its neighbours. */
export function jsonNumbers(vector: Float32Array): number[] {
  return Array.from(vector, (x) => Number(x.toPrecision(9)));
}

/**
 * A stranger's text on one line of a terminal: no control characters and none that turn the direction of writing, white
 * space as one space, cut to a width.
 */
export function oneLine(text: string, width: number): string {
  const line = text
    .slice(0, 4 * width)
    .replace(/[\p{Cc}\s\u202a-\u202e\u2066-\u2069]+/gu, " ")
    .trim();
  const characters = Array.from(line);
  return characters.length <= width && text.length <= 4 * width ? line : `${characters.slice(0, width - 1).join("")}…`;
}

/** Columns for results: the terminal's; wide where there is none. */
export function columns(): number {
  return process.stdout.isTTY ? Math.max(40, process.stdout.columns) : 1000;
}

/** Rows of cells as aligned columns; `right` names the columns of numbers. */
export function formatTable(rows: readonly (readonly string[])[], right: ReadonlySet<number>): string {
  const widths = rows.reduce<number[]>((all, row) => row.map((cell, i) => Math.max(all[i] ?? 0, cell.length)), []);
  const format = (row: readonly string[]) =>
    row.map((cell, i) => (right.has(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join("  ");
  return rows.map((row) => `${format(row).trimEnd()}\n`).join("");
}
