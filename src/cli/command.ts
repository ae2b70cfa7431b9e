/** What every command says of itself; help, parsing and suggestions are made from it. */
export interface Command {
  readonly name: string;
  /** A line for the list of commands. */
  readonly summary: string;
  /** What follows the command's name: "[options] TEXT… | -i FILE | -". */
  readonly usage: string;
  /** What a user must know beyond the options, as paragraphs. */
  readonly notes: readonly string[];
  readonly options: OptionTable;
  readonly examples: readonly string[];
  /** Does the work and gives the exit code. */
  run(args: Arguments): Promise<number>;
}

export interface Option {
  readonly type: "string" | "boolean";
  readonly short?: string;
  /** How help calls the value: "FILE". */
  readonly value?: string;
  readonly help: string;
}

export type OptionTable = Readonly<Record<string, Option>>;

/** What the user wrote after the command's name. */
export interface Arguments {
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
}
