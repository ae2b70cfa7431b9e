import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openSource } from "../../dist/source/open-source.js";
import { findInstalledModel, openDirectory } from "../../dist/source/platform-node.js";

const text = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);
let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "siskin-source-")));
  mkdirSync(join(folder, "model/1_Pooling"), { recursive: true });
  writeFileSync(join(folder, "model/config.json"), '{"a":1}');
  writeFileSync(join(folder, "model/1_Pooling/config.json"), "{}");
  writeFileSync(join(folder, "model/weights.safetensors"), "0123456789");
  writeFileSync(
    join(folder, "model/pointer.safetensors"),
    "version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
  );
  writeFileSync(join(folder, "secret"), "secret");
});

afterEach(() => {
  vi.unstubAllGlobals();
  rmSync(folder, { recursive: true });
});

test.each([
  ["a path", () => join(folder, "model")],
  ["a file: URL", () => pathToFileURL(join(folder, "model"))],
  ["a file: URL as a string", () => pathToFileURL(join(folder, "model")).href],
])("%s opens a folder: whole files, random access, undefined for what is absent", async (_, source) => {
  const model = await openSource(source());
  expect(text(await model.read("config.json"))).toBe('{"a":1}');
  expect(text(await model.read("1_Pooling/config.json"))).toBe("{}");
  expect(await model.read("absent.json")).toBeUndefined();
  expect(await model.read("config.json/x")).toBeUndefined();
  expect(await model.open("absent.safetensors")).toBeUndefined();
  const weights = await model.open("weights.safetensors");
  expect(weights?.size).toBe(10);
  expect(text(await weights?.read(3, 4))).toBe("3456");
  model.close();
  expect(() => weights?.read(0, 1)).toThrow("read after close");
});

test("a folder refuses paths that lead out of it, and Git-LFS pointers", async () => {
  const model = await openSource(join(folder, "model"));
  await expect(model.read("../secret")).rejects.toThrow('expected a path inside its folder, got "../secret"');
  await expect(model.open("../secret")).rejects.toThrow('expected a path inside its folder, got "../secret"');
  await expect(model.open("pointer.safetensors")).rejects.toThrow(
    `${join(folder, "model/pointer.safetensors")}: expected the file, got its Git-LFS pointer`,
  );
});

test("a file where a folder is expected is said", async () => {
  const file = join(folder, "model/config.json");
  await expect(openSource(file)).rejects.toThrow(
    expect.objectContaining({ code: "BAD_OPTION", message: `load: ${file}: expected a model's folder, got a file` }),
  );
});

test("a file that cannot be read is said", async () => {
  symlinkSync("loop", join(folder, "model/loop"));
  const model = await openSource(join(folder, "model"));
  await expect(model.read("loop")).rejects.toThrow(
    expect.objectContaining({
      code: "BAD_FILE",
      message: expect.stringContaining(`${join(folder, "model/loop")}: cannot be read: ELOOP`),
    }),
  );
});

test("a map gives its bytes and blobs", async () => {
  const model = await openSource(
    new Map<string, Uint8Array | Blob>([
      ["config.json", new TextEncoder().encode("{}")],
      ["model.safetensors", new Blob(["0123456789"])],
      ["page", new TextEncoder().encode("<!doctype html>")],
      ["wrong", "text" as unknown as Blob],
    ]),
  );
  expect(text(await model.read("config.json"))).toBe("{}");
  expect(text(await (await model.open("model.safetensors"))?.read(8, 2))).toBe("89");
  expect(await model.read("absent")).toBeUndefined();
  await expect(model.read("page")).rejects.toThrow("page: expected the file, got an HTML or XML page");
  await expect(model.read("wrong")).rejects.toThrow(
    'load: source: "wrong": expected a Uint8Array or a Blob, got string',
  );
  await expect(model.read("../x")).rejects.toThrow("files in memory: expected a path inside its folder");
});

test.each([
  "no/such/folder",
  "./absent",
  "../absent",
  "/absent",
  "bert",
  "org/..",
  "-org/name",
  "C:\\model",
  "a\u0000b",
  "x".repeat(5000),
  "",
])("%j is neither folder nor URL nor hub id", async (source) => {
  await expect(openSource(source)).rejects.toThrow(
    expect.objectContaining({
      code: "MODEL_NOT_FOUND",
      message: `load: expected an existing folder, a URL (http, https, file) or a hub id "org/name", got ${JSON.stringify(source)}, which is none of them`,
    }),
  );
});

test.each([
  [new URL("ftp://host/model"), "load: expected an http, https or file URL, got ftp://host/model"],
  [new URL("ftp://user:pa55@host/m?sig=SECRET"), "load: expected an http, https or file URL, got ftp://host/m"],
  [new URL("file:///absent-folder"), "load: expected an existing folder, got file:///absent-folder"],
  [new URL("file:///a%2Fb"), "load: expected an existing folder, got file:///a%2Fb"],
  ["file:///a%00b", "load: expected an existing folder, got file:///a%00b"],
  ["file://host/x", "load: expected an existing folder, got file://host/x"],
])("the address %s cannot be opened", async (url, message) => {
  await expect(openSource(url)).rejects.toThrow(expect.objectContaining({ code: "MODEL_NOT_FOUND", message }));
});

test.each([
  [7, "number"],
  [null, "null"],
  [{}, "object"],
])("the source %j is of a wrong type", async (source, got) => {
  await expect(openSource(source as never)).rejects.toThrow(
    expect.objectContaining({
      code: "BAD_OPTION",
      message: `load: source: expected a string, a URL or a Map, got ${got}`,
    }),
  );
});

test("an aborted signal ends it before anything is opened", async () => {
  await expect(openSource(folder, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
});

test("the default model is found from siskin itself", async () => {
  const model = await openSource(undefined);
  expect(model.name).toBe("siskin-multilingual-e5-small");
  expect(JSON.parse(text(await model.read("config.json"))!)).toMatchObject({ model_type: "bert" });
  model.close();
});

test("an installed model is found from the working directory, through a link too", async () => {
  writeFileSync(join(folder, "model/package.json"), '{"name": "siskin-test-model"}');
  mkdirSync(join(folder, "app/node_modules"), { recursive: true });
  symlinkSync(join(folder, "model"), join(folder, "app/node_modules/siskin-test-model"));
  const cwd = vi.spyOn(process, "cwd").mockReturnValue(join(folder, "app"));
  try {
    expect(text(await findInstalledModel("siskin-test-model")?.read("config.json"))).toBe('{"a":1}');
    expect(findInstalledModel("siskin-absent-model")).toBeUndefined();
  } finally {
    cwd.mockRestore();
  }
});

test("an absent folder is undefined", () => expect(openDirectory(join(folder, "absent"))).toBeUndefined());
