import type { Secrets } from "../watching/shown-line.ts";
import { commands } from "./commands.ts";

/** The password (RFC 1939 §7), its digest with a challenge, the first part of a login (RFC 5034 §4). */
export const pop3Secrets: Secrets = (verb) => {
  if (verb === "APOP") return 2; // whether we know it or not
  if (!commands.has(verb)) return undefined;
  switch (verb) {
    case "PASS":
      return 1;
    case "AUTH":
      return 2;
    default:
      return Infinity;
  }
};
