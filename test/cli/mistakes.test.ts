import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BIN, failure, siskin, writeTinyModel } from "./run.ts";

const ROOT = dirname(fileURLToPath(new URL("../../package.json", import.meta.url)));
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "siskin-mistakes-"));
  writeTinyModel(join(folder, "model"));
  writeFileSync(join(folder, "latin1.txt"), Uint8Array.of(0xe9, 10));
  writeFileSync(join(folder, "bad.jsonl"), '{"text":"a"}\n{"text":');
  writeFileSync(join(folder, "page.safetensors"), "<!DOCTYPE html>");
  writeFileSync(join(folder, "texts.txt"), "a\n");
});

afterAll(() => rmSync(folder, { recursive: true }));

test("help names all commands; each command's help shows its options and examples", async () => {
  const { code, stdout } = await siskin(["--help"]);
  expect(code).toBe(0);
  const commands = [...stdout.matchAll(/^ {2}(\w+) {2,}\S/gm)].map(([, name]) => name!);
  expect(commands).toEqual(
    expect.arrayContaining(["embed", "similarity", "search", "tokenize", "inspect", "compile", "verify"]),
  );
  for (const command of commands) {
    const help = await siskin([command, "--help"]);
    expect(help.code).toBe(0);
    expect(help.stdout).toMatch(new RegExp(`^siskin ${command}: .+\\n\\nusage: siskin ${command} `));
    expect(help.stdout).toContain("--help");
    expect(help.stdout).toContain(`examples:\n  `);
    expect(help.stdout).toContain(`siskin ${command}`);
    expect(Math.max(...help.stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(120);
    expect((await siskin(["help", command])).stdout).toBe(help.stdout);
  }
});

test("the version is the package's", async () => {
  const { default: manifest } = await import("../../package.json", { with: { type: "json" } });
  for (const option of ["--version", "-V"]) {
    expect(await siskin([option])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: "" });
  }
});

test("no command is a mistake that shows the help", async () => {
  const { code, stdout, stderr } = await siskin([]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain("usage: siskin COMMAND");
});

test.each([
  [["embedd", "a"], "unknown command embedd: did you mean embed?"],
  [["constructor"], "unknown command constructor: siskin --help lists the commands"],
  [["--model", "x"], "unknown option --model: siskin --help lists the commands"],
  [["embed", "--dimension", "4", "a"], "unknown option --dimension: did you mean --dimensions?"],
  [["embed", "a", "-i", "x"], 'expected texts or --input, got both: --input x and "a"'],
  [["embed", "a", "-"], "expected texts or - for standard input, got both"],
  [["embed", "a", "-o", "x.csv"], '--output: expected a name that ends in .jsonl, .npy or .safetensors, got "x.csv"'],
  [["embed", "a", "--format", "csv"], '--format: expected lines or jsonl, got "csv"'],
  [["embed", "a", "--dimensions", "0"], '--dimensions: expected an integer from 1 to 1000000, got "0"'],
  [["embed", "a", "--dimensions", "13"], "encode: dimensions must be an integer from 1 to 12, got 13"],
  [["embed", "a", "--prompt-name", "nope"], 'encode: promptName must be one of "query", "passage", got "nope"'],
  [["embed", "a", "--normalize", "--no-normalize"], "expected --normalize or --no-normalize, got both"],
  [["embed", "a", "--threads", "two"], '--threads: expected an integer from 1 to 1024, got "two"'],
  [["embed", "a", "--dtype", "float8"], 'load: dtype must be one of "float32", "int16", "int8", got "float8"'],
  [["search", "a"], "expected --corpus FILE, got none"],
  [["search", "--corpus", "x"], "expected one query, in quotes, got none"],
  [["search", "--corpus", "x", "how", "long"], "expected one query, in quotes, got 2 arguments"],
  [["search", "--corpus", "x", "-k", "0", "a"], '--top-k: expected an integer from 1 to 1000000, got "0"'],
  [["tokenize"], "expected texts, --input FILE, or - for standard input, got none"],
  [["compile"], "expected one tokenizer.json or model's folder, got none"],
  [["verify"], "expected one reference file, got none"],
  [["verify", "x.npy", "--tolerance", "small"], '--tolerance: expected a number of at least 0, got "small"'],
  [["inspect"], "expected one file, got none"],
  [["inspect", "a", "b"], "expected one file, got 2 arguments"],
])("%j is a mistake: exit code 2", async (args, message) => {
  const model = args.length > 1 && args[0] === "embed" ? ["--model", "model"] : [];
  expect(await failure([...args, ...model], 2, { cwd: folder })).toBe(message);
});

test.each([
  [["embed", "-i", "absent.txt"], "absent.txt: no such file"],
  [["embed", "-i", "model"], "model: is a folder"],
  [["embed", "-i", "latin1.txt"], "latin1.txt:1: expected UTF-8 text, got other bytes"],
  [["embed", "-i", "bad.jsonl"], 'bad.jsonl:2: expected JSON, got "{\\"text\\":"'],
  [["embed", "a", "-o", "absent/x.jsonl"], "absent/x.jsonl: no such folder"],
  [["embed", "a", "-o", "absent/x.npy"], "absent/x.npy: no such folder"],
  [["embed", "a", "-o", "texts.txt/x.npy"], "texts.txt/x.npy: a part of the path is a file"],
  [["search", "--corpus", "absent.txt", "a"], "absent.txt: no such file"],
  [["verify", "absent.jsonl"], "absent.jsonl: no such file"],
  [["tokenize", "-i", "absent.txt"], "absent.txt: no such file"],
  [["verify", "texts.txt"], "texts.txt: expected a .jsonl, .npy or .safetensors file, got another ending"],
])("%j fails in one line: exit code 1", async (args, message) => {
  expect(await failure([...args, "--model", "model"], 1, { cwd: folder })).toBe(message);
});

test("inspect tells a page from a safetensors file, an absent file and a folder", async () => {
  expect(await failure(["inspect", "page.safetensors"], 1, { cwd: folder })).toContain("an HTML page");
  expect(await failure(["inspect", "absent.safetensors"], 1, { cwd: folder })).toBe("absent.safetensors: no such file");
  expect(await failure(["inspect", "model"], 1, { cwd: folder })).toBe("model: is a folder");
});

test.runIf(existsSync("/dev/full"))("a full disk under standard output reads as one under a file", () => {
  const args = [BIN, "embed", "a", "--model", join(folder, "model")];
  const { status, stderr } = spawnSync(process.execPath, args, {
    stdio: ["ignore", openSync("/dev/full", "w"), "pipe"],
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 1, stderr: "siskin: standard output: no space left\n" });
});

test("a checkout that was not built says so in one line", async () => {
  const unbuilt = join(folder, "unbuilt");
  mkdirSync(join(unbuilt, "bin"), { recursive: true });
  cpSync(BIN, join(unbuilt, "bin/siskin.js"));
  writeFileSync(join(unbuilt, "package.json"), '{ "type": "module" }');
  expect(await failure(["similarity"], 1, { bin: join(unbuilt, "bin/siskin.js") })).toMatch(
    /^not built: run `npm ci --include=dev` in .*unbuilt/,
  );
});

test("compile tells what is no tokenizer, and what is absent", async () => {
  const refused = (name: string) => failure(["compile", name], 1, { cwd: folder });
  expect(await refused("absent.json")).toBe("absent.json: no such file");
  expect(await refused("texts.txt")).toBe("texts.txt: expected JSON, got other content");
  expect(await refused("model/config.json")).toMatch(/^config\.json: |^tokenizer\.json: /);
});

test("standard input that is not UTF-8 is named by its line", async () => {
  expect(
    await failure(["embed", "-", "--model", "model"], 1, { cwd: folder, stdin: Uint8Array.of(97, 10, 0xff) }),
  ).toBe("standard input:2: expected UTF-8 text, got other bytes");
});

test("a model that is nowhere is said", async () => {
  expect(await failure(["embed", "a", "--model", "no/such/model"], 1, { cwd: folder })).toBe(
    'load: expected an existing folder, a URL (http, https, file) or a hub id "org/name", got "no/such/model", which is none of them',
  );
  expect(
    await failure(["embed", "a", "--model", "org/name", "--offline", "--cache-dir", "cache"], 1, { cwd: folder }),
  ).toBe(`load: org/name@main: expected a cached model with localFilesOnly, got none in ${join(folder, "cache")}`);
});

test("without the default model the error says how to install it, and nothing is asked or downloaded", async () => {
  const app = join(folder, "app/node_modules");
  mkdirSync(join(app, "siskin"), { recursive: true });
  for (const name of ["bin", "bundle", "package.json"])
    cpSync(join(ROOT, name), join(app, "siskin", name), { recursive: true });
  symlinkSync(join(ROOT, "packages/safetensors-ts"), join(app, "safetensors-ts"));
  const options = {
    bin: join(app, "siskin/bin/siskin.js"),
    cwd: join(folder, "app"),
    env: { HF_ENDPOINT: "http://127.0.0.1:9" },
  };
  expect(await failure(["similarity"], 1, options)).toBe(
    "load: expected a model or the installed package siskin-multilingual-e5-small, got neither: npm i siskin-multilingual-e5-small, or name a model",
  );
});
