import { expect, test } from "vitest";
import { createGain } from "../../dist/pool/gain.js";

/** Work of a millisecond alone at a time, which takes `ratioAt` of that together; the milliseconds of each phase, alone first. */
function phases(count: number, ratioAt: (phase: number) => number): number[] {
  const gain = createGain();
  const lengths: number[] = [];
  for (let phase = 0; phase < count; phase++) {
    const together = phase % 2 === 1;
    let taken = 0;
    do {
      const milliseconds = together ? ratioAt(phase) : 1;
      taken += milliseconds;
      gain.judge(0, milliseconds, 1.5e6);
    } while (gain.together(0) === together);
    lengths.push(taken);
  }
  return lengths;
}

test("while others help, times together grow to 640 ms, between samples of 3 ms alone", () => {
  const lengths = [3, 10, 3, 20, 3, 40, 3, 80, 3, 160, 3, 320, 3, 640, 3, 640];
  expect(phases(lengths.length, () => 0.5)).toEqual(lengths);
});

test("while they do not, times alone grow to 640 ms", () => {
  const lengths = [3, 10, 20, 10, 40, 10, 80, 10, 160, 10, 320, 10, 640, 10, 640, 10];
  expect(phases(lengths.length, () => 1)).toEqual(lengths);
});

test("a time together that loses 5 ms ends at once, however long it was to be", () => {
  const lengths = phases(12, (phase) => (phase < 11 ? 0.5 : 4));
  expect(lengths[9]).toBe(160);
  expect(lengths[11]).toBe(8); // two turns of four milliseconds, in place of two
});

test("kernels are compared each with itself, and one that is new works alone first", () => {
  const gain = createGain();
  for (let i = 0; i < 3; i++) gain.judge(0, 1, 1e6);
  expect([gain.together(0), gain.together(1)]).toEqual([true, false]);
  gain.judge(1, 4, 1e6); // estimated too low by four
  expect(gain.together(1)).toBe(true);
  for (let i = 0; i < 2; i++) gain.judge(1, 3, 1e6); // a gain of a quarter, which ends the 10 ms
  expect(gain.together(1)).toBe(false);
  for (let i = 0; i < 3; i++) gain.judge(0, 1, 1e6); // a sample alone
  for (let i = 0; i < 26; i++) {
    expect(gain.together(0)).toBe(true); // 20 ms long, since there was a gain
    gain.judge(0, 0.75, 1e6);
  }
});
