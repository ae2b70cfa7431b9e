// node count.js REPORT STATUS: prints "passed failed" of a vitest report in JSON, given the exit status of the run.
//
// A file that cannot be loaded is one failure; so is a run that ends badly though no test failed, or that has no report.
// Skipped tests are named on stderr.
import { readFileSync } from "node:fs";

const [path, status] = process.argv.slice(2);
let passed = 0;
let failed = 0;
try {
  const { testResults } = JSON.parse(readFileSync(path, "utf8"));
  for (const { name, status: fileStatus, assertionResults } of testResults) {
    if (fileStatus === "failed" && !assertionResults.some((test) => test.status === "failed")) failed++;
    for (const test of assertionResults) {
      if (test.status === "passed") passed++;
      else if (test.status === "failed") failed++;
      else console.error(`skipped: ${name}: ${test.fullName}`);
    }
  }
} catch (error) {
  console.error(`no report: ${error.message}`);
}
if (failed === 0 && (status !== "0" || passed === 0)) failed = 1;
console.log(`${passed} ${failed}`);
