// vpopmail's password checker, as qmail's POP3 server and others run it: it is gone when the session
// begins, so nothing tells of the end.

import type { LogEvent } from "./event.ts";
import { address, isForged, readClient } from "./fields.ts";
import { readSyslog } from "./syslog.ts";

// Logins to send (`vchkpw-smtp`, `vchkpw-submission`) open nothing: who can log in to send does so.
const login = new RegExp(
  String.raw`^vchkpw-(?:pop3s?|pop3d|imaps?|imapd|110|995|143|993): \([\w-]+\) login success (?<user>\S+@[\w.-]+|[^\s@:]+@?):(?<client>${address})$`,
  "u",
);

export function readVchkpw(line: string): LogEvent | undefined {
  const syslog = readSyslog(line);
  if (syslog === undefined || !/^(?:vpopmail|vchkpw)$/u.test(syslog.program)) return undefined;
  const { message } = syslog;
  const begin = login.exec(message)?.groups;
  const client = readClient(begin?.["client"]);
  if (client === undefined || isForged(message, "login success")) return undefined;
  const user = begin?.["user"]?.replace(/@$/u, "");
  return { kind: "login", client, account: user, session: [], alone: false };
}
