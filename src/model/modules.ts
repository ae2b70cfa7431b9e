import { SiskinError } from "../errors.ts";
import { asFields, choice, type Fields, field, flag, integer, place, show, string, wrong } from "../fields.ts";
import type { Activation } from "../kernels/activation.ts";
import type { PoolingMode } from "../kernels/pooling.ts";

/** What a sentence-transformers model does with a text, module by module; `path` is the module's folder. */
export type ModuleEntry =
  | { readonly kind: "transformer"; readonly path: string }
  | { readonly kind: "pooling"; readonly path: string }
  | { readonly kind: "dense"; readonly path: string }
  | { readonly kind: "normalize"; readonly path: string };

/** How token vectors become one vector: modes side by side where there are several. */
export interface PoolingConfig {
  readonly modes: readonly PoolingMode[];
  readonly includePrompt: boolean;
}

export interface DenseConfig {
  readonly inputs: number;
  readonly outputs: number;
  readonly bias: boolean;
  readonly activation: Activation;
}

const KINDS: ReadonlyMap<string, ModuleEntry["kind"] | "dropout"> = new Map([
  ["Transformer", "transformer"],
  ["Pooling", "pooling"],
  ["Dense", "dense"],
  ["Normalize", "normalize"],
  ["Dropout", "dropout"], // does nothing once training is over
]);

/** In the order in which sentence-transformers concatenates the legacy flags. */
const LEGACY_MODES: readonly (readonly [string, PoolingMode])[] = [
  ["pooling_mode_cls_token", "cls"],
  ["pooling_mode_max_tokens", "max"],
  ["pooling_mode_mean_tokens", "mean"],
  ["pooling_mode_mean_sqrt_len_tokens", "mean_sqrt_len_tokens"],
  ["pooling_mode_weightedmean_tokens", "weightedmean"],
  ["pooling_mode_lasttoken", "lasttoken"],
];

const MODES: Readonly<Record<string, PoolingMode>> = Object.fromEntries(LEGACY_MODES.map(([, mode]) => [mode, mode]));

const DENSE_ACTIVATIONS: Readonly<Record<string, Activation>> = {
  "torch.nn.modules.activation.Tanh": "tanh",
  "torch.nn.modules.linear.Identity": "identity",
  "torch.nn.modules.activation.ReLU": "relu",
  "torch.nn.modules.activation.GELU": "gelu",
};

/** Without modules.json sentence-transformers takes the mean of the transformer's tokens, and so do we. */
export const DEFAULT_MODULES: readonly ModuleEntry[] = [{ kind: "transformer", path: "" }];
export const DEFAULT_POOLING: PoolingConfig = { modes: ["mean"], includePrompt: true };

/**
 * Reads a parsed modules.json: a Transformer, a Pooling, then Dense and Normalize in any order. Class paths old and new
 * are told by their last name.
 */
export function parseModules(value: unknown, where: string): ModuleEntry[] {
  if (!Array.isArray(value))
    throw new SiskinError("BAD_CONFIG", `${where}: expected a list of modules, got ${show(value)}`);
  const modules: ModuleEntry[] = [];
  for (const [i, item] of value.entries()) {
    const entry = asFields(item, `${where}: [${i}]`);
    const type = string(entry, "type");
    const kind = KINDS.get(type.slice(type.lastIndexOf(".") + 1));
    if (kind === undefined) {
      throw new SiskinError(
        "UNKNOWN_COMPONENT",
        `${entry.where}: unknown module ${show(type)}, expected one of ${[...KINDS.keys()].join(", ")}`,
      );
    }
    if (kind !== "dropout") modules.push({ kind, path: string(entry, "path", "") });
  }
  modules.forEach(({ kind }, i) => {
    const expected = i === 0 ? "transformer" : i === 1 ? "pooling" : undefined;
    const misplaced = expected === undefined ? kind === "transformer" || kind === "pooling" : kind !== expected;
    if (misplaced) {
      throw new SiskinError(
        "UNKNOWN_COMPONENT",
        `${where}: expected a Transformer, a Pooling, then Dense and Normalize, got ${modules.map((m) => m.kind).join(", ")}`,
      );
    }
  });
  if (modules.length === 0) throw new SiskinError("BAD_CONFIG", `${where}: expected a Transformer, got an empty list`);
  return modules;
}

/** Reads a Pooling module's parsed config.json: `pooling_mode`, or the older flags. */
export function parsePooling(fields: Fields, hiddenSize: number): PoolingConfig {
  const key = field(fields, "embedding_dimension") === undefined ? "word_embedding_dimension" : "embedding_dimension";
  const size = integer(fields, key, 1, 1 << 24);
  if (size !== hiddenSize) throw wrong(place(fields, key), `the transformer's hidden_size ${hiddenSize}`, size);
  return { modes: parseModes(fields), includePrompt: flag(fields, "include_prompt", true) };
}

function parseModes(fields: Fields): PoolingMode[] {
  const given = field(fields, "pooling_mode");
  if (Array.isArray(given)) {
    if (given.length === 0) throw wrong(place(fields, "pooling_mode"), "a mode or a list of them", "an empty list");
    return given.map((_, i) =>
      choice({ where: `${fields.where}: pooling_mode`, values: given as never }, `${i}`, MODES),
    );
  }
  if (given !== undefined) return [choice(fields, "pooling_mode", MODES)];
  const unknown = Object.keys(fields.values).find(
    (key) => key.startsWith("pooling_mode_") && !LEGACY_MODES.some(([legacy]) => legacy === key),
  );
  if (unknown !== undefined && flag(fields, unknown, false)) {
    throw new SiskinError("UNKNOWN_COMPONENT", `${fields.where}: unknown pooling mode ${show(unknown)}`);
  }
  const modes = LEGACY_MODES.filter(([legacy]) => flag(fields, legacy, false)).map(([, mode]) => mode);
  return modes.length > 0 ? modes : ["mean"]; // sentence-transformers' default
}

/** Reads a Dense module's parsed config.json. */
export function parseDense(fields: Fields, inputSize: number): DenseConfig {
  const inputs = integer(fields, "in_features", 1, 1 << 24);
  if (inputs !== inputSize) throw wrong(place(fields, "in_features"), `the size before it, ${inputSize}`, inputs);
  if (flag(fields, "use_residual", false)) throw wrong(place(fields, "use_residual"), "false", true);
  for (const key of ["module_input_name", "module_output_name"]) {
    const name = string(fields, key, "sentence_embedding");
    if (name !== "sentence_embedding") throw wrong(place(fields, key), '"sentence_embedding"', name);
  }
  return {
    inputs,
    outputs: integer(fields, "out_features", 1, 1 << 24),
    bias: flag(fields, "bias", true),
    activation: choice(fields, "activation_function", DENSE_ACTIVATIONS, "torch.nn.modules.activation.Tanh"),
  };
}
