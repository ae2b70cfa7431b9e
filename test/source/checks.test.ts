import { expect, test } from "vitest";
import { checkKind, checkPath, checkWholeSize } from "../../dist/source/checks.js";

const ascii = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

test.each([
  "../secret",
  "1_Pooling/../../secret",
  "/etc/passwd",
  "..\\secret",
  "C:/secret",
  "file:secret",
  "https://host/x",
  "%2e%2e/secret",
  "a//b",
  "./config.json",
  "",
  "x?y",
  "x#y",
  "a\u0000b",
])("the path %j is refused", (path) => {
  expect(() => checkPath(path, "org/model")).toThrow(
    expect.objectContaining({
      code: "BAD_CONFIG",
      message: `org/model: expected a path inside its folder, got ${JSON.stringify(path)}`,
    }),
  );
});

test.each(["config.json", "1_Pooling/config.json", "модель/веса.safetensors", "a b.json", "..config"])(
  "the path %j is taken",
  (path) => expect(() => checkPath(path, "org/model")).not.toThrow(),
);

test("a Git-LFS pointer is named as such", () => {
  expect(() =>
    checkKind(ascii("version https://git-lfs.github.com/spec/v1\noid sha256:00"), "m/model.safetensors"),
  ).toThrow(
    expect.objectContaining({
      code: "BAD_FILE",
      message: 'm/model.safetensors: expected the file, got its Git-LFS pointer: fetch it with "git lfs pull"',
    }),
  );
});

test.each([
  "<!DOCTYPE html><html>",
  "\n  <html lang=en>",
  "\xef\xbb\xbf<!doctype HTML>",
  "<?xml version='1.0'?><Error>",
])("the page %j is named as such", (page) => {
  expect(() => checkKind(ascii(page), "http://host/config.json")).toThrow(
    expect.objectContaining({
      code: "BAD_FILE",
      message: "http://host/config.json: expected the file, got an HTML or XML page",
    }),
  );
});

test.each(["{}", "", "[1]", "\x40\x00\x00\x00\x00\x00\x00\x00{", "< less", "version 2"])(
  "%j is not mistaken for a page",
  (start) => {
    expect(() => checkKind(ascii(start), "x")).not.toThrow();
  },
);

test("a file too large to be read whole is refused by its size", () => {
  expect(() => checkWholeSize(268_435_457, "m/tokenizer.json")).toThrow(
    expect.objectContaining({
      code: "BAD_FILE",
      message: "m/tokenizer.json: expected at most 268,435,456 bytes, got 268,435,457",
    }),
  );
  expect(() => checkWholeSize(268_435_456, "m/tokenizer.json")).not.toThrow();
});
