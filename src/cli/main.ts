import { SiskinError } from "../index.ts";
import { nearest, parseArguments, usageError } from "./arguments.ts";
import { bench } from "./bench.ts";
import type { Command } from "./command.ts";
import { compile } from "./compile.ts";
import { embed } from "./embed.ts";
import { COMMON_OPTIONS, commandHelp, generalHelp } from "./help.ts";
import { inspect } from "./inspect.ts";
import { version } from "./machine.ts";
import { print } from "./print.ts";
import { search } from "./search.ts";
import { similarity } from "./similarity.ts";
import { tokenize } from "./tokenize.ts";
import { verify } from "./verify.ts";

const COMMANDS: readonly Command[] = [embed, similarity, search, tokenize, inspect, compile, verify, bench];

/**
 * Runs a command line, without the program's name, and gives the exit code: 0 done, 1 failed, 2 a mistake in the command
 * line. Whatever goes wrong is told in one line on standard error. A reader that stops reading early, as `head` does, is
 * no failure.
 */
export async function main(argv: readonly string[]): Promise<number> {
  process.stdout.on("error", () => {}); // what was being written then learns of it
  process.stderr.on("error", () => {});
  try {
    return await run(argv);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EPIPE") return 0;
    process.stderr.write(`siskin: ${oneLineMessage(error)}\n`);
    return error instanceof SiskinError && error.code === "BAD_OPTION" ? 2 : 1;
  }
}

async function run(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined) {
    process.stderr.write(generalHelp(COMMANDS));
    return 2;
  }
  if (name === "--version" || name === "-V") return printed(`${version()}\n`);
  if (name === "--help" || name === "-h") return printed(generalHelp(COMMANDS));
  if (name === "help")
    return printed(rest[0] === undefined ? generalHelp(COMMANDS) : commandHelp(findCommand(rest[0])));
  const command = findCommand(name);
  const args = parseArguments(rest, { ...command.options, ...COMMON_OPTIONS });
  return args.values["help"] ? printed(commandHelp(command)) : command.run(args);
}

function findCommand(name: string): Command {
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  const near = nearest(
    name,
    COMMANDS.map((candidate) => candidate.name),
  );
  const hint = near === undefined ? "siskin --help lists the commands" : `did you mean ${near}?`;
  throw usageError(`unknown ${name.startsWith("-") ? "option" : "command"} ${name.slice(0, 60)}: ${hint}`);
}

async function printed(text: string): Promise<number> {
  await print(text);
  return 0;
}

function oneLineMessage(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/[\p{Cc}\s]+/gu, " ").trim();
}
