import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 as zlibCrc32 } from "node:zlib";
import { bytesSource } from "safetensors-ts";
import { fileSource } from "safetensors-ts/node";
import { expect, test } from "vitest";
import { crc32 } from "../../dist/crc32.js";
import * as node from "../../dist/source/platform-node.js";
import { checksumOf } from "../../dist/source/whole.js";

const bytes = Uint8Array.from({ length: 600_001 }, (_, i) => (i * 167 + (i >> 8)) & 255);

test("the check value of the CRC's catalogue", () => {
  expect(crc32(new TextEncoder().encode("123456789"), 0)).toBe(0xcbf43926);
});

test("pieces give what the whole gives, on both platforms", () => {
  for (const at of [0, 1, 300, 600_001]) {
    for (const one of [crc32, node.crc32]) {
      expect(one(bytes.subarray(at), one(bytes.subarray(0, at), 0))).toBe(zlibCrc32(bytes));
    }
  }
});

test("files and bytes have the same checksum: the length, and the CRC in hexadecimal", async () => {
  const folder = mkdtempSync(join(tmpdir(), "siskin-checksum-"));
  try {
    const path = join(folder, "file");
    writeFileSync(path, bytes);
    const file = fileSource(path);
    const expected = `600001-${zlibCrc32(bytes).toString(16).padStart(8, "0")}`;
    expect([await checksumOf(file), await checksumOf(bytesSource(bytes))]).toEqual([expected, expected]);
    file.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
