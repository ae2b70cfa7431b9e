import { SiskinError } from "./errors.ts";
import { show } from "./fields.ts";

/** An option that must be an integer in a range; undefined stays undefined. */
export function checkInteger<T extends number | undefined>(
  where: string,
  name: string,
  value: T,
  min: number,
  max: number,
): T {
  if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) return value;
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  throw new SiskinError("BAD_OPTION", `${where}: ${name} must be an integer ${range}, got ${show(value)}`);
}

/** An option that must be one of some values; undefined stays undefined. */
export function checkChoice<T extends string | boolean>(
  where: string,
  name: string,
  value: T | undefined,
  choices: readonly T[],
): T | undefined {
  if (value === undefined || choices.includes(value)) return value;
  const expected = choices.map((choice) => JSON.stringify(choice)).join(", ");
  throw new SiskinError("BAD_OPTION", `${where}: ${name} must be one of ${expected}, got ${show(value)}`);
}
