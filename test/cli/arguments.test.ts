import { expect, test } from "vitest";
import { nearest, parseArguments } from "../../dist/cli/arguments.js";

const options = {
  model: { type: "string", short: "m", help: "" },
  dimensions: { type: "string", help: "" },
  json: { type: "boolean", help: "" },
} as const;

test.each([
  [["a", "--model", "x", "b"], { model: "x" }, ["a", "b"]],
  [["--model=x", "--json"], { model: "x", json: true }, []],
  [["-m", "x", "-"], { model: "x" }, ["-"]],
  [["--", "--model", "-5"], {}, ["--model", "-5"]],
  [["--model=-x"], { model: "-x" }, []],
  [["--model", "-"], { model: "-" }, []],
  [["--model", "a", "--model", "b"], { model: "b" }, []],
])("%j", (argv, values, positionals) => {
  expect(parseArguments(argv, options)).toEqual({ values: expect.objectContaining(values), positionals });
});

test.each([
  [["--dimension", "4"], "unknown option --dimension: did you mean --dimensions?"],
  [["--jsn"], "unknown option --jsn: did you mean --json?"],
  [["--colour"], "unknown option --colour: a text that begins with - goes after --"],
  [["-5"], "unknown option -5: a text that begins with - goes after --"],
  [["--constructor"], "unknown option --constructor: a text that begins with - goes after --"],
  [["--model"], "--model: expected a value, got none"],
  [["--model", "--json"], "--model: expected a value, got the option --json (if meant: --model=--json)"],
  [["--json=1"], '--json: expected no value, got "1"'],
])("%j is a mistake", (argv, message) => {
  expect(() => parseArguments(argv, options)).toThrow(expect.objectContaining({ code: "BAD_OPTION", message }));
});

test("a very long option is compared in no time", () => {
  const start = performance.now();
  expect(nearest("x".repeat(1_000_000), ["model"])).toBeUndefined();
  expect(performance.now() - start).toBeLessThan(200);
});
