import type { Command, Option } from "./command.ts";

const WIDTH = 80;

/** The options that every command has. */
export const COMMON_OPTIONS: Readonly<Record<string, Option>> = {
  help: { type: "boolean", short: "h", help: "print this help" },
};

export function generalHelp(commands: readonly Command[]): string {
  const widest = Math.max(...commands.map(({ name }) => name.length));
  return [
    "siskin: sentence embeddings on the command line\n",
    "\nusage: siskin COMMAND [options] [arguments]\n",
    `\n${commands.map(({ name, summary }) => `  ${name.padEnd(widest)}  ${summary}\n`).join("")}`,
    "\nsiskin COMMAND --help tells more; siskin --version prints the version.\n",
    "Exit codes: 0 done, 1 failed, 2 a mistake in the command line.\n",
  ].join("");
}

export function commandHelp(command: Command): string {
  const options = { ...command.options, ...COMMON_OPTIONS };
  const heads = Object.entries(options).map(([name, option]) => optionHead(name, option));
  const widest = Math.max(...heads.map((head) => head.length));
  const lines = Object.values(options).map(({ help }, i) => wrap(`  ${heads[i]!.padEnd(widest)}  `, help));
  return [
    `siskin ${command.name}: ${command.summary}\n`,
    `\nusage: siskin ${command.name} ${command.usage}\n`,
    ...command.notes.map((note) => `\n${wrap("", note)}`),
    `\noptions:\n${lines.join("")}`,
    `\nexamples:\n${command.examples.map((example) => `  ${example}\n`).join("")}`,
  ].join("");
}

function optionHead(name: string, { short, value }: Option): string {
  return `${short === undefined ? "    " : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}`;
}

/** Words in lines of at most 80 characters, the first one after `head`, the others indented as far. */
function wrap(head: string, text: string): string {
  const lines: string[] = [];
  let line = head;
  for (const word of text.split(" ")) {
    if (line.length > head.length && line.length + word.length > WIDTH) {
      lines.push(line.trimEnd());
      line = " ".repeat(head.length);
    }
    line += `${word} `;
  }
  return `${[...lines, line.trimEnd()].join("\n")}\n`;
}
