// The command line of the bench.
import { parseArgs } from "node:util";
import type { ServerName } from "./servers/server.ts";

export const usage = `npm run bench -- [options]

Compares Bailiwick with Postfix and Haraka, where they are installed, on this machine.

  --only NAMES        servers to measure, e.g. bailiwick,postfix (default: all)
  --sessions NUMBERS  clients at once (default: 1,10,50)
  --messages N        messages in each round (default: about 3 seconds' worth for each server)
  --rounds N          rounds for each server, taken in turn (default: 3)
  --skip-throughput   leave out the rates
  --skip-idle         leave out the memory of idle connections
  --skip-large        leave out the message of 25 MB
  --json FILE         where the results are kept (default: bench/results/latest.json)
  --markdown FILE     write the tables into this file too, between its markers
  --blocklists        only measure how long ten slow blocklists take, beside rblsmtpd
  --policy            only measure how long a decision takes with 100,000 address rules
  --grants            only measure how long a decision takes with 100,000 roaming grants
  --logins            only measure how long good logins take while others guess
  --mailboxes         only measure how long a mailbox of 50,000 messages takes (or of --messages)
  --queue             only measure a queue for a dead host, and a start with 1,000,000 messages
                      (or with --messages)
  --page              only measure the operator's page while mail flows, and what it costs the mail
  --against FOLDER    only measure the processor time of a message, here and in another checkout,
                      which has its packages installed, in turns (better with --rounds 10)
  --strace            only check that each message is synced before its 250 (needs strace)
  --install-haraka    only install Haraka into a cache folder
  --help              this text
`;

type Task =
  | "compare"
  | "blocklists"
  | "policy"
  | "grants"
  | "logins"
  | "mailboxes"
  | "queue"
  | "page"
  | "against"
  | "strace"
  | "install-haraka"
  | "help";

export interface Options {
  readonly task: Task;
  readonly only: readonly ServerName[];
  readonly sessions: readonly number[];
  readonly messages: number | undefined;
  readonly rounds: number;
  readonly throughput: boolean;
  readonly idle: boolean;
  readonly large: boolean;
  /** The folder of another checkout. */
  readonly against: string | undefined;
  readonly json: string | undefined;
  readonly markdown: string | undefined;
}

/** Throws a `TypeError` that says what is wrong with the arguments. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string", default: "bailiwick,postfix,haraka,bare" },
      sessions: { type: "string", default: "1,10,50" },
      messages: { type: "string" },
      rounds: { type: "string", default: "3" },
      "skip-throughput": { type: "boolean", default: false },
      "skip-idle": { type: "boolean", default: false },
      "skip-large": { type: "boolean", default: false },
      json: { type: "string" },
      markdown: { type: "string" },
      blocklists: { type: "boolean", default: false },
      policy: { type: "boolean", default: false },
      grants: { type: "boolean", default: false },
      logins: { type: "boolean", default: false },
      mailboxes: { type: "boolean", default: false },
      queue: { type: "boolean", default: false },
      page: { type: "boolean", default: false },
      against: { type: "string" },
      strace: { type: "boolean", default: false },
      "install-haraka": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  return {
    task: taskOf(values),
    only: values.only.split(",").map(serverName),
    sessions: values.sessions.split(",").map((text) => count("--sessions", text, 200)),
    messages:
      values.messages === undefined ? undefined : count("--messages", values.messages, 1_000_000),
    rounds: count("--rounds", values.rounds, 100),
    throughput: !values["skip-throughput"],
    idle: !values["skip-idle"],
    large: !values["skip-large"],
    against: values.against,
    json: values.json,
    markdown: values.markdown,
  };
}

function taskOf(values: {
  readonly help: boolean;
  readonly blocklists: boolean;
  readonly policy: boolean;
  readonly grants: boolean;
  readonly logins: boolean;
  readonly mailboxes: boolean;
  readonly queue: boolean;
  readonly page: boolean;
  readonly against?: string | undefined;
  readonly strace: boolean;
  readonly "install-haraka": boolean;
}): Task {
  if (values.help) return "help";
  if (values["install-haraka"]) return "install-haraka";
  if (values.blocklists) return "blocklists";
  if (values.policy) return "policy";
  if (values.grants) return "grants";
  if (values.logins) return "logins";
  if (values.mailboxes) return "mailboxes";
  if (values.queue) return "queue";
  if (values.page) return "page";
  if (values.against !== undefined) return "against";
  return values.strace ? "strace" : "compare";
}

function serverName(text: string): ServerName {
  if (text === "bailiwick" || text === "postfix" || text === "haraka" || text === "bare") {
    return text;
  }
  throw new TypeError(`--only: "${text}" is none of bailiwick, postfix, haraka, bare`);
}

function count(option: string, text: string, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new TypeError(`${option}: expected a number from 1 to ${most}, not "${text}"`);
}
