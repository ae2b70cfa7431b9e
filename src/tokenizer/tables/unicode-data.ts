/**
 * Unicode as the reference tokenizer knows it (tokenizers 0.23.3), written by fixtures/unicode_tables.py. Do not edit.
 *
 * All numbers are in base 36. Sets: code points to skip, then how many belong, in turn. COMBINING_CLASS: code points to skip,
 * length of a run, its class. LOWERCASE: code points to skip, members of a run, distance between two, what is added to each.
 */

/** The property White_Space. */
export const WHITE_SPACE: string = "9 5 i 1 2s 1 q 1 4bj 1 1vj b t 2 5 1 1b 1 334 1";

/** What BertPreTokenizer and Punctuation isolate. */
export const PUNCTUATION: string =
  "x f a 7 q 6 q 4 y 1 5 1 3 1 a 2 3 1 3 1 ji 1 8 1 cy 6 15 2 1f 1 1 1 2 1 2 1 18 2 k 2 1 2 d 1 2 2 22 4 2u 1 17 e " +
  "6h 3 1i f v 1 79 2 a 1 an 1 lf 1 2i 1 a 2 4o f 1 1 11 4 1z 1 22 5 4 2 33 6 4r 1 h0 9 47 1 h8 2 18 2 26 3 1z 2 " +
  "4d 3 1 3 11 b 8p 2 60 2 3k 7 1 6 4s 7 4b 4 1n 5 1q 2 1s 8 b 1 n0 o 8 k 1 d 1 c u 2 e 2 hl 4 t 2 u5 e 27 2 v a " +
  "b7 m 1r 4 w 2 l7 4 1 2 34 1 3z 1b 1 j ce 3 4 a 2 c g 1 c 1 2q 1 2i 1 mwy 2 7h 3 2r 1 a 1 37 6 ak 4 2e 2 14 3 1 " +
  "1 1d 2 1b 1 2p d g 2 3g 4 3i 2 g 2 6x 1 g2a 2 5s a m z 1 e 1 1 4 1 1 2 45 3 1 6 1 4 a 2 3 2 q 3 1 1 r 1 1 1 1 7 " +
  "be 3 ik 1 1c 1 bi 1 kn 1 5j 1 v 1 7k 9 12 1 34 7 1u 7 2h 4 x6 7 31 2 1 4 3i 4 1c 2 27 5 3 1 d 1 1 3 2g 6 2z 1 " +
  "f0 1 6y n 2x 3 6w 3 2lt 5 dtl 2 3p 1 1t 5 8 1 g2i 1 5wn 5";

/** What clean_text removes: U+0000, U+FFFD, control, format and private use. */
export const CONTROL: string =
  "0 9 2 2 1 i 2n x d 1 11u 6 m 1 5c 1 1d 1 3cu 1 1ks 5 q 5 1d 5 1 a 11u8 4xs 16n 1 6x 3 1 1 3b3 1 xya 4 43z 8 " +
  "h406 1 u 2o 1egw 1eke 2 1eke";

/** What strip_accents of BertNormalizer removes once decomposed. */
export const NONSPACING_MARK: string =
  "lc 1s 2 1 2 17 7n 5 7d 19 1 1 1 2 1 2 1 1 20 b 1c l g 1 2t 7 2 6 2 2 1 4 z 1 u r 2j b 1m 9 y 4 1 9 1 3 1 5 17 3 " +
  "3r w 1j 1 1 1 4 8 4 1 3 7 a 2 t 1 1m 1 4 4 8 1 k 2 t 2 1l 1 4 2 4 2 2 3 3 1 u 2 3 1 b 2 1l 1 4 5 1 2 4 1 k 2 t " +
  "1 1m 1 2 1 1 4 8 1 8 1 b 2 u 1 1p 1 c 1 1e 1 1p 3 5 2 2 4 7 2 b 2 t 1 1m 1 2 1 6 1 5 2 k 2 t 1 1r 4 8 1 k 2 2u " +
  "1 7 3 1 1 2i 1 2 7 c 8 2q 1 2 6 1 2 b 6 22 2 r 1 1 1 1 1 1j 2 1 1 2 1 1 6 1 1 1 3 1 2 5 6 1 4 1 4 1 4 1 4 1 4 1 " +
  "c 1 3 9 1 2u 4 1 6 1 2 2 2 p 2 4 3 g 4 d 1 2 2 6 1 f 1 jj 3 qa 3 t 3 t 2 u 2 1s 2 1 7 8 1 2 b 9 1 19 3 4b 1 3a " +
  "3 4 2 9 1 6 3 63 2 2 1 1m 1 1 7 1 1 1 1 2 8 6 a 2 1 1c e 1u 4 1c 1 1 5 1 1 5 1 14 9 c 2 w 4 2 2 1 3 1k 1 1 2 3 " +
  "1 1 3 1m 8 2 2 48 3 1 d 1 7 4 1 6 1 3 2 5i 1i 6 4 k0 d 4 1 3 c 2da 3 3x 1 2o w fe 4 2z 2 n9w 1 4 a w 2 28 2 7k " +
  "1 3 1 4 1 p 2 4d 1 r i 1g 8 p b 1a 3 1c 1 2 4 2 1 14 1 1v 6 2 2 2 2 c 1 8 1 1b 1 1f 1 1 3 2 2 5 2 1 1 16 2 8 1 " +
  "6m 1 2 1 4 1 fn4 1 kh g g g r1 1 6a 1 45 5 1ae 3 1 2 5 4 14 3 4 1 4l 2 10a 1 1i f 1k 3 1d 4 2 2 1x 3 10 5 1 1 2 " +
  "5 1q 1 c 2 1g 9 b 3 2q 3 2 1 1 2 4n 1 3 8 l 2 1m 1 3 1 11 7 3 5 8u 6 1 1 4 2 1 2 6m 4 6 2 1 2 r 2 2d 8 2 1 1 2 " +
  "2y 1 1 1 2 6 1 1 2t 3 2 4 1 5 gjo 5 1n 7 uw 4 f7u 2 43s 3 h 8 2 7 u 4 44 3 1iz 1j 4 1e 8 1 e 1 m 5 1 f 2sg 7 " +
  "gzl5 6o";

/** What StripAccents removes. */
export const MARK: string =
  "lc 34 7n 7 7b 19 1 1 1 2 1 2 1 1 20 b 1c l g 1 2t 7 2 6 2 2 1 4 z 1 u r 2j b 1m 9 y 4 1 9 1 3 1 5 17 3 3c e 1 x " +
  "1i 3 1 i 1 7 a 2 t 3 1k 1 1 7 2 2 2 3 9 1 a 2 t 3 1k 1 1 5 4 2 2 3 3 1 u 2 3 1 b 3 1k 1 1 8 1 3 1 3 k 2 t 3 1k " +
  "1 1 7 2 2 2 3 8 2 a 2 u 1 1n 5 3 3 1 4 9 1 14 4 1m 7 1 3 1 4 7 2 b 2 t 3 1k 1 1 7 1 3 1 4 7 2 b 2 t 3 1m 7 1 3 " +
  "1 4 9 1 a 2 u 2 1y 1 4 6 1 1 1 8 i 2 1p 1 2 7 c 8 2q 1 2 6 1 2 b 6 22 2 r 1 1 1 1 1 4 2 1d k 1 2 5 b 1 10 9 1 " +
  "2s k n 4 4 3 1 3 2 7 3 4 d c 1 1 a 4 jj 3 qa 3 t 3 t 2 u 2 1s w 9 1 19 3 3b 2 y 1 3a c 4 c 63 5 1l a 1 t 2 1 1c " +
  "f 1t 5 1b h 12 9 c 3 u d 1k e 1c k 48 3 1 l 4 1 4 3 3 2 5i 1i 5 5 k0 x 2da 3 3x 1 2o w fe 6 2x 2 n9w 4 1 a w 2 " +
  "28 2 7k 1 3 1 4 1 n 5 2g 2 1e i q i 1g 8 p d 18 4 1b e 10 1 1v e c 1 8 2 19 3 1e 1 1 3 2 2 5 2 1 1 15 5 5 2 6k " +
  "8 1 2 fn4 1 kh g g g r1 1 6a 1 45 5 1ae 3 1 2 5 4 14 3 4 1 4l 2 109 3 1h f 1k 4 19 b 1x 3 10 e 1q 1 c 3 1c e 9 " +
  "3 2n c 6 1 4g c l 4 1k 1 1 7 2 2 2 3 9 1 a 2 2 7 3 5 5c i 2x k 6j 7 2 9 r 2 2a h 2y d 2t f zn 8 1 8 2a m 1 e " +
  "fg9 5 1n 7 t6 1a g 4 f7u 2 43q 5 3 6 8 8 2 7 u 4 44 3 1iz 1j 4 1e 8 1 e 1 m 5 1 f 11s 7 1 h 2 7 1 2 1 5 1ph 7 " +
  "31 7 gzhx 6o";

/** What the normalization forms change, move or compose, alone or beside another. */
export const NORMALIZING: string =
  "1o 3 2 g 1 9 6 g 1 9 11 1 7 1 1 1 4 1 2 4 2 3 1 3 1 g 1 6 1 6 2 g 1 6 1 6 1 h 2 k 2 9 1 6 1 8 2 7 2 6 2 i 2 o w " +
  "2 d 2 6 1 c p 1 6 2 g 2 10 2 2 6 e 2m 1 t 9 v 6 2 5 r 27 1 w 4 1 5 1 3 1 5 7 1 1 1 4 3 1 1 1 1 1 5 1 1 1 3 1 3 " +
  "9 3 1 1 1 1 1 5 1 1 1 3 1 3 6 1 7 p 3 1 2 3 1 6 2 1 1 2 2 4 3 1 1 2 1 1 6 3 1 4 1 3 1 3 1 1 1 2 1 2 1 1 6 3 1 4 " +
  "1 3 1 3 1 1 1 2 2 1 1 2 2 4 3 l 4 b 5 1l 2 d 4 2 a 2 k 2 2 3x 1 9 19 1 1 1 2 1 2 1 1 8 7 1 5 1 1 1 2 1 2 1 5 7 " +
  "1 t b 7 6 w 1 1 m g 1 4 4 1z 3 f 2 1 8 2 6 2 2 1 4 z 1 u r 4g 9 y 4 1 9 1 3 1 5 17 3 3c e 1 t l 3 4 1 4 2 5 2 1 " +
  "1 3 3 1 2 7 1 g 1 3 4 3 8 1t 2 c 1 c 1 1 1 8 1 3 3 9 1 4 2 1 1 1i 2 4 1 e 1 6 2 2 1 1 1 3 1 g 1 b 3 2 1 2l 1 g " +
  "1 2b 2 p 1 1 1 8 2 2 3 8 2 4 2 1g 1 1 1 15 1 7 2 2 4 9 1 32 1 1 1 4 1 7 2 2t 1 2 2 1 1 3 3 1 2 1 1 7 2 2v 1 7 2 " +
  "2 4 9 1 36 1 4 1 9 2 1 4 2b 1 4 3 d 4 2v 1 4 2 e 4 g 2 1a 1 b 2 r 1 1 1 1 1 6 1 1 2 8 2 3 2 3 2 3 2 c 1 7 d 2 5 " +
  "1 2 8 1 1 2 8 2 3 2 3 2 3 2 5 2 1 1 1 1 1 1 c 1 2m 2 7 1 8 1 1 2 2a 1 32 1 3 j 26 l 1e r be 3 qc 1 v 1 4d 1 a 1 " +
  "5n 1 3z 3 63 2 1z 1 k 8 2 1 1c e 1z a 2 2 x 2 4 b 12 9 1i 2 1m 1 b 2 1v 1 48 3 1 d 1 7 4 1 6 1 3 2 1e 3 1 b 1 i " +
  "1 s d 1 y 2j 5 4h 4 2i 6 m 2 6 2 12 2 6 2 8 1 1 1 1 1 1 1 v 2 1h 1 f 1 e 2 6 1 j 2 3 1 9 1 b 6 1 5 1 c 3 8 1 3 " +
  "2 1 2 4 1 1 1 8 3 d 1 7 1 g 2 2 r 1 d b 1 13 d 4 1 3 c f 4 1 3 1 b 1 2 2 5 2 3 1 1 1 1 1 1 1 4 1 3 1 7 1 6 4 5 " +
  "6 1c 9 1 6 1 1 1 1 1 5 2 i 1 u 4 1 1 1 1 1a 2 3 2 1 2 m 4 5 2 1 2 b 1 4 1 1 3 1 3 3 1 i 3 1 2 7 h 2 a 7 2 f 1 5 " +
  "2 1 5 2 4 16 4 6 4 1n 2 8l 3v 10h 1 2v 3 2t 2 bi 2 35 3 3h 1 f 1 2o w 4f 1 2b 1 c 5y 16 1 15 6 6 1 1 3 b 1 4 o " +
  "1 6 5 f m 1 4 7 6 1 4 o 1 6 5 f h 4 1 1 2 4 2 3 1d 2m 3 e 2o v 1 14 8 1b 1 3j 1 74 mlr 1 4 a u 4 28 2 3i 1 3r 2 " +
  "c 1 59 1 r i 1l 3 11 1 2n 1 c 1 6n 1 1 3 2 2 5 2 1 1 1g 1 2t 4 3x 1 i 8mc 6l8 7i 2 1 1 1 2 a 1 1 1 1 2 2 3 1w 2 " +
  "2y 12 7 c 5 5 q 1 5 1 1 1 2 1 2 1 30 x a3 i 1s 2 1i 14 d j a 6 11 2 c 1 j 1 4 4 3 1 1 1 3r 4 5a 3 6 2 6 2 6 2 3 " +
  "3 7 1 7 em 1 6a 1 45 5 1aq 1 1 1 14 3 4 1 4l 2 127 1 1k 1 p 4 8 1 5 1 d 2 1x 3 10 1 6 2 1 4 1q 1 24 1 9 1 2y 2 " +
  "4y 2 29 1 1 1 8 1 3 3 9 1 e 7 3 5 5p 1 3 1 2x 1 8 6 3 2 6j 1 8 4 3 2 3i 1 3a 2 37 1 103 1 fjk 5 1n 7 g2v 1 43c " +
  "2 5 c 3 6 8 8 2 7 u 4 b 8 3l 3 cb 2d 1 1z 1 2 2 1 2 2 2 4 1 c 1 1 1 7 1 1t 1 4 2 8 1 7 1 s 1 4 1 5 1 1 3 7 1 9g " +
  "2 84 2 1e 1kw 7 1 h 2 7 1 2 1 5 1ph 7 31 7 xh 4 1 r 1 2 1 1 2 1 1 a 1 4 1 1 1 1 6 1 4 1 1 1 1 1 1 3 1 2 1 1 2 1 " +
  "1 1 1 1 1 1 1 1 1 2 1 1 2 4 1 7 1 4 1 4 1 1 1 a 1 h 5 3 1 5 1 h g4 b 5 v 1 w q 2 10 1 33 3 d 18 4 9 7 2 1fou f2";

/** Canonical combining classes other than 0. */
export const COMBINING_CLASS: string =
  "lc l 6e 0 1 6g 0 4 64 0 1 6g 0 1 60 0 5 64 0 2 5m 0 4 64 0 2 5m 0 b 64 0 5 1 0 4 64 0 3 6e 2 1 6e 2 1 6o 0 1 6e " +
  "0 3 64 0 3 6e 0 2 64 1 3 6e 0 4 64 0 1 6e 0 1 6g 0 2 64 0 1 6e 0 1 6h 0 2 6i 0 1 6h 0 2 6i 0 1 6h 0 d 6e 7n 5 " +
  "6e 7d 1 64 0 4 6e 0 1 64 0 3 6e 0 1 66 0 1 64 0 6 6e 0 6 64 0 2 6e 0 1 64 0 2 6e 0 1 66 0 1 6c 0 1 6e 0 1 a 0 1 " +
  "b 0 1 c 0 1 d 0 1 e 0 1 f 0 1 g 0 1 h 0 1 i 0 2 j 0 1 k 0 1 l 0 1 m 1 1 n 1 1 o 0 1 p 1 1 6e 0 1 64 1 1 i 20 8 " +
  "6e 0 1 u 0 1 v 0 1 w 1c 1 r 0 1 s 0 1 t 0 1 u 0 1 v 0 1 w 0 1 x 0 1 y 0 2 6e 0 2 64 0 5 6e 0 1 64 0 2 6e 0 1 64 " +
  "g 1 z 2t 7 6e 2 4 6e 0 1 64 0 1 6e 2 2 6e 1 1 64 0 2 6e 0 1 64 z 1 10 u 1 6e 0 1 64 0 2 6e 0 1 64 0 2 6e 0 3 64 " +
  "0 1 6e 0 2 64 0 1 6e 0 1 64 0 3 6e 0 1 64 0 1 6e 0 1 64 0 1 6e 0 1 64 0 1 6e 0 1 64 0 2 6e 4g 7 6e 0 1 64 0 1 " +
  "6e y 4 6e 1 9 6e 1 3 6e 1 5 6e 17 3 64 3c e 6e 1 1 64 0 2 6e 0 1 64 0 2 6e 0 1 64 0 3 6e 0 3 64 0 1 r 0 1 s 0 1 " +
  "t 0 3 6e 0 1 64 0 2 6e 0 2 64 0 5 6e 1o 1 7 g 1 9 3 1 6e 0 1 64 0 2 6e 2v 1 7 g 1 9 32 1 7 g 1 9 32 1 7 g 1 9 " +
  "32 1 7 g 1 9 3j 1 9 3j 1 9 7 1 2c 0 1 2j 2t 1 7 g 1 9 3j 1 9 3g 1 9 31 2 2v 0 1 9 d 4 2z 30 2 3a e 4 3e 24 2 64 " +
  "r 1 64 1 1 64 1 1 60 1j 1 3l 0 1 3m 1 1 3o 5 4 3m 2 1 3m 1 2 6e 0 1 9 1 2 6e 1q 1 64 34 1 7 1 2 9 2a 1 64 jz 3 " +
  "6e qc 1 9 v 1 9 4d 1 9 a 1 6e 5n 1 6c 3z 1 66 0 1 6e 0 1 64 63 1 6e 0 1 64 1z 1 9 k 8 6e 2 1 64 1c 5 6e 0 6 64 " +
  "0 2 6e 0 1 64 3a 1 7 f 1 9 12 1 6e 0 1 64 0 7 6e 1i 2 9 1m 1 7 b 2 9 1v 1 7 48 3 6e 1 1 1 0 5 64 0 2 6e 0 4 64 " +
  "0 1 6e 1 7 1 4 1 64 6 1 6e 3 2 6e 5i 2 6e 0 1 64 0 7 6e 0 1 64 0 2 6e 0 1 6i 0 1 5y 0 1 64 0 1 5m 0 11 6e 5 1 " +
  "6e 0 1 6h 0 1 64 0 1 6e 0 1 64 k0 2 6e 0 2 1 0 4 6e 0 3 1 0 2 6e 4 1 6e 3 2 1 0 1 6e 0 1 64 0 1 6e 0 2 1 0 4 64 " +
  "0 1 6e 2da 3 6e 3x 1 9 2o w 6e fe 1 62 0 1 6c 0 1 6g 0 1 66 0 2 68 2x 2 8 n9w 1 6e 4 a 6e w 2 6e 28 2 6e 7o 1 9 " +
  "59 1 9 r i 6e 1l 3 64 11 1 9 2n 1 7 c 1 9 6n 1 6e 1 2 6e 0 1 64 2 2 6e 5 2 6e 1 1 6e 1g 1 9 6u 1 9 fn4 1 q ld 7 " +
  "6e 0 7 64 0 2 6e r1 1 64 6a 1 64 45 5 6e 1aq 1 64 1 1 6e 14 1 6e 0 1 1 0 1 64 4 1 9 4l 1 6e 0 1 64 127 1 9 1k 1 " +
  "9 1l 1 9 0 1 7 1x 3 6e 1c 2 9 1q 1 7 24 1 9 9 1 7 2y 1 9 0 1 7 4y 1 7 0 1 9 29 1 7 g 1 9 o 7 6e 3 5 6e 5p 1 9 3 " +
  "1 7 3f 1 9 0 1 7 6z 1 9 0 1 7 3i 1 9 3a 1 9 0 1 7 37 1 9 103 1 9 fjk 5 1 1n 7 6e g2v 1 1 43q 2 60 0 3 1 3 1 6a " +
  "0 5 60 8 8 64 2 5 6e 0 2 64 u 4 6e 44 3 6e 2pn 7 6e 1 h 6e 2 7 6e 1 2 6e 1 5 6e 1ph 7 64 31 6 6e 0 1 7";

/** What has a lowercase of one code point. U+0130 alone has two: i and U+0307. */
export const LOWERCASE: string =
  "1t q 1 w 2t n 1 w 1 7 1 w x o 2 1 3 3 2 1 2 8 2 1 2 n 2 1 1 1 1 -3d 0 3 2 1 3 1 1 5u 0 2 2 1 1 1 1 5q 0 1 1 1 1 " +
  "2 1 5p 0 1 1 1 2 1 1 27 0 1 1 5m 0 1 1 5n 0 1 1 1 1 1 1 5p 0 1 1 5r 1 1 1 5v 0 1 1 5t 0 1 1 1 3 1 1 5v 0 1 1 5x " +
  "1 1 1 5y 0 3 2 1 1 1 1 62 0 1 1 1 1 1 1 62 2 1 1 1 1 1 1 62 0 1 1 1 1 2 1 61 0 2 2 1 1 1 1 63 0 1 1 1 3 1 1 1 7 " +
  "1 1 2 0 1 1 1 1 1 1 2 0 1 1 1 1 1 1 2 0 9 2 1 2 9 2 1 2 1 1 2 0 2 2 1 1 1 1 -2p 0 1 1 -1k 0 k 2 1 1 1 1 -3m 1 9 " +
  "2 1 7 1 1 8bv 0 1 1 1 1 1 1 -4j 0 1 1 8bs 2 1 1 1 1 1 1 -5f 0 1 1 1x 0 1 1 1z 0 5 2 1 81 2 2 1 3 1 1 1 8 1 1 38 " +
  "6 1 1 12 1 3 1 11 1 1 1 1s 1 2 1 1r 1 h 1 w 1 9 1 w z 1 1 8 8 c 2 1 5 1 1 -1o 2 1 1 1 1 1 1 -7 0 1 1 1 2 3 1 " +
  "-3m 0 g 1 28 0 w 1 w 1c h 2 1 9 r 2 1 1 1 1 f 0 7 2 1 2 1c 2 1 2 12 1 1c 289 12 1 5ls 1 1 1 5ls 5 1 1 5ls k2 28 " +
  "1 tzk 0 6 1 8 1oz 1 1 1 6 17 1 -2bk 2 3 1 -2bk 8w 23 2 1 9 1 1 -5vj 1 1c 2 1 9 8 1 -8 8 6 1 -8 a 8 1 -8 8 8 1 " +
  "-8 8 6 1 -8 b 4 2 -8 8 8 1 -8 o 8 1 -8 8 8 1 -8 8 8 1 -8 8 2 1 -8 0 2 1 -22 0 1 1 -9 b 4 1 -2e 0 1 1 -9 b 2 1 " +
  "-8 0 2 1 -2s c 2 1 -8 0 2 1 -34 0 1 1 -7 b 2 1 -3k 0 2 1 -3i 0 1 1 -9 89 1 1 -5st 3 1 1 -6gv 0 1 1 -6di 6 1 1 s " +
  "19 g 1 g j 1 1 1 mq q 1 q 1f4 1c 1 1c 1c 1 1 1 1 1 1 -8af 0 1 1 -2xy 0 1 1 -89z 2 3 2 1 1 1 1 -8bg 0 1 1 -8al 0 " +
  "1 1 -8bj 0 1 1 -8bi 1 1 1 1 2 1 1 1 8 2 1 -8cf 0 1e 2 1 8 2 2 1 4 1 1 1 nyl n 2 1 j e 2 1 3r 7 2 1 3 v 2 1 a 2 " +
  "2 1 1 1 1 -r9g 0 5 2 1 4 1 1 1 1 1 1 -wmg 2 2 2 1 3 a 2 1 1 1 1 -wn8 0 1 1 -wnj 0 1 1 -wnf 0 1 1 -wn5 0 1 1 " +
  "-wn8 1 1 1 -wlu 0 1 1 -wmi 0 1 1 -wlx 0 1 1 ps 0 8 2 1 1 1 1 -1c 0 1 1 -wn7 0 1 1 -raw 0 2 2 1 1 1 1 -wo7 0 8 2 " +
  "1 1 1 1 -wu9 o 1 1 1 h7v q 1 w xx 14 1 14 3s 10 1 14 4c b 1 13 1 f 1 13 1 7 1 13 1 2 1 13 1d6 1f 1 1s 4d m 1 w " +
  "27u w 1 w gw0 w 1 w 1s p 1 r o5j y 1 y";
