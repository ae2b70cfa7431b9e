/** The 64 characters that minified code has most of, but for those that a string or a page may take for something else. */
const DIGITS = "te,nr()oisa=.lcudfh{};:pmg0w1y+>vb2&x_?A3*6|k4NSI-O8TEMFzP5RUCL9";

/**
 * The numbers of a table: digits of 5 bits, least significant first, one of 32 or more with another after it. Zipped together,
 * the code of a page and tables in its characters take less than with digits of their own: 200 bytes of 4,100.
 */
export function decodeNumbers(encoded: string): number[] {
  const numbers: number[] = [];
  let number = 0;
  let shift = 0;
  for (let i = 0; i < encoded.length; i++) {
    const digit = DIGITS.indexOf(encoded.charAt(i));
    number |= (digit & 31) << shift;
    shift += 5;
    if (digit < 32) {
      numbers.push(number);
      number = shift = 0;
    }
  }
  return numbers;
}
