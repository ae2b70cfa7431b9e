import { SiskinError } from "../errors.ts";
import type { Tensor, Tensors } from "./pipeline.ts";

type TensorData<D extends Tensor["dtype"]> = Extract<Tensor, { readonly dtype: D }>["data"];

/** An array of a compiled tokenizer, which must be there in the type and, when one is given, the length. */
export function tensorData<D extends Tensor["dtype"]>(
  tensors: Tensors,
  name: string,
  dtype: D,
  length?: number,
): TensorData<D> {
  const tensor = tensors.get(name);
  if (tensor?.dtype !== dtype) {
    throw new SiskinError(
      "BAD_FILE",
      `compiled tokenizer: ${name}: expected ${dtype}, got ${tensor?.dtype ?? "nothing"}`,
    );
  }
  if (length !== undefined && tensor.data.length !== length) {
    throw new SiskinError(
      "BAD_FILE",
      `compiled tokenizer: ${name}: expected ${length} elements, got ${tensor.data.length}`,
    );
  }
  return tensor.data as TensorData<D>;
}
