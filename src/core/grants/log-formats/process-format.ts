// Servers with a process for each client: what its lines say before and behind its number is one
// session.

import type { LogFormat } from "./event.ts";
import { isForged, readClient } from "./fields.ts";
import { readSyslog } from "./syslog.ts";

export interface ProcessFormat {
  readonly programs: RegExp;
  /** Of the program's own text; with the groups `user` and `client`. */
  readonly login: RegExp;
  readonly logout: RegExp;
  /** Stands in a good line once. */
  readonly once: string;
}

export function processFormat({ programs, login, logout, once }: ProcessFormat): LogFormat {
  return (line) => {
    const syslog = readSyslog(line);
    if (syslog === undefined || !programs.test(syslog.program)) return undefined;
    const { program, pid, message } = syslog;
    const session = pid === undefined ? undefined : `${program}[${pid}]`;
    if (session !== undefined && logout.test(message)) return { kind: "logout", session };
    const found = login.exec(message)?.groups;
    const client = readClient(found?.["client"]);
    if (client === undefined || isForged(message, once)) return undefined;
    return {
      kind: "login",
      client,
      account: found?.["user"],
      session: session === undefined ? [] : [session],
      alone: true,
    };
  };
}
