import { SiskinError } from "./errors.ts";

/** An object of a JSON file and its place there, for messages: "tokenizer.json: normalizer.normalizers[1]". */
export interface Fields {
  readonly where: string;
  readonly values: Readonly<Record<string, unknown>>;
}

export function asFields(value: unknown, where: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return { where, values: value as Record<string, unknown> };
  }
  throw wrong(where, "an object", value);
}

/** A field of the object itself: nothing that its prototype has is one, and null counts as absent. */
export function field(fields: Fields, key: string): unknown {
  const value = Object.hasOwn(fields.values, key) ? fields.values[key] : undefined;
  return value === null ? undefined : value;
}

/** The place of a field, for messages. The file itself has no dot before its fields. */
export function place(fields: Fields, key: string): string {
  return fields.where.includes(": ") ? `${fields.where}.${key}` : `${fields.where}: ${key}`;
}

export function object(fields: Fields, key: string): Fields {
  return asFields(field(fields, key), place(fields, key));
}

export function list(fields: Fields, key: string): readonly unknown[] {
  const value = field(fields, key);
  if (Array.isArray(value)) return value;
  throw wrong(place(fields, key), "an array", value);
}

/** A string without lone surrogates, which no text can contain. */
export function string(fields: Fields, key: string, absent?: string): string {
  return checkString(field(fields, key) ?? absent, place(fields, key));
}

export function checkString(value: unknown, where: string): string {
  if (typeof value === "string" && isWellFormed(value)) return value;
  throw wrong(where, typeof value === "string" ? "well-formed Unicode" : "a string", value);
}

export function flag(fields: Fields, key: string, absent?: boolean): boolean {
  const value = field(fields, key) ?? absent;
  if (typeof value === "boolean") return value;
  throw wrong(place(fields, key), "true or false", value);
}

const MAX_INT32 = 0x7fffffff;

export function integer(fields: Fields, key: string, min = 0, max: number = MAX_INT32, absent?: number): number {
  return checkInteger(field(fields, key) ?? absent, place(fields, key), min, max);
}

export function checkInteger(value: unknown, where: string, min = 0, max: number = MAX_INT32): number {
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return value as number;
  throw wrong(where, `an integer from ${min} to ${max}`, value);
}

/** The table's value for the name that the field holds; a name that the table lacks is an error that lists the known. */
export function choice<T>(fields: Fields, key: string, table: Readonly<Record<string, T>>, absent?: string): T {
  const name = field(fields, key) ?? absent;
  if (typeof name === "string" && Object.hasOwn(table, name)) return table[name]!;
  const known = Object.keys(table).join(", ");
  throw new SiskinError("UNKNOWN_COMPONENT", `${place(fields, key)}: expected one of ${known}, got ${show(name)}`);
}

/** The parser of the component's type; a type that the table lacks is an error that names it and lists the known. */
export function component<T>(fields: Fields, table: Readonly<Record<string, T>>): T {
  const type = field(fields, "type");
  if (typeof type !== "string") throw wrong(place(fields, "type"), "a string", type);
  if (Object.hasOwn(table, type)) return table[type]!;
  const known = Object.keys(table).join(", ");
  throw new SiskinError("UNKNOWN_COMPONENT", `${fields.where}: unknown type ${show(type)}, expected one of ${known}`);
}

const MAX_DEPTH = 16; // of sequences in sequences: no tokenizer in use has more than two, and a deeper file must not exhaust the stack

/** The components in a field of a sequence. */
export function steps<T>(fields: Fields, key: string, parse: (fields: Fields) => T): T[] {
  const where = place(fields, key);
  if (where.split("[").length > MAX_DEPTH)
    throw wrong(where, `sequences at most ${MAX_DEPTH} deep`, field(fields, key));
  return list(fields, key).map((entry, i) => parse(asFields(entry, `${where}[${i}]`)));
}

export function wrong(where: string, expected: string, got: unknown): SiskinError {
  return new SiskinError("BAD_CONFIG", `${where}: expected ${expected}, got ${show(got)}`);
}

/** A value as an error message quotes it: short, on one line. */
export function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "an array" : "an object";
  const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
  return shown.length > 60 ? `${shown.slice(0, 60)}…` : shown;
}

const LONE_SURROGATE = /\p{Surrogate}/gu;

/** String.prototype.isWellFormed, which Node 20 has and older browsers have not. */
export function isWellFormed(text: string): boolean {
  const method = (text as { isWellFormed?: () => boolean }).isWellFormed;
  return method === undefined ? text.search(LONE_SURROGATE) < 0 : method.call(text);
}

/** The text with U+FFFD in place of each lone surrogate. */
export function toWellFormed(text: string): string {
  return isWellFormed(text) ? text : text.replace(LONE_SURROGATE, "\ufffd");
}
