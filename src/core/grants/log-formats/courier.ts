// Courier's IMAP and POP3 servers.

import type { LogEvent } from "./event.ts";
import { address, isForged, readClient } from "./fields.ts";
import { readSyslog } from "./syslog.ts";

const programs = /^(?:courier-)?(?:imapd|pop3d|imaplogin|pop3login|courierpop3login)(?:-ssl)?$/u;

const login = new RegExp(
  String.raw`^(?:INFO: )?LOGIN, user=(?<user>.*), ip=\[(?<client>${address})\](?:, port=\[(?<port>\d+)\])?(?:, protocol=\w+)?(?:, method=[\w-]+)?(?:, stls=\d|, starttls=\d)?$`,
  "u",
);
// Figures stand behind, other ones in each version.
const logout = new RegExp(
  String.raw`^(?:INFO: )?(?:LOGOUT|DISCONNECTED|TIMEOUT), user=(?<user>.*), ip=\[(?<client>${address})\](?:, port=\[(?<port>\d+)\])?(?:, [\w.-]+=\d+)*$`,
  "u",
);

export function readCourier(line: string): LogEvent | undefined {
  const syslog = readSyslog(line);
  if (syslog === undefined || !programs.test(syslog.program)) return undefined;
  const { message } = syslog;
  if (isForged(message, ", ip=[") || isForged(message, "user=")) return undefined;
  const begin = login.exec(message)?.groups;
  const found = begin ?? logout.exec(message)?.groups;
  const client = readClient(found?.["client"]);
  if (found === undefined || client === undefined) return undefined;
  const { user = "", port } = found;
  const session = [syslog.program, user, client.octets.join("."), port ?? ""].join(" ");
  if (begin === undefined) return { kind: "logout", session };
  if (user === "") return undefined;
  return { kind: "login", client, account: user, session: [session], alone: port !== undefined };
}
