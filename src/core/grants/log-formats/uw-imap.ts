// The University of Washington's imapd and ipop3d, and Panda IMAP after it.

import { address } from "./fields.ts";
import { processFormat } from "./process-format.ts";

// `host=NAME [ADDRESS]`, or `host=[ADDRESS]` where it has no name.
const who = String.raw`user=(?<user>\S+) host=(?:[\w.-]+ )?\[(?<client>${address})\]`;
const faults =
  "Command stream end of file|Connection reset by peer|Broken pipe|Connection timed out";

export const readUwImap = processFormat({
  programs: /^(?:in\.)?(?:imapd|imaps|ipop[23]d|ipop3s)$/u,
  login: new RegExp(
    String.raw`^(?:Login|Authenticated|Auth|APOP) ${who}(?: mech=[\w-]+)?(?: nmsgs=\d+/\d+)?$`,
    "u",
  ),
  logout: new RegExp(
    String.raw`^(?:Logout|Autologout|Killed \([\w ]+\)|(?:${faults})(?:, while (?:reading|writing) [\w ]+)?) ${who}(?: .*)?$`,
    "u",
  ),
  once: " host=",
});
