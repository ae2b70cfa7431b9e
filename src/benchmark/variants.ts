import type { Backend } from "../kernels/backend.ts";
import type { Dtype } from "../kernels/quantize.ts";
import { type BackendChoice, selectBackend } from "../kernels/wasm/select.ts";
import { type Calibration, calibrationOf } from "./calibration.ts";

/** A set of kernels to time: a dtype, by default or deterministic. */
export interface Variant {
  readonly label: string;
  readonly dtype: Dtype;
  readonly deterministic: boolean;
  readonly backend: Backend;
  /** Which kernels these are, and why. */
  readonly kernels: string;
}

export const DTYPES: readonly Dtype[] = ["float32", "int16", "int8"];

/** Each dtype with the kernels that run by default and, where they are others, those without relaxed instructions; or these alone. */
export async function variants(
  backend: BackendChoice["backend"],
  dtypes: readonly Dtype[] = DTYPES,
  onlyDeterministic: boolean = false,
): Promise<Variant[]> {
  const pairs = dtypes.map(async (dtype) => {
    const fast = await selectBackend({ backend, dtype, deterministic: false });
    const strict = await selectBackend({ backend, dtype, deterministic: true });
    if (onlyDeterministic) return [{ label: `${dtype} deterministic`, dtype, deterministic: true, ...strict }];
    const same = fast.kernels.split(":")[0] === strict.kernels.split(":")[0];
    const both = same ? [] : [{ label: `${dtype} deterministic`, dtype, deterministic: true, ...strict }];
    return [{ label: dtype, dtype, deterministic: false, ...fast }, ...both];
  });
  return (await Promise.all(pairs)).flat();
}

/** What everything is measured by: the fastest float32 arithmetic of this engine. */
export async function calibrate(backend: BackendChoice["backend"]): Promise<Calibration> {
  return calibrationOf((await selectBackend({ backend, dtype: "float32", deterministic: false })).backend);
}
