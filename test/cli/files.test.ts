import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, expect, test, vi } from "vitest";
import { readLines } from "../../dist/cli/files.js";
import { confirm } from "../../dist/cli/model.js";
import { oneLine } from "../../dist/cli/print.js";
import { startProgress } from "../../dist/cli/progress.js";
import { collect, readTexts } from "../../dist/cli/texts.js";

const folder = mkdtempSync(join(tmpdir(), "siskin-lines-"));
const path = join(folder, "x.txt");
afterAll(() => rmSync(folder, { recursive: true }));

async function lines(content: string | Uint8Array): Promise<string[]> {
  writeFileSync(path, content);
  return (await collect(readLines(path))).map(({ text }) => text);
}

test.each([
  ["", []],
  ["\n", [""]],
  ["a\nb", ["a", "b"]],
  ["a\nb\n", ["a", "b"]],
  ["a\n\n\nb\n", ["a", "", "", "b"]],
  ["\ufeffa\r\nb\r\n", ["a", "b"]],
  ["a\rb\n", ["a\rb"]],
  ["a\n\ufeffb", ["a", "\ufeffb"]],
  ["a\u2028b", ["a\u2028b"]],
])("%j has the lines %j", async (content, expected) => {
  expect(await lines(content)).toEqual(expected);
});

test("lines and characters that lie across two reads are put together", async () => {
  const long = "мама мыла раму ".repeat(20_000); // 540 KB, reads are 64 KB
  expect(await lines(`${long}\n${long}x\n`)).toEqual([long, `${long}x`]);
});

test("a line that is not UTF-8 is named", async () => {
  await expect(lines(Uint8Array.of(97, 10, 0xff, 10))).rejects.toThrow(
    expect.objectContaining({ code: "BAD_INPUT", message: `${path}:2: expected UTF-8 text, got other bytes` }),
  );
});

test("JSON lines: blank lines are skipped, other fields stay", async () => {
  const file = join(folder, "x.jsonl");
  writeFileSync(file, '\ufeff{"id":1,"text":"a"}\r\n\r\n{"text":""}\n');
  expect(await collect(readTexts(file))).toEqual([
    { text: "a", record: { id: 1, text: "a" } },
    { text: "", record: { text: "" } },
  ]);
});

test.each([
  ["no", 'expected JSON, got "no"'],
  ["[1]", 'expected an object with a string "text", got [1]'],
  ['{"text":1}', 'expected an object with a string "text", got {"text":1}'],
  ["null", 'expected an object with a string "text", got null'],
])("the line %s of JSON lines is refused by its number", async (line, message) => {
  writeFileSync(path, `{"text":"a"}\n${line}\n`);
  await expect(collect(readTexts(path, "jsonl"))).rejects.toThrow(`${path}:2: ${message}`);
});

test.each([
  ["y\n", true],
  [" YES \n", true],
  ["\n", false],
  ["n\n", false],
  ["yo\n", false],
  ["", false],
])("the answer %j is %s", async (answer, expected) => {
  const input = new PassThrough();
  const output = new PassThrough();
  input.end(answer);
  expect(await confirm("Download? [y/N] ", input, output)).toBe(expected);
  expect(String(output.read())).toContain("Download? [y/N] ");
});

test.each([
  ["a\nb\t c", 20, "a b c"],
  ["\x1b[31mred\x1b[0m\x07", 20, "[31mred [0m"],
  ["a\u2028b\u202ec", 20, "a b c"],
  ["x".repeat(100), 10, `${"x".repeat(9)}…`],
  ["😀😀😀", 3, "😀😀😀"],
  ["😀😀😀😀", 3, "😀😀…"],
])("%j on one line of %i is %j", (text, width, expected) => {
  expect(oneLine(text, width)).toBe(expected);
});

test.each([
  [0, "0123456789"],
  [5, "0123"],
])("a terminal of %i columns shows the progress %j", (columns, shown) => {
  const { isTTY, columns: before } = process.stderr;
  const now = vi.spyOn(performance, "now").mockReturnValueOnce(0).mockReturnValueOnce(5000);
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    Object.assign(process.stderr, { isTTY: true, columns });
    startProgress().update("0123456789");
    expect(write.mock.calls).toEqual([[`\r\x1b[K${shown}`]]);
  } finally {
    Object.assign(process.stderr, { isTTY, columns: before });
    now.mockRestore();
    write.mockRestore();
  }
});
