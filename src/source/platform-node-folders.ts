import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** The folder given, else where this system's programs keep what can be made or fetched again. */
export function cacheFolder(given: string | undefined): string {
  if (given !== undefined) return resolve(given);
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches", "siskin");
  if (process.platform === "win32") return join(LOCALAPPDATA || join(homedir(), "AppData", "Local"), "siskin", "Cache");
  return resolve(XDG_CACHE_HOME || join(homedir(), ".cache"), "siskin");
}
