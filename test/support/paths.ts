import { fileURLToPath } from "node:url";

/** The path of a file or folder of this checkout, from its root. */
export function inCheckout(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

/** The models of fixtures/tiny, each with what it is there for. */
export const TINY_MODELS = [
  "gelu-mean",
  "gelu-new-cls",
  "relu-max",
  "gelu-tanh-sqrt",
  "roberta-weighted",
  "xlm-roberta-last",
  "six-modes",
  "prompt-left-out",
  "mlx-4bit",
  "sharded",
  "odd-dense",
  "plain",
] as const;
