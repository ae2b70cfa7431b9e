/**
 * LEB128, WebAssembly's variable-length integers: seven bits a byte, least significant first, the top bit set on every
 * byte but the last. Signed numbers are two's complement, so that the last byte's bit 6 is the sign.
 */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 0x80; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  bytes.push(value);
  return bytes;
}

/** A signed 32-bit integer. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  for (; value < -0x40 || value > 0x3f; value >>= 7) bytes.push((value & 0x7f) | 0x80);
  bytes.push(value & 0x7f);
  return bytes;
}
