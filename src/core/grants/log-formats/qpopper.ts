// Qualcomm's qpopper, which says `Stats:` at the end of a session.

import { address } from "./fields.ts";
import { processFormat } from "./process-format.ts";

export const readQpopper = processFormat({
  programs: /^(?:in\.)?q?popper$/u,
  login: new RegExp(
    String.raw`^(?:\(v[\w.-]+\) )?POP login by user "(?<user>[^"\s]+)" at \([^()\s]*\) (?<client>${address})(?: \[pop_log\.c:\d+\])?$`,
    "u",
  ),
  logout: /^Stats: \S+ \d+ \d+ \d+ \d+ /u,
  once: "POP login by user",
});
