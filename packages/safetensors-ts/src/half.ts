/**
 * IEEE 754 binary16 → float32, every value exactly: subnormals, infinities, and NaNs with their payload.
 *
 *   bits, out   [n]; out may not share memory with bits
 *
 * A half is s eeeee mmmmmmmmmm, worth (−1)^s · 1.m · 2^(e−15), or (−1)^s · 0.m · 2^−14 where e = 0.
 */
export function decodeF16(bits: Uint16Array, out: Float32Array): Float32Array {
  const words = new Uint32Array(out.buffer, out.byteOffset, out.length);
  for (let i = 0; i < bits.length; i++) {
    const half = bits[i]!;
    const sign = (half & 0x8000) << 16;
    const magnitude = half & 0x7fff;
    if (magnitude >= 0x7c00) {
      words[i] = sign | 0x7f80_0000 | (magnitude << 13); // infinity, NaN
    } else if (magnitude >= 0x0400) {
      words[i] = sign | ((magnitude << 13) + 0x3800_0000); // exponent bias 15 → 127
    } else if (magnitude !== 0) {
      const shift = Math.clz32(magnitude) - 21; // moves the leading bit of the mantissa to the implicit place
      words[i] = sign | ((113 - shift) << 23) | (((magnitude << shift) & 0x03ff) << 13);
    } else {
      words[i] = sign;
    }
  }
  return out;
}

/** bfloat16 → float32: the upper 16 bits of it. `bits`, `out` [n]; out may not share memory with bits. */
export function decodeBF16(bits: Uint16Array, out: Float32Array): Float32Array {
  const words = new Uint32Array(out.buffer, out.byteOffset, out.length);
  for (let i = 0; i < bits.length; i++) words[i] = bits[i]! << 16;
  return out;
}
