import { SiskinError } from "../errors.ts";

/** A parsed JSON object of a model's configuration, with the file's name for messages. */
export interface Fields {
  readonly where: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Parses a configuration file that must hold one JSON object. */
export function parseFields(text: string, where: string): Fields {
  return asFields(parseJson(text, where), where);
}

/** JSON.parse with the file's name in its error. */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SiskinError("BAD_FILE", `${where}: expected JSON, got ${describeText(text)}`, { cause: error });
  }
}

export function asFields(value: unknown, where: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SiskinError("BAD_CONFIG", `${where}: expected an object, got ${show(value)}`);
  }
  return { where, values: value as Record<string, unknown> };
}

/** A field of the object itself: nothing that its prototype has (`constructor`, `__proto__`) is one. */
export function field(fields: Fields, key: string): unknown {
  const value = Object.hasOwn(fields.values, key) ? fields.values[key] : undefined;
  return value === null ? undefined : value;
}

export function integer(fields: Fields, key: string, min: number, max: number, absent?: number): number {
  const value = field(fields, key) ?? absent;
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return value as number;
  throw wrong(fields, key, `an integer from ${min} to ${max}`, value);
}

export function text(fields: Fields, key: string, absent?: string): string {
  const value = field(fields, key) ?? absent;
  if (typeof value === "string") return value;
  throw wrong(fields, key, "a string", value);
}

export function flag(fields: Fields, key: string, absent: boolean): boolean {
  const value = field(fields, key) ?? absent;
  if (typeof value === "boolean") return value;
  throw wrong(fields, key, "true or false", value);
}

/** The table's value for the name that the field holds; a name that the table lacks is an error that lists the known. */
export function choice<T>(fields: Fields, key: string, table: ReadonlyMap<string, T>, absent?: string): T {
  const name = field(fields, key) ?? absent;
  const value = typeof name === "string" ? table.get(name) : undefined;
  if (value !== undefined) return value;
  throw new SiskinError(
    "UNKNOWN_COMPONENT",
    `${fields.where}: ${key}: expected one of ${[...table.keys()].join(", ")}, got ${show(name)}`,
  );
}

export function wrong(fields: Fields, key: string, expected: string, got: unknown): SiskinError {
  return new SiskinError("BAD_CONFIG", `${fields.where}: ${key}: expected ${expected}, got ${show(got)}`);
}

/** A value as an error message quotes it: short, on one line. */
export function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "an array" : "an object";
  const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
  return shown.length > 60 ? `${shown.slice(0, 60)}…` : shown;
}

/** What a file that is not JSON seems to be. */
function describeText(text: string): string {
  const start = text.trimStart().slice(0, 200).toLowerCase();
  if (start.startsWith("version https://git-lfs")) return "a Git-LFS pointer: the file itself was not downloaded";
  if (start.startsWith("<!doctype") || start.startsWith("<html")) return "an HTML page";
  if (start === "") return "an empty file";
  return show(text);
}
