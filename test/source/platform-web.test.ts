import { afterEach, expect, test, vi } from "vitest";
import { baseAddress, findInstalledModel, openCache, openDirectory } from "../../dist/source/platform-web.js";

const bytes = Uint8Array.of(1, 2, 3);

afterEach(() => vi.unstubAllGlobals());

/** A Cache API in memory, or one that refuses everything, as pages without a secure origin have. */
function stubCaches(refuse = false): Map<string, Response> {
  const stored = new Map<string, Response>();
  const cache = {
    match: async (address: string) => stored.get(address)?.clone(),
    put: async (address: string, response: Response) => void stored.set(address, response),
  };
  vi.stubGlobal("caches", {
    open: async () => {
      if (refuse) throw new DOMException("denied", "SecurityError");
      return cache;
    },
  });
  return stored;
}

async function download(cache: Awaited<ReturnType<typeof openCache>>, key: string): Promise<void> {
  const part = await cache.startPart(key);
  expect({ size: part.size, etag: part.etag }).toEqual({ size: 0, etag: undefined });
  await part.restart('"1"');
  await part.write(bytes.subarray(0, 1));
  await part.write(bytes.subarray(1));
  expect(await part.source().read(0, 3)).toEqual(bytes);
  await part.commit();
}

test.each([
  ["the Cache API", () => stubCaches()],
  ["one that refuses", () => stubCaches(true)],
  ["none", () => undefined],
])("downloads are found again with %s", async (_, stub) => {
  stub();
  const cache = await openCache(undefined);
  expect(await cache.open("hub/x/files/model.safetensors")).toBeUndefined();
  expect(await cache.readText("hub/x/refs/main")).toBeUndefined();
  await download(cache, "hub/x/files/model.safetensors");
  await cache.writeText("hub/x/refs/main", "commit");
  const file = await cache.open("hub/x/files/model.safetensors");
  expect(file?.size).toBe(3);
  expect(await file?.read(1, 2)).toEqual(bytes.subarray(1));
  expect(await cache.readText("hub/x/refs/main")).toBe("commit");
});

test("the Cache API keeps downloads for the next visit", async () => {
  const stored = stubCaches();
  await download(await openCache(undefined), "hub/x/files/model.safetensors");
  expect([...stored.keys()]).toEqual(["https://siskin.invalid/hub/x/files/model.safetensors"]);
  expect((await (await openCache(undefined)).open("hub/x/files/model.safetensors"))?.size).toBe(3);
});

test("a discarded download leaves nothing", async () => {
  const cache = await openCache(undefined);
  const part = await cache.startPart("x");
  await part.write(bytes);
  await part.discard();
  expect(part.size).toBe(0);
  expect(await cache.open("x")).toBeUndefined();
});

test("there are no folders and no installed packages, and addresses are relative to the page", () => {
  expect(openDirectory("models/e5")).toBeUndefined();
  expect(findInstalledModel("siskin-multilingual-e5-small")).toBeUndefined();
  expect(baseAddress()).toBeUndefined();
  vi.stubGlobal("location", { href: "https://example.org/app/index.html" });
  expect(baseAddress()).toBe("https://example.org/app/index.html");
});
