/** Classes of characters that several steps share. */

/** The Unicode property White_Space, which Unicode promises not to change much; `\s` of JavaScript differs from it. */
export function isWhiteSpace(codePoint: number): boolean {
  if (codePoint < 0x80) return codePoint === 0x20 || (codePoint >= 0x09 && codePoint <= 0x0d);
  return (
    codePoint === 0x85 ||
    codePoint === 0xa0 ||
    codePoint === 0x1680 ||
    (codePoint >= 0x2000 && codePoint <= 0x200a) ||
    codePoint === 0x2028 ||
    codePoint === 0x2029 ||
    codePoint === 0x202f ||
    codePoint === 0x205f ||
    codePoint === 0x3000
  );
}

/** UTF-16 units that the code point takes. */
export function width(codePoint: number): number {
  return codePoint > 0xffff ? 2 : 1;
}

/** The index of the code point that ends before `end`, which is greater than 0. */
export function before(text: string, end: number): number {
  const low = text.charCodeAt(end - 1);
  return low >= 0xdc00 && low < 0xe000 && end > 1 ? end - 2 : end - 1;
}
