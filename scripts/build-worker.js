// Writes the file behind siskin/worker: what a page sends to a worker as a Blob, for policies that forbid Blobs.
import { writeFileSync } from "node:fs";
import { SOURCE } from "../dist/pool/threads-web.js";

const dist = new URL("../dist/", import.meta.url);
writeFileSync(new URL("worker.js", dist), `${SOURCE};\n`);
writeFileSync(new URL("worker.d.ts", dist), "export {};\n");
