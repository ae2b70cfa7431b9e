import { parseArgs } from "node:util";
import { SiskinError } from "../index.ts";
import type { Arguments, OptionTable } from "./command.ts";

/** A mistake in the command line: exit code 2. */
export function usageError(message: string): SiskinError {
  return new SiskinError("BAD_OPTION", message);
}

/**
 * Parses what follows a command's name. Checked here rather than by parseArgs, whose own messages name no other option.
 *
 * @throws SiskinError BAD_OPTION for an unknown option, a missing value, or a value where none is taken.
 */
export function parseArguments(argv: readonly string[], options: OptionTable): Arguments {
  const { values, positionals, tokens } = parseArgs({
    args: [...argv],
    options: parseArgsOptions(options),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (option === undefined) throw unknownOption(token.rawName, options);
    if (option.type === "boolean" && token.value !== undefined) {
      throw usageError(`${token.rawName}: expected no value, got ${JSON.stringify(token.value)}`);
    }
    if (option.type === "boolean") continue;
    if (token.value === undefined) throw usageError(`${token.rawName}: expected a value, got none`);
    if (!token.inlineValue && /^-./.test(token.value)) {
      throw usageError(
        `${token.rawName}: expected a value, got the option ${token.value} (if meant: --${token.name}=${token.value})`,
      );
    }
  }
  return { values: values as Arguments["values"], positionals };
}

function parseArgsOptions(options: OptionTable): Record<string, { type: "string" | "boolean"; short?: string }> {
  return Object.fromEntries(
    Object.entries(options).map(([name, { type, short }]) => [name, short === undefined ? { type } : { type, short }]),
  );
}

function unknownOption(rawName: string, options: OptionTable): SiskinError {
  const name = rawName.replace(/^--?/, "");
  const near = rawName.startsWith("--") ? nearest(name, Object.keys(options)) : undefined;
  const hint = near === undefined ? "a text that begins with - goes after --" : `did you mean --${near}?`;
  return usageError(`unknown option ${rawName}: ${hint}`);
}

/** The name nearest to a mistyped one: the one it begins, or one at most a third of its letters away. */
export function nearest(mistyped: string, names: readonly string[]): string | undefined {
  const short = mistyped.slice(0, 40); // what is longer is no mistyped name
  const begun = short.length >= 3 ? names.find((name) => name.startsWith(short)) : undefined;
  if (begun !== undefined) return begun;
  const ranked = names
    .map((name) => ({ name, distance: editDistance(short, name) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(1, Math.floor(best.name.length / 3)) ? best.name : undefined;
}

/** Insertions, deletions and changes of a letter that turn a into b. Levenshtein 1966. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}

export function stringOption({ values }: Arguments, name: string): string | undefined {
  return values[name] as string | undefined;
}

export function booleanOption({ values }: Arguments, name: string): boolean {
  return values[name] === true;
}

/** An option that may be turned on and off, by --name and --no-name; undefined when the user did neither. */
export function switchOption({ values }: Arguments, name: string): boolean | undefined {
  const on = values[name];
  const off = values[`no-${name}`];
  if (on && off) throw usageError(`expected --${name} or --no-${name}, got both`);
  return on ? true : off ? false : undefined;
}

export function integerOption(args: Arguments, name: string, min: number, max: number): number | undefined {
  const text = stringOption(args, name);
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw usageError(`--${name}: expected an integer from ${min} to ${max}, got ${JSON.stringify(text)}`);
}

export function choiceOption<T extends string>(args: Arguments, name: string, choices: readonly T[]): T | undefined {
  const text = stringOption(args, name);
  if (text === undefined) return undefined;
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw usageError(`--${name}: expected ${choices.join(" or ")}, got ${JSON.stringify(text)}`);
}

/** The one argument that a command takes. */
export function onlyArgument({ positionals }: Arguments, what: string): string {
  if (positionals.length === 1) return positionals[0]!;
  throw usageError(`expected ${what}, got ${positionals.length === 0 ? "none" : `${positionals.length} arguments`}`);
}
