import { expect, test } from "vitest";
import { fuzz } from "./run.ts";
import { TARGETS } from "./targets.ts";

const CASES = Number(process.env["SISKIN_FUZZ_CASES"] ?? 100_000);
const SEED = Number(process.env["SISKIN_FUZZ_SEED"] ?? 1);

for (const target of TARGETS) {
  test(target.name, async () => {
    const cases = Math.ceil(CASES * target.share);
    const { accepted, refused } = await fuzz(target, SEED, cases);
    console.log(`${target.name}: seeds ${SEED} to ${SEED + cases - 1}: ${accepted} accepted, ${refused} refused`);
    expect(accepted + refused).toBe(cases);
  });
}
