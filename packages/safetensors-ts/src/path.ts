import { quote, SafetensorsError } from "./errors.ts";

/**
 * Refuses a path from a file that could lead out of its folder: empty, absolute, with `..`, a URL, a backslash or a
 * drive, a percent escape. For shard names; also fit for the `path` in modules.json.
 */
export function checkRelativePath(path: unknown, where: string): asserts path is string {
  const safe =
    typeof path === "string" &&
    !/[\\:?#%]|\p{Cc}|\p{Surrogate}/u.test(path) &&
    path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  if (safe) return;
  const got = typeof path === "string" ? quote(path) : typeof path;
  throw new SafetensorsError("UNSAFE_PATH", `${where}: expected a path inside its folder, got ${got}`);
}
