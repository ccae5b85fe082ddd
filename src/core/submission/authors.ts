// Whom a message says that it is from: every one of them must be the login's own address.

import { type Address, mailboxKey } from "../mail/address.ts";
import { parseMailboxList } from "../mail/mailbox-list.ts";
import { bad, good, type Result } from "../result.ts";
import type { HeaderFindings } from "./header-filter.ts";

type AuthorField = "From" | "Sender";

export interface Author {
  readonly field: AuthorField;
  readonly address: Address;
}

export type AuthorProblem =
  | { readonly kind: "header-too-long" }
  | { readonly kind: "no-from" }
  /** Of two fields, one reader shows the first and another the last. */
  | { readonly kind: "repeated"; readonly field: AuthorField }
  | { readonly kind: "unreadable"; readonly field: AuthorField; readonly text: string }
  /** The field names no address, as an empty group. */
  | { readonly kind: "nobody"; readonly field: AuthorField }
  | { readonly kind: "too-many" };

/** More than one message has authors for; each is looked up. */
const maxAuthors = 100;

/** The different addresses of From and Sender. Sender may be missing (RFC 5322 §3.6.2). */
export function findAuthors({
  isTooLong,
  from,
  sender,
}: HeaderFindings): Result<readonly Author[], AuthorProblem> {
  if (isTooLong) return bad({ kind: "header-too-long" });
  if (from.length === 0) return bad({ kind: "no-from" });
  const authors = readField("From", from);
  if (!authors.ok || sender.length === 0) return authors;
  const senders = readField("Sender", sender);
  if (!senders.ok) return senders;
  const all = different([...authors.value, ...senders.value]);
  return all.length > maxAuthors ? bad({ kind: "too-many" }) : good(all);
}

function readField(
  field: AuthorField,
  [value = "", ...more]: readonly string[],
): Result<readonly Author[], AuthorProblem> {
  if (more.length > 0) return bad({ kind: "repeated", field });
  const list = parseMailboxList(value);
  if (!list.ok) return bad({ kind: "unreadable", field, text: list.problem });
  if (list.value.length === 0) return bad({ kind: "nobody", field });
  const authors = different(list.value.map((address) => ({ field, address })));
  return authors.length > maxAuthors ? bad({ kind: "too-many" }) : good(authors);
}

function different(authors: readonly Author[]): readonly Author[] {
  const byMailbox = new Map<string, Author>();
  for (const author of authors) {
    const key = mailboxKey(author.address);
    if (!byMailbox.has(key)) byMailbox.set(key, author);
  }
  return [...byMailbox.values()];
}
