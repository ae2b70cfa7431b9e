// siskin: the variant is a dtype, of the embedded model where it ends in "-embedded".
import { readFileSync } from "node:fs";
import { load } from "../../../bundle/index.js";
import { serve } from "./protocol.js";

await serve(async ({ model: folder, threads, promptName }, variant) => {
  const [dtype, embedded] = variant.split("-");
  const model = await load(embedded ? undefined : folder, { dtype, threads });
  const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
  const batchSizes = [256]; // it sorts and divides them itself
  return { version, embed: (texts) => model.encode(texts, { promptName }), batchSizes };
});
