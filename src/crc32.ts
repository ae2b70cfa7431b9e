let table: Int32Array | undefined;

/** The CRC-32 (ISO 3309, as in zip files) of bytes after those that gave `before`, for runtimes that have none. */
export function crc32(bytes: Uint8Array, before: number): number {
  table ??= Int32Array.from({ length: 256 }, (_, byte) => {
    for (let bit = 0; bit < 8; bit++) byte = (byte >>> 1) ^ (byte & 1 ? 0xedb88320 : 0);
    return byte;
  });
  let crc = ~before;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ table[(crc ^ bytes[i]!) & 255]!;
  return ~crc >>> 0;
}

/** What tells one version of a file from another. It guards against mistakes, not against forgery. */
export function checksum(length: number, crc: number): string {
  return `${length}-${crc.toString(16).padStart(8, "0")}`;
}
