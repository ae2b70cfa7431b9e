// Compiles the embedded model's tokenizer.json, which takes seconds and is done again only when it or the compiler changed.
import { readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { main } from "../dist/cli/main.js";

const model = new URL("../models/multilingual-e5-small/", import.meta.url);
const compiler = new URL("../dist/tokenizer/", import.meta.url);
const sources = [new URL("tokenizer.json", model), ...readdirSync(compiler).map((file) => new URL(file, compiler))];
const target = new URL("tokenizer.siskin.safetensors", model);

const made = statSync(target, { throwIfNoEntry: false })?.mtimeMs ?? 0;
if (sources.some((source) => statSync(source).mtimeMs > made)) {
  process.exitCode = await main(["compile", fileURLToPath(model)]);
}
