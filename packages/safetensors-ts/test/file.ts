import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A safetensors file from its header's text (or bytes) and data. */
export function file(header: string | Uint8Array, data: Uint8Array | number = 0): Uint8Array {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const tail = typeof data === "number" ? new Uint8Array(data) : data;
  return concat(length(text.length), text, tail);
}

/** The first 8 bytes of a file. */
export function length(n: number | bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(n), true);
  return bytes;
}

export function concat(...parts: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** One tensor of a header: `"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}` */
export function tensor(
  name: string,
  dtype: string,
  shape: string,
  begin: string | number,
  end: string | number,
): string {
  return `"${name}":{"dtype":"${dtype}","shape":[${shape}],"data_offsets":[${begin},${end}]}`;
}

/** The error that `act` throws. */
export async function failure(act: () => unknown): Promise<{ code: unknown; message: string; name: string }> {
  try {
    await act();
  } catch (error) {
    return error as { code: unknown; message: string; name: string };
  }
  throw new Error("expected an error");
}

/** Serves one file by ranges. */
export async function rangeServer(file: Uint8Array): Promise<{ url: string; requests: string[]; close: () => void }> {
  const requests: string[] = [];
  const server = createServer((request, reply) => {
    requests.push(`${request.headers.range} ${request.headers.authorization ?? ""}`);
    const [, begin, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "")!;
    const end = Math.min(Number(last) + 1, file.length);
    const range = `bytes ${begin}-${end - 1}/${file.length}`;
    reply.writeHead(206, { "Content-Range": range, ETag: '"1"' }).end(file.subarray(Number(begin), end));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/m`, requests, close: () => void server.close() };
}
