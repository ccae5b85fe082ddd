// Cyrus IMAP: a process serves one client at a time, and says USAGE when it is done with one.

import { address } from "./fields.ts";
import { processFormat } from "./process-format.ts";

export const readCyrus = processFormat({
  programs: /^(?:cyrus\/)?(?:imaps?|pop3s?|pop3d|imapd)$/u,
  // `login: HOST [ADDRESS] USER MECHANISM[+TLS] User logged in[ SESSIONID=<…>]`; HOST is what the
  // client's own DNS says, without a blank.
  login: new RegExp(
    String.raw`^login: \S* ?\[(?<client>${address})\] (?<user>\S+) [\w+-]+ User logged in(?: SESSIONID=<[^<>\s]*>)?$`,
    "u",
  ),
  logout: /^USAGE \S+ user: /u,
  once: " User logged in",
});
