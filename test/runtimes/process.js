// node process.js JOB: a job of program.js in JSON, and on stdout what becomes of it. For Node, Bun and Deno.
import { load } from "../../bundle/index.js";
import { embed } from "./program.js";

console.log(JSON.stringify(await embed(load, JSON.parse(process.argv[2]))));
