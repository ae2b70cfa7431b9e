import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse, serialize, toFloat32 } from "safetensors-ts";
import { type Embedder, load, readNpy, writeNpy } from "siskin";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inCheckout } from "../support/paths.ts";
import { BIN, failure, siskin, writeTinyModel } from "./run.ts";

let folder: string;
let model: Embedder;
const inFolder = (name: string) => join(folder, name);
const use = (...args: string[]) => [...args, "--model", inFolder("model")];
const jsonLines = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "siskin-cli-"));
  writeTinyModel(inFolder("model"));
  model = await load(inFolder("model"));
  writeFileSync(inFolder("corpus.txt"), "\ufeffa stone\r\n\r\nriver b\r\nstones c\r\n");
});

afterAll(() => {
  model.dispose();
  rmSync(folder, { recursive: true });
});

/** The vector as JSON lines give it. */
const written = (vector: Float32Array) => Array.from(vector, (x) => Number(x.toPrecision(9)));

test("embed prints a line a text, in order", async () => {
  const { code, stdout, stderr } = await siskin(use("embed", "a river", "stone b"));
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const vectors = await model.encode(["a river", "stone b"]);
  expect(jsonLines(stdout)).toEqual([
    { text: "a river", embedding: written(vectors[0]!) },
    { text: "stone b", embedding: written(vectors[1]!) },
  ]);
  expect(Float32Array.from(jsonLines(stdout)[0].embedding)).toEqual(vectors[0]);
});

test("embed reads standard input, an empty line being an empty text", async () => {
  const { stdout } = await siskin(use("embed", "-"), { stdin: "a\n\nb\n" });
  expect(jsonLines(stdout).map(({ text }) => text)).toEqual(["a", "", "b"]);
});

test("embed reads what is piped in without -, and does not wait where nothing can come", async () => {
  expect(await siskin(use("embed"), { stdin: "a\n\nb\n" })).toEqual(await siskin(use("embed", "a", "", "b")));
  const { stdout } = await siskin(use("embed", "--format", "jsonl"), { stdin: '{"id":7,"text":"a"}\n' });
  expect(jsonLines(stdout)[0]).toMatchObject({ id: 7, text: "a" });
  for (const nothing of ["</dev/null", "<&-"]) {
    const run = spawnSync("sh", ["-c", `"$0" "$@" ${nothing}`, process.execPath, BIN, ...use("embed")], {
      encoding: "utf8",
      timeout: 60_000,
    });
    expect({ status: run.status, stdout: run.stdout, stderr: run.stderr }).toEqual({
      status: 0,
      stdout: "",
      stderr: "",
    });
  }
});

test("embed keeps the other fields of JSON lines, and leaves the text out when asked", async () => {
  writeFileSync(inFolder("in.jsonl"), '{"id":7,"text":"a"}\n');
  const { stdout } = await siskin(use("embed", "--no-text", "-i", inFolder("in.jsonl"), "-o", "-"));
  expect(jsonLines(stdout)).toEqual([{ id: 7, embedding: written(await model.encode("a")) }]);
});

test("embed takes prompts, dimensions and normalize as the library does", async () => {
  const options = ["--prompt-name", "query", "--dimensions", "4", "--normalize"];
  const { stdout } = await siskin(use("embed", "a", ...options));
  const vector = await model.encode("a", { promptName: "query", dimensions: 4, normalize: true });
  expect(jsonLines(stdout)[0].embedding).toEqual(written(vector));
  const prompted = await siskin(use("embed", "a", "--prompt", "query : ", "--no-normalize"));
  expect(jsonLines(prompted.stdout)[0].embedding).toEqual(written(await model.encode("a", { prompt: "query : " })));
});

test("embed writes JSON lines, NumPy and safetensors files, more texts than a group", async () => {
  const texts = Array.from({ length: 1030 }, (_, i) => ["a", "b", "c", "river"][i % 4]!);
  writeFileSync(inFolder("many.txt"), texts.join("\n"));
  const vectors = await model.encode(texts);
  const all = Float32Array.from(vectors.flatMap((vector) => [...vector]));
  for (const ending of ["jsonl", "npy", "safetensors"]) {
    const result = await siskin(use("embed", "-i", inFolder("many.txt"), "-o", inFolder(`out.${ending}`)));
    expect(result).toEqual({ code: 0, stdout: "", stderr: "" });
  }
  const lines = jsonLines(readFileSync(inFolder("out.jsonl"), "utf8"));
  expect(lines.map(({ text }) => text)).toEqual(texts);
  expect(Float32Array.from(lines.flatMap(({ embedding }) => embedding))).toEqual(all);
  expect(readNpy(readFileSync(inFolder("out.npy")), "out.npy")).toEqual({ rows: 1030, columns: 12, data: all });
  const tensor = parse(readFileSync(inFolder("out.safetensors"))).get("embeddings")!;
  expect(tensor.shape).toEqual([1030, 12]);
  expect(toFloat32(tensor)).toEqual(all);
});

test("embed refuses to write to its own input, through links and standard input too", async () => {
  const input = inFolder("own.jsonl");
  writeFileSync(input, '{"text":"a"}\n');
  symlinkSync(input, inFolder("link.jsonl"));
  linkSync(input, inFolder("hard.jsonl"));
  for (const output of [input, inFolder("link.jsonl"), inFolder("hard.jsonl")]) {
    const message = `--output: expected another file than the input, got ${JSON.stringify(output)} for both`;
    expect(await failure(use("embed", "-i", input, "-o", output), 2)).toBe(message);
    const { status, stderr } = spawnSync(process.execPath, [BIN, ...use("embed", "-", "-o", output)], {
      stdio: [openSync(input, "r"), "pipe", "pipe"],
      encoding: "utf8",
    });
    expect({ status, stderr }).toEqual({ status: 2, stderr: `siskin: ${message}\n` });
  }
  expect(readFileSync(input, "utf8")).toBe('{"text":"a"}\n');
});

/** A folder of its own with an older result in it, and what is in it later. */
function olderResult(name: string) {
  const output = join(mkdtempSync(join(folder, "older-")), name);
  writeFileSync(output, "older", { mode: 0o600 });
  return { output, files: () => readdirSync(dirname(output)), content: () => readFileSync(output, "utf8") };
}

test.each(["out.jsonl", "out.npy"])("embed -o %s leaves the older file when it fails", async (name) => {
  const { output, files, content } = olderResult(name);
  const lines = `${'{"text":"a"}\n'.repeat(1100)}no JSON\n`;
  writeFileSync(inFolder("broken.jsonl"), lines);
  expect(await failure(use("embed", "-i", inFolder("broken.jsonl"), "-o", output), 1)).toContain("broken.jsonl:1101: ");
  expect([content(), files()]).toEqual(["older", [name]]);
});

test("embed -o leaves the older file when it is interrupted", async () => {
  const { output, files, content } = olderResult("out.jsonl");
  const child = spawn(process.execPath, [BIN, ...use("embed", "-", "-o", output)]);
  while (files().length === 1) await new Promise((resolve) => setTimeout(resolve, 10)); // it waits for its input then
  child.kill("SIGINT");
  expect(await new Promise((resolve) => child.on("close", (_, signal) => resolve(signal)))).toBe("SIGINT");
  expect([content(), files()]).toEqual(["older", ["out.jsonl"]]);
});

test("embed -o replaces the file that a link leads to, keeps its permissions, and writes to a pipe as it is", async () => {
  const { output, files, content } = olderResult("out.jsonl");
  const link = inFolder("to-older.jsonl");
  symlinkSync(output, link);
  const { stdout } = await siskin(use("embed", "a"));
  await siskin(use("embed", "a", "-o", link));
  expect([content(), files(), statSync(output).mode & 0o777]).toEqual([stdout, ["out.jsonl"], 0o600]);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);

  symlinkSync("/dev/stdout", inFolder("stdout.jsonl"));
  const args = [BIN, ...use("embed", "a", "-o", inFolder("stdout.jsonl"))];
  expect(execFileSync("sh", ["-c", '"$0" "$@" | cat', process.execPath, ...args], { encoding: "utf8" })).toBe(stdout);
});

test("embed of an empty file gives nothing, and a matrix without rows", async () => {
  expect(await siskin(use("embed", "-"))).toEqual({ code: 0, stdout: "", stderr: "" });
  await siskin(use("embed", "-", "-o", inFolder("empty.npy")));
  expect(readNpy(readFileSync(inFolder("empty.npy")), "empty.npy")).toMatchObject({ rows: 0, columns: 12 });
});

test("a reader that stops early is no failure", async () => {
  writeFileSync(inFolder("long.txt"), "a river of stones\n".repeat(20_000));
  const child = spawn(process.execPath, [BIN, ...use("embed", "-i", inFolder("long.txt"))]);
  let stderr = "";
  child.stderr.on("data", (text) => (stderr += text));
  child.stdout.once("data", () => child.stdout.destroy());
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

test("similarity prints the texts and a matrix of four decimals", async () => {
  const { code, stdout } = await siskin(use("similarity", "a river", "stone\nb"), { stdin: "not read" });
  const vectors = await model.encode(["a river", "stone\nb"]);
  const off = model.similarity(vectors, vectors)[0]![1]!.toFixed(4);
  const width = Math.max(6, off.length);
  const row = (...cells: string[]) => `${cells.map((cell) => cell.padStart(width)).join("  ")}\n`;
  expect(stdout).toBe(`1  a river\n2  stone b\n\n${row("1.0000", off)}${row(off, "1.0000")}`);
  expect(code).toBe(0);
});

test("similarity without texts takes the example, whatever standard input is", async () => {
  const { stdout } = await siskin(use("similarity", "--json"), { stdin: "other\ntexts\n" });
  const { texts, similarity } = JSON.parse(stdout);
  expect(texts).toHaveLength(3);
  expect(texts[0]).toBe("Какие изменения были произведены в составе судей по делу № А40-127196/2023?");
  expect(similarity.map((row: number[]) => row.length)).toEqual([3, 3, 3]);
});

test("similarity reads standard input for -", async () => {
  const { stdout } = await siskin(use("similarity", "--json", "-"), { stdin: "a\nb\n" });
  expect(JSON.parse(stdout).texts).toEqual(["a", "b"]);
});

test("similarity of no texts is an empty matrix", async () => {
  expect((await siskin(use("similarity", "-"))).stdout).toBe("\n");
});

test("search ranks lines, with their numbers, by the query's and the passages' prompts", async () => {
  const { code, stdout } = await siskin(use("search", "--corpus", inFolder("corpus.txt"), "--json", "river"));
  const corpus = ["a stone", "river b", "stones c"];
  const scores = model.similarity([await model.encodeQuery("river")], await model.encodeDocument(corpus))[0]!;
  const expected = corpus
    .map((text, i) => ({ score: scores[i]!, line: [1, 3, 4][i]!, text }))
    .sort((a, b) => b.score - a.score);
  expect(jsonLines(stdout)).toEqual(expected);
  expect(code).toBe(0);
});

test("search prints score, place and text, at most as many as asked for", async () => {
  const corpus = inFolder("corpus.txt");
  const { stdout } = await siskin(use("search", "--corpus", corpus, "-k", "1", "river"));
  expect(stdout).toMatch(new RegExp(`^-?\\d\\.\\d{4} {2}${corpus}:\\d {2}\\S.*\\n$`));
});

test("search ranks paragraphs, which blank lines part", async () => {
  writeFileSync(inFolder("paragraphs.txt"), "\n\na\nb\n \nriver\n\n\nstone\nc");
  const { stdout } = await siskin(use("search", "--corpus", inFolder("paragraphs.txt"), "--paragraphs", "--json", "a"));
  const passages = jsonLines(stdout).sort((a, b) => a.line - b.line);
  expect(passages.map(({ line, text }) => [line, text])).toEqual([
    [3, "a\nb"],
    [6, "river"],
    [9, "stone\nc"],
  ]);
});

test("search reads the corpus from standard input, and finds nothing in an empty one", async () => {
  expect(
    jsonLines((await siskin(use("search", "--corpus", "-", "--json", "a"), { stdin: "b\n" })).stdout),
  ).toHaveLength(1);
  expect(await siskin(use("search", "--corpus", "-", "a"))).toEqual({ code: 0, stdout: "", stderr: "" });
});

test("inspect lists tensors, totals and metadata, without control characters", async () => {
  const tensors = [
    { name: "a.weight", shape: [2, 3], data: new Float32Array(6) },
    { name: "b\u001b[31m", shape: [], data: Uint8Array.of(1) },
  ];
  writeFileSync(inFolder("x.safetensors"), serialize(tensors, { format: "pt" }));
  const { code, stdout } = await siskin(["inspect", inFolder("x.safetensors")]);
  expect(stdout).toBe(
    [
      "tensor    dtype  shape   bytes",
      "a.weight  F32    [2, 3]     24",
      "b [31m    U8     []          1",
      "",
      "format: pt",
      "2 tensors, 7 elements, 25 bytes",
      "",
    ].join("\n"),
  );
  expect(code).toBe(0);
  expect(JSON.parse((await siskin(["inspect", "--json", inFolder("x.safetensors")])).stdout)).toEqual({
    metadata: { format: "pt" },
    tensors: [
      { name: "a.weight", dtype: "F32", shape: [2, 3], bytes: 24 },
      { name: "b\u001b[31m", dtype: "U8", shape: [], bytes: 1 },
    ],
  });
});

test("inspect lists all shards of an index", async () => {
  mkdirSync(inFolder("sharded"));
  for (const name of ["a", "b"]) {
    writeFileSync(inFolder(`sharded/${name}.safetensors`), serialize([{ name, shape: [1], data: Float32Array.of(1) }]));
  }
  const index = inFolder("sharded/model.safetensors.index.json");
  writeFileSync(index, '{"weight_map":{"a":"a.safetensors","b":"b.safetensors"}}');
  expect((await siskin(["inspect", index])).stdout).toContain("2 tensors, 2 elements, 8 bytes");
  writeFileSync(index, '{"weight_map":{"a":"../x.safetensors"}}');
  expect(await failure(["inspect", index], 1)).toContain('expected a path inside its folder, got "../x.safetensors"');
  writeFileSync(index, "{");
  expect(await failure(["inspect", index], 1)).toBe(`${index}: expected JSON, got other content`);
});

test("verify passes on the model's own vectors in every format, and says how near they are", async () => {
  const texts = ["a river", "", "stones"];
  const vectors = await model.encode(texts);
  writeFileSync(inFolder("texts.txt"), texts.join("\n") + "\n");
  writeFileSync(inFolder("r.npy"), writeNpy(vectors));
  const data = Float32Array.from(vectors.flatMap((vector) => [...vector]));
  writeFileSync(inFolder("r.safetensors"), serialize([{ name: "embeddings", shape: [3, 12], data }]));
  writeFileSync(
    inFolder("r.jsonl"),
    vectors.map((vector, i) => JSON.stringify({ text: texts[i], embedding: [...vector] })).join("\n"),
  );
  for (const args of [["r.jsonl"], ["r.npy", "--texts", "texts.txt"], ["r.safetensors", "--texts", "texts.txt"]]) {
    const result = await siskin(use("verify", ...args, "--tolerance", "0"), { cwd: folder });
    expect(result.stdout).toContain(
      "3 texts, 12 dimensions\nmax error    0.000e+0 (text 0, component 0)\nmin cosine   1.000000000\n",
    );
    expect(result.stdout).toMatch(/pass at tolerance 0\n$/);
    expect({ code: result.code, stderr: result.stderr }).toEqual({ code: 0, stderr: "" });
  }
});

test("verify fails with exit code 1 and names the worst text", async () => {
  const wrong = (await model.encode("stones")).map((x, i) => (i === 3 ? x + 0.25 : x));
  const lines = [
    { text: "a", embedding: [...(await model.encode("a"))] },
    { text: "stones", embedding: [...wrong] },
  ];
  writeFileSync(inFolder("wrong.jsonl"), lines.map((line) => JSON.stringify(line)).join("\n"));
  const { code, stdout } = await siskin(use("verify", inFolder("wrong.jsonl"), "--worst", "1"));
  expect(code).toBe(1);
  expect(stdout).toContain("max error    2.500e-1 (text 1, component 3)");
  expect(stdout).toMatch(
    /worst texts, from 0:\n {2}text 1: error 2\.50e-1 in component 3, cosine 0\.\d{9} {2}stones\nFAIL at tolerance 0\.000001\n$/,
  );
  const json = await siskin(use("verify", "--json", inFolder("wrong.jsonl")));
  expect(json.code).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject({
    pass: false,
    maxErrorAt: { text: 1, component: 3 },
    worst: [{ text: 1, content: "stones" }, { text: 0 }],
  });
});

test("verify of reduced dimensions takes the same options as embed", async () => {
  const vector = await model.encode("a", { dimensions: 4, normalize: true });
  writeFileSync(inFolder("short.jsonl"), JSON.stringify({ text: "a", embedding: [...vector] }));
  expect((await siskin(use("verify", inFolder("short.jsonl"), "--dimensions", "4", "--normalize"))).code).toBe(0);
  expect(await failure(use("verify", inFolder("short.jsonl")), 1)).toBe(
    "compareVectors: text 0: expected 4 dimensions, as the reference, got 12",
  );
});

test("tokenize prints ids, pieces and places", async () => {
  const { code, stdout } = await siskin(use("tokenize", "a  stones"));
  expect(stdout).toBe(
    [
      "id  piece  place  text",
      ' 2  [CLS]         ""',
      ' 7  a        0-1  "a"',
      '11  stone    3-8  "stone"',
      '12  ##s      8-9  "s"',
      ' 3  [SEP]         ""',
      "5 tokens",
      "",
      "",
    ].join("\n"),
  );
  expect(code).toBe(0);
});

test("tokenize prints JSON lines, without special tokens and cut when asked", async () => {
  const args = ["--json", "--no-special", "--max-length", "2", "-"];
  const { stdout } = await siskin(use("tokenize", ...args), { stdin: "river stones b\n\n" });
  expect(jsonLines(stdout)).toEqual([
    {
      text: "river stones b",
      ids: [10, 11],
      pieces: ["river", "stone"],
      offsets: [
        [0, 5],
        [6, 11],
      ],
    },
    { text: "", ids: [], pieces: [], offsets: [] },
  ]);
});

test("compile makes a tokenizer that a folder's model loads and that gives the same vectors", async () => {
  writeTinyModel(inFolder("compiled"));
  const path = inFolder("compiled/tokenizer.siskin.safetensors");
  const { code, stdout } = await siskin(["compile", inFolder("compiled")]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(new RegExp(`^${path}: 0\\.\\d MB\\n$`)) });
  const compiled = await load(inFolder("compiled"));
  expect(await compiled.encode("a river of stones")).toEqual(await model.encode("a river of stones"));
  compiled.dispose();
  writeFileSync(inFolder("compiled/tokenizer.json"), " ", { flag: "a" });
  await expect(load(inFolder("compiled"))).rejects.toThrow("tokenizer_checksum: expected");
});

test("compile takes a tokenizer.json and a place to write to", async () => {
  const output = inFolder("elsewhere.safetensors");
  expect((await siskin(["compile", inFolder("model/tokenizer.json"), "-o", output])).code).toBe(0);
  expect((await siskin(["inspect", output])).stdout).toContain("tokenizer_checksum: ");
});

test("bench prints figures, machine, version and commit, and draws them", async () => {
  const svg = inFolder("chart.svg");
  const args = ["bench", "model", "--rounds", "1", "--dtype", "float32", "--svg", svg];
  const { code, stdout, stderr } = await siskin(use(...args, "--json"));
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { version } = JSON.parse(readFileSync(inCheckout("package.json"), "utf8"));
  const figures = JSON.parse(stdout);
  expect(figures).toMatchObject({ version, rounds: 1, kernels: { float32: expect.stringMatching(/wasm|scalar/) } });
  if (existsSync(inCheckout(".git"))) {
    const head = execFileSync("git", ["rev-parse", "HEAD"], { cwd: inCheckout(""), encoding: "utf8" });
    expect(head.startsWith(figures.commit)).toBe(true);
  }
  const chart = readFileSync(svg, "utf8");
  expect(chart).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  expect(chart).toContain(`siskin ${version}`);
  expect(chart.match(/GFLOP\/s<\/tspan>/g)).toHaveLength(figures.measurements.length);
});

test("bench says at once where it cannot draw", async () => {
  const svg = inFolder("nowhere/chart.svg");
  expect(await failure(["bench", "kernels", "--svg", svg], 1)).toBe(`${svg}: no such folder`);
});
