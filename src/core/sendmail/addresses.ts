// Addresses as users of a machine write them: a name without a domain is a user here.

import { type Address, parseAddress, type ReversePath } from "../mail/address.ts";
import type { Domain } from "../mail/domain.ts";
import { parseMailboxList } from "../mail/mailbox-list.ts";
import { bad, good, type Result } from "../result.ts";

/** The addresses of a list such as `root, Bob <bob@example.org>`. The problem is the part that could not
 * be read. */
export function readAddresses(text: string, host: Domain): Result<readonly Address[], string> {
  return parseMailboxList(qualifyList(text, host));
}

/** Whom to tell of failures: `<>` and the empty text are nobody. */
export function readSender(text: string, host: Domain): Result<ReversePath, string> {
  if (text.trim() === "" || text.trim() === "<>") return good(null);
  const list = readAddresses(text, host);
  if (!list.ok) return list;
  const [sender, ...more] = list.value;
  return sender === undefined || more.length > 0 ? bad(text) : good(sender);
}

/** The list with a domain behind every name that has none; all else stays as it is, comments and
 * folding too. */
export function qualifyList(text: string, host: Domain): string {
  const parts = splitList(text);
  return parts
    .map((part, index) => (parts[index + 1] === ":" ? part : qualify(part, host)))
    .join("");
}

/** `root`, `root (Cron Daemon)`, `Root <root>`; what stands before a colon is a group's name. */
function qualify(part: string, host: Domain): string {
  const plain = plainName.exec(part)?.groups;
  if (plain !== undefined) {
    const { before = "", name = "", behind = "" } = plain;
    return isName(name, host) ? `${before}${name}@${host}${behind}` : part;
  }
  return part.replace(angleName, (whole, name: string) =>
    isName(name, host) ? `<${name}@${host}>` : whole,
  );
}

const plainName = /^(?<before>\s*)(?<name>[^\s()<>[\]:;@\\,"]+)(?<behind>(?:\s|\([^()]*\))*)$/;
const angleName = /<([^\s()<>[\]:;@\\,"]+)>(?=(?:\s|\([^()]*\))*$)/;

function isName(name: string, host: Domain): boolean {
  return parseAddress(`${name}@${host}`).ok;
}

/** At each comma, and around a group's colon and semicolon; not within quotes, comments and literals.
 * Quotes that do not end are text to its end. Joined, the parts are the text again. */
function splitList(text: string): readonly string[] {
  return text.match(/(?:"(?:[^"\\]|\\.)*(?:"|\\?$)|\([^()]*\)|\[[^[\]]*\]|[^,:;])+|[,:;]/gs) ?? [];
}
