// A pattern of the operator's own, for a program that we know nothing of.

import { bad, good, type Result } from "../../result.ts";
import type { LogEvent } from "./event.ts";
import { readClient } from "./fields.ts";

export const ownPatternExpected =
  "a JavaScript regular expression that begins with ^ and has the group (?<client>…), such as " +
  "'^.{15} mail popd: login (?<account>\\S+) from (?<client>[0-9a-f.:]+)$'";

const groups: ReadonlySet<string> = new Set(["client", "account", "session", "end"]);

/** The pattern, or what is wrong with it. */
export function checkOwnPattern(text: string): Result<string, string> {
  const found = namesOf(text);
  if (!found.ok) return found;
  const names = found.value;
  const other = names.find((name) => !groups.has(name));
  if (other !== undefined) {
    return bad(
      `there is no use for a group ${other}; the groups are client, account, session, end`,
    );
  }
  if (!names.includes("client")) return bad(`it has no group client; write ${ownPatternExpected}`);
  if (names.includes("end") && !names.includes("session")) {
    return bad("the group end is of no use without the group session, which says what has ended");
  }
  // Elsewhere in the line stands what strangers write.
  if (!text.startsWith("^")) return bad(`it must begin with ^; write ${ownPatternExpected}`);
  return good(text);
}

/** The names of its groups: an expression that may also match nothing has all of them, unset. */
function namesOf(text: string): Result<readonly string[], string> {
  try {
    // Compiled by itself first: it must be whole without what is added.
    if (!(new RegExp(text, "u") instanceof RegExp)) return bad("it is none");
    return good(Object.keys(new RegExp(`(?:${text})|`, "u").exec("")?.groups ?? {}));
  } catch (error) {
    return bad(`it is no regular expression: ${error instanceof Error ? error.message : ""}`);
  }
}

/** What the pattern's groups, where it matched, tell. */
export function readOwnMatch(found: Readonly<Record<string, string>>): LogEvent | undefined {
  const { client: clientText, account, session, end } = found;
  if (end !== undefined) return session === undefined ? undefined : { kind: "logout", session };
  const client = readClient(clientText);
  if (client === undefined) return undefined;
  const named = session === undefined || session === "" ? [] : [session];
  const who = account === "" ? undefined : account;
  return { kind: "login", client, account: who, session: named, alone: true };
}
