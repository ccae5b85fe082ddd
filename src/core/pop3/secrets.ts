import { authWords } from "../watching/auth-words.ts";
import type { Secrets } from "../watching/shown-line.ts";
import { commands } from "./commands.ts";

/** The password (RFC 1939 §7), its digest with a challenge, the first part of a login (RFC 5034 §4), and
 * whatever a command does not take. */
export const pop3Secrets: Secrets = (verb, argument, more) => {
  // Whether we know it or not.
  if (verb === "APOP") return more === undefined ? 1 : 2;
  if (!commands.has(verb)) return undefined;
  switch (verb) {
    case "AUTH":
      return authWords(argument);
    case "TOP":
      return 3;
    case "USER":
    case "LIST":
    case "UIDL":
    case "RETR":
    case "DELE":
      return 2;
    default:
      return 1;
  }
};
