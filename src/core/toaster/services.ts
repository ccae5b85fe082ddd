// Which services an installation runs, from the scripts that start them under supervise.

import type { InstalledFile } from "./file.ts";
import type { At } from "./report.ts";
import { readScript, type ShellCommand } from "./shell.ts";
import type { Toaster } from "./toaster.ts";

export interface Service {
  readonly kind: "mx" | "submission" | "pop3" | "other";
  readonly at: At;
  /** The address and the port that tcpserver listens on; undefined where that is no number. */
  readonly address: string | undefined;
  readonly port: number | undefined;
  /** tcpserver's -c */
  readonly connections: number | undefined;
  /** tcpserver's -x: the compiled address rules. */
  readonly rules: string | undefined;
  /** tcpserver's -S: the table of those who have just read mail. */
  readonly asksRelayTable: boolean;
  /** rblsmtpd's words, the options of several together; undefined where it is not run. */
  readonly blocklists: readonly string[] | undefined;
  /** What follows qmail-smtpd. */
  readonly checker: readonly string[];
  /** Programs that stand between and have settings of their own. */
  readonly others: readonly string[];
}

export function findServices(toaster: Pick<Toaster, "control" | "scripts">): readonly Service[] {
  const fileValue = (path: string) => {
    const name = /\/control\/([^/]+)$/.exec(path)?.[1];
    return name === undefined ? undefined : toaster.control.get(name)?.text;
  };
  return toaster.scripts.flatMap((script) =>
    readScript(script.text, fileValue).flatMap((command) => {
      const service = readService(script, command);
      return service === undefined ? [] : [service];
    }),
  );
}

function readService(script: InstalledFile, { words, line }: ShellCommand): Service | undefined {
  const start = indexOf(words, "tcpserver");
  if (start === -1) return undefined;
  const { options, operands } = readOptions(words.slice(start + 1), tcpserverOptions);
  const [address, port, ...program] = operands;
  const number = portNumber(port);
  const smtpd = indexOf(program, "qmail-smtpd");
  return {
    kind: kindOf(program, number),
    at: { path: script.path, line },
    address,
    port: number,
    connections: positive(options.find(([name]) => name === "c")?.[1]),
    rules: options.find(([name]) => name === "x")?.[1],
    asksRelayTable: options.some(([name]) => name === "S"),
    blocklists: blocklistWords(program),
    checker: smtpd === -1 ? [] : program.slice(smtpd + 1).filter((word) => !/^[0-9]?>/.test(word)),
    others: program.filter((word) => /(?:^|\/)(?:spamdyke|greylite|qgreylist|simscan)$/.test(word)),
  };
}

function kindOf(program: readonly string[], port: number | undefined): Service["kind"] {
  if (indexOf(program, "qmail-smtpd") !== -1) {
    return port === 587 || port === 465 ? "submission" : "mx";
  }
  const isPop3 = indexOf(program, "qmail-pop3d") !== -1 || indexOf(program, "qmail-popup") !== -1;
  return isPop3 ? "pop3" : "other";
}

/** Those with a value; all other letters are switches. */
const tcpserverOptions = new Set("bBcgiIlLtTuxykn");
const rblsmtpdOptions = new Set("ratk");

/** The program's place, by whatever path it is called. */
function indexOf(words: readonly string[], name: string): number {
  return words.findIndex((word) => word === name || word.endsWith(`/${name}`));
}

type Option = readonly [name: string, value: string];

interface Words {
  readonly options: readonly Option[];
  readonly operands: readonly string[];
}

/** As getopt(3) does it: `-c20`, `-c 20`, `-HRc20`. */
function readOptions(words: readonly string[], withValue: ReadonlySet<string>): Words {
  const options: Option[] = [];
  let index = 0;
  for (; index < words.length; index++) {
    const word = words[index] ?? "";
    if (!word.startsWith("-") || word === "-") break;
    if (word === "--") {
      index++;
      break;
    }
    for (let at = 1; at < word.length; at++) {
      const name = word.charAt(at);
      if (!withValue.has(name)) {
        options.push([name, ""]);
        continue;
      }
      const rest = word.slice(at + 1);
      options.push([name, rest === "" ? (words[++index] ?? "") : rest]);
      break;
    }
  }
  return { options, operands: words.slice(index) };
}

/** rblsmtpd runs another rblsmtpd where different options are wanted. */
function blocklistWords(program: readonly string[]): readonly string[] | undefined {
  const found: string[] = [];
  let isThere = false;
  for (let rest = program; ;) {
    const start = indexOf(rest, "rblsmtpd");
    if (start === -1) return isThere ? found : undefined;
    isThere = true;
    const { options, operands } = readOptions(rest.slice(start + 1), rblsmtpdOptions);
    found.push(...wordsOf(options));
    rest = operands;
  }
}

/** The options of a text in which rblsmtpd's are kept. */
export function blocklistOptions(words: readonly string[]): readonly string[] {
  return wordsOf(readOptions(words, rblsmtpdOptions).options);
}

/** One word for each, its value behind it: `-rzone`. */
function wordsOf(options: readonly Option[]): readonly string[] {
  return options.map(([name, value]) => `-${name}${value}`);
}

function positive(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9][0-9]{0,5}$/.test(text) ? Number(text) : undefined;
}

const ports: Readonly<Record<string, number>> = {
  imap: 143,
  imaps: 993,
  pop3: 110,
  pop3s: 995,
  smtp: 25,
  smtps: 465,
  ssmtp: 465,
  submission: 587,
  submissions: 465,
};

function portNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = ports[text] ?? positive(text);
  return number !== undefined && number <= 65_535 ? number : undefined;
}
