import type { Arithmetic } from "./arithmetic.ts";
import { type Func, funcOf } from "./function.ts";
import { f32, f32x4, i32, v128 } from "./instructions.ts";

/** Chains that the loop of `peak` keeps: enough to hide the latency of four cycles at two instructions a cycle. */
const PEAK_CHAINS = 12;

/**
 * What the machine can do: 12 independent chains v = v · 0.9 + 0.1 that never leave the registers, `steps` times, so
 * 96 floating-point operations a step. The values circle near 1, far from denormals; the sum keeps them alive.
 */
export function peak({ multiplyAdd }: Arithmetic): Func {
  return funcOf("peak", f32, { steps: i32 }, (f, p) => {
    const factor = f.local(v128, f32x4.splat(0.9));
    const term = f.local(v128, f32x4.splat(0.1));
    const chains = Array.from({ length: PEAK_CHAINS }, (_, i) => f.local(v128, f32x4.splat(1 + i / 100)));
    f.times(p.steps, () => {
      for (const chain of chains) f.set(chain, multiplyAdd(chain, factor, term));
    });
    return f32x4.extract_lane(
      chains.reduce((sum, chain) => f.local(v128, f32x4.add(sum, chain))),
      0,
    );
  });
}

/** (1 + 2^-12)² − (1 + 2^-11): 2^-24 where a product is rounded with its sum, 0 where it is rounded before. */
export function fusion({ multiplyAdd }: Arithmetic): Func {
  return funcOf("fusion", f32, { value: f32, term: f32 }, (_, p) => {
    const value = f32x4.splat(p.value);
    return f32x4.extract_lane(multiplyAdd(value, value, f32x4.splat(p.term)), 0);
  });
}
