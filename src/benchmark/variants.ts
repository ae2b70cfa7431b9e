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

/** Each dtype with the kernels that run by default and, where they are others, those without relaxed instructions. */
export function variants(backend: BackendChoice["backend"], dtypes: readonly Dtype[] = DTYPES): Variant[] {
  return dtypes.flatMap((dtype) => {
    const fast = selectBackend({ backend, dtype, deterministic: false });
    const strict = selectBackend({ backend, dtype, deterministic: true });
    const same = fast.kernels.split(":")[0] === strict.kernels.split(":")[0];
    const both = same ? [] : [{ label: `${dtype} deterministic`, dtype, deterministic: true, ...strict }];
    return [{ label: dtype, dtype, deterministic: false, ...fast }, ...both];
  });
}

/** What everything is measured by: the fastest float32 arithmetic of this engine. */
export function calibrate(backend: BackendChoice["backend"]): Calibration {
  return calibrationOf(selectBackend({ backend, dtype: "float32", deterministic: false }).backend);
}
