import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { dtypes, serialize } from "safetensors-ts";
import { expect, test } from "vitest";
import { rangeServer } from "./file.ts";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const README = readFileSync(join(PACKAGE, "README.md"), "utf8");

test("the examples print what their comments say", async () => {
  const folder = mkdtempSync(join(tmpdir(), "safetensors-ts-"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(PACKAGE, join(folder, "node_modules", "safetensors-ts"), "junction");
  const { url, close } = await rangeServer(
    serialize([
      { name: "table", shape: [3, 2], data: new Float32Array(6) },
      { name: "scale", dtype: "F16", shape: [2], data: new Uint16Array(2) },
    ]),
  );
  const examples = [...README.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code!);
  expect(examples).toHaveLength(6);
  for (const example of examples) {
    const code = example.replace("https://example.org/model.safetensors", url).replace("Bearer …", "Bearer x");
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", code], {
      cwd: folder,
    });
    const expected = [...example.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map(([, line]) => `${line}\n`);
    expect(expected.length).toBeGreaterThan(0);
    expect(stdout).toBe(expected.join(""));
  }
  close();
  rmSync(folder, { recursive: true });
});

test("every dtype is in the table", () => {
  for (const dtype of dtypes) expect(README).toMatch(new RegExp(`^\\|[^|]*\`${dtype}\``, "m"));
});

test("every error code is in the table", () => {
  const source = readFileSync(join(PACKAGE, "src", "errors.ts"), "utf8");
  const codes = [...source.matchAll(/^ {2}\| "(\w+)"/gm)].map(([, code]) => code!);
  expect(codes.length).toBeGreaterThan(30);
  for (const code of codes) expect(README).toContain(`\`${code}\``);
});
