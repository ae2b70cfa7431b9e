import { createHash } from "node:crypto";
import { bytesSource } from "safetensors-ts";
import { expect, test } from "vitest";
import * as node from "../../dist/source/platform-node.js";
import * as web from "../../dist/source/platform-web.js";
import { createSha256 } from "../../dist/source/sha256.js";
import { sha256Of } from "../../dist/source/whole.js";

test("the empty text has the published hash", () => {
  expect(createSha256().digest()).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
});

test("every length around a block, in pieces of every size, hashes as node:crypto does", () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, i) => (i * 167 + 13) & 255);
  for (let length = 0; length <= 300; length += length < 140 ? 1 : 53) {
    const expected = createHash("sha256").update(bytes.subarray(0, length)).digest("hex");
    for (const piece of [1, 7, 63, 64, 65, 300]) {
      const hash = createSha256();
      for (let at = 0; at < length; at += piece) hash.update(bytes.subarray(at, Math.min(at + piece, length)));
      expect(hash.digest(), `${length} bytes by ${piece}`).toBe(expected);
    }
  }
});

test("both platforms give the same hash", async () => {
  const bytes = new TextEncoder().encode("мама мыла раму");
  const digest = (hash: ReturnType<typeof createSha256>): string => {
    hash.update(bytes.subarray(0, 5));
    hash.update(bytes.subarray(5));
    return hash.digest();
  };
  const expected = createHash("sha256").update(bytes).digest("hex");
  expect([digest(await web.createSha256()), digest(await node.createSha256())]).toEqual([expected, expected]);
});

test("a file is hashed in few reads, none of which is large", async () => {
  const bytes = new Uint8Array(17_000_000).fill(7);
  const reads: number[] = [];
  const source = bytesSource(bytes);
  const hash = await sha256Of({
    ...source,
    read(offset, length) {
      reads.push(length);
      return source.read(offset, length);
    },
  });
  expect(hash).toBe(createHash("sha256").update(bytes).digest("hex"));
  expect(reads).toEqual([1 << 23, 1 << 23, 17_000_000 - (1 << 24)]);
});

test("both platforms export the same names", () => {
  expect(Object.keys(web).sort()).toEqual(Object.keys(node).sort());
});
