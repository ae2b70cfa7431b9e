// node process.js JOB: a job of program.js in JSON, and on stdout what becomes of it. For Node, Bun and Deno.
import { embed } from "./program.js";

console.log(JSON.stringify(await embed(JSON.parse(process.argv[2]))));
