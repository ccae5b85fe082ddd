import { authWords } from "../../watching/auth-words.ts";
import type { Secrets } from "../../watching/shown-line.ts";
import { commands } from "./commands.ts";

/** What a command does not take is not shown: a password in the wrong place, or the text of a message that
 * was not wanted and begins as a command does. */
export const smtpSecrets: Secrets = (verb, argument = "") => {
  if (!commands.has(verb)) return undefined;
  switch (verb) {
    case "AUTH":
      return authWords(argument);
    case "MAIL":
      return /^from:/i.test(argument) ? Infinity : 1;
    case "RCPT":
      return /^to:/i.test(argument) ? Infinity : 1;
    case "BDAT":
      return 3;
    case "HELO":
    case "EHLO":
    case "VRFY":
    case "EXPN":
      return 2;
    default:
      return 1;
  }
};
