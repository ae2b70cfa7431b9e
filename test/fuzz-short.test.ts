import { expect, test } from "vitest";
import { fuzz } from "./fuzz/run.ts";
import { TARGETS } from "./fuzz/targets.ts";

// A few seconds of what `npm run fuzz` does for minutes.
for (const target of TARGETS) {
  test(`hostile ${target.name}: an error with a place, or a right result`, async () => {
    const { accepted, refused } = await fuzz(target, 20_261_124, 2000 * target.share);
    expect(accepted).toBeGreaterThan(50);
    expect(refused).toBeGreaterThan(50);
  });
}
