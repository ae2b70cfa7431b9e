import { readFileSync } from "node:fs";
import { load } from "../../../dist/index.js";
import { serve } from "./protocol.js";

await serve(async (folder, dtype) => {
  const model = await load(folder, { dtype });
  const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
  return { version, embed: (texts) => model.encode(texts), batchSizes: [256] }; // it sorts and divides them itself
});
