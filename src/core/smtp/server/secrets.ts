import type { Secrets } from "../../watching/shown-line.ts";
import { commands } from "./commands.ts";

/** Behind AUTH and its mechanism may stand the first part of the login (RFC 4954 §4). */
export const smtpSecrets: Secrets = (verb) => {
  if (!commands.has(verb)) return undefined;
  return verb === "AUTH" ? 2 : Infinity;
};
