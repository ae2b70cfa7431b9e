import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { open, serialize } from "safetensors-ts";
import { fileSource } from "safetensors-ts/node";
import { afterAll, expect, test } from "vitest";
import { failure, file, tensor } from "./file.ts";

const folder = mkdtempSync(join(tmpdir(), "safetensors-ts-"));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, "model.safetensors");
const data = Uint8Array.from({ length: 1000 }, (_, i) => i);
writeFileSync(path, serialize([{ name: "a", shape: [10, 100], data }]));

test.each([
  ["a path", path],
  ["a file URL", pathToFileURL(path)],
])("reads by position, from %s", async (_, place) => {
  const source = fileSource(place);
  expect(source.name).toBe(String(place));
  const opened = await open(source);
  expect((await opened.read("a")).data).toEqual(data);
  const out = new Uint8Array(200);
  expect(opened.readRows("a", [9, 1], out)).toBeUndefined();
  expect(out).toEqual(Uint8Array.from([...data.slice(900), ...data.slice(100, 200)]));
  source.close();
});

test("a read after close, which may be done twice", async () => {
  const source = fileSource(path);
  const opened = await open(source);
  source.close();
  source.close();
  const error = await failure(() => opened.readRows("a", [0], new Uint8Array(100)));
  expect([error.code, error.message]).toEqual(["CLOSED", `${path}: read after close`]);
});

test("a file that shrank after it was opened", async () => {
  const shrinking = join(folder, "shrinking.safetensors");
  const bytes = serialize([{ name: "a", shape: [10, 100], data }]);
  writeFileSync(shrinking, bytes);
  const source = fileSource(shrinking);
  const opened = await open(source);
  truncateSync(shrinking, bytes.length - 400);
  const error = await failure(() => opened.read("a"));
  expect([error.code, error.message]).toEqual([
    "SHORT_READ",
    `${shrinking}: expected 1000 bytes at ${bytes.length - 1000}, got 600: the file is shorter than it was`,
  ]);
  source.close();
});

test("a file over 2 GiB, mostly hole", async () => {
  const sparse = join(folder, "sparse.safetensors");
  const size = 3 * 2 ** 30;
  const header = file(
    `{${tensor("hole", "U8", `${size / 1024},1024`, 0, size)},${tensor("end", "F32", "2", size, size + 8)}}`,
  );
  const fd = openSync(sparse, "w");
  writeSync(fd, header, 0, header.length, 0);
  ftruncateSync(fd, header.length + size + 8);
  writeSync(fd, Float32Array.of(1.5, -2), 0, 8, header.length + size);
  writeSync(fd, Uint8Array.of(77), 0, 1, header.length + size - 1);
  closeSync(fd);

  const source = fileSource(sparse);
  const opened = await open(source);
  const { data: end } = await opened.read("end");
  expect(new Float32Array(end.buffer, end.byteOffset, 2)).toEqual(Float32Array.of(1.5, -2));
  const out = new Uint8Array(2048);
  opened.readRows("hole", [size / 1024 - 1, 0], out);
  expect(out.indexOf(77)).toBe(1023);
  source.close();
  rmSync(sparse);
});

test.each([
  ["no such file", join(folder, "none"), /^\/.*none: cannot be opened: ENOENT: no such file or directory/],
  ["a folder", folder, /^\/.*: expected a file, got something else$/],
])("%s", async (_, place, message) => {
  const error = await failure(() => fileSource(place));
  expect(error.code).toBe("OPEN_FAILED");
  expect(error.message).toMatch(message);
});
