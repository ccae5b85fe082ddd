// Dovecot's log, through syslog or in a file of its own (`log_path`): versions 2.2 to 2.4, with their
// own `login_log_format_elements`.

import type { LogEvent } from "./event.ts";
import { address, isForged, readClient } from "./fields.ts";
import { readSyslog, time } from "./syslog.ts";

// In a file of its own the program stands at once behind the time, and the level behind the program.
const own = new RegExp(`^(?:${time} )(?<message>(?:master|imap|pop3)(?:-login)?[(:].*)$`, "u");

// Greedy: whatever stands within a user's name, the last address is the server's own word.
const login = new RegExp(
  String.raw`^(?<service>imap|pop3)-login: (?:Info: )?(?:Login|Logged in): user=<(?<user>.*)>, (?:.*, )?rip=(?<client>${address})(?:, |$)`,
  "u",
);
const session = /, session=<(?<session>[A-Za-z0-9+/=]{4,64})>/u;

// `imap(user)<pid><session>: ` since 2.3, `imap(user): ` before.
const logout =
  /^(?<service>imap|pop3)\((?<user>.*?)\)(?:<\d+><(?<session>[^<>]*)>)?: (?:Info: )?(?:Disconnected|Connection closed|Logged out|Server shutting down)/u;

const once = ["user=<", " rip=", "session=<"];

const restart =
  /^master: (?:Info: |Warning: )?(?:Dovecot v\S+ (?:\(\w+\) )?starting up|Killed with signal)/u;

export function readDovecot(line: string): LogEvent | undefined {
  const syslog = readSyslog(line);
  const message =
    syslog?.program === "dovecot" ? syslog.message : own.exec(line)?.groups?.["message"];
  if (message === undefined) return undefined;
  if (restart.test(message)) return { kind: "restart" };
  const end = logout.exec(message)?.groups;
  if (end !== undefined) {
    const { service = "", user = "", session: id } = end;
    return { kind: "logout", session: id ?? nameOf(service, user) };
  }
  const begin = login.exec(message)?.groups;
  if (begin === undefined || once.some((word) => isForged(message, word))) return undefined;
  const { service = "", user = "" } = begin;
  const client = readClient(begin["client"]);
  if (client === undefined || user === "") return undefined;
  const id = session.exec(message)?.groups?.["session"];
  return {
    kind: "login",
    client,
    account: user,
    session: [...(id === undefined ? [] : [id]), nameOf(service, user)],
    alone: id !== undefined,
  };
}

/** For versions whose last line about a session names its user alone. */
function nameOf(service: string, user: string): string {
  return `${service} ${user}`;
}
