// A worker: answers a job of program.js in JSON with what becomes of it.
import { embed } from "./program.js";

export default {
  fetch: async (request) => Response.json(await embed(await request.json())),
};
