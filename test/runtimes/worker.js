// A worker: answers a job of program.js in JSON with what becomes of it.
import { load } from "../../dist/index.js";
import { embed } from "./program.js";

export default {
  fetch: async (request) => Response.json(await embed(load, await request.json())),
};
