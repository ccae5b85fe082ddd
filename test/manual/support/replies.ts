// Every reply that the server can give, taken from the tables that it answers from. A reply, a reason
// or a status that is added does not compile here before it has a sample.

import type { Address } from "../../../src/core/mail/address.ts";
import {
  formatReply as formatPop3,
  type Reply as Pop3Reply,
} from "../../../src/core/pop3/reply.ts";
import { greeting as pop3Greeting } from "../../../src/core/pop3/replies.ts";
import type { Reason } from "../../../src/core/policy/reason.ts";
import { replyTo } from "../../../src/core/policy/replies.ts";
import { describeReply, type Reply } from "../../../src/core/smtp/reply.ts";
import { messageReplies } from "../../../src/core/smtp/server/message-replies.ts";
import { greeting, welcome } from "../../../src/core/smtp/server/replies.ts";
import type { AuthorProblem } from "../../../src/core/submission/authors.ts";
import {
  describeProblem,
  headerTooLong,
  notChecked,
  notOwned,
} from "../../../src/core/submission/refusals.ts";
import type { Unreadable } from "../../../src/io/http/last-words.ts";
import type { problem } from "../../../src/server/admin/http/route.ts";
import * as pop3Session from "../../transcripts/pop3-replies.ts";
import * as smtpSession from "../../transcripts/server-replies.ts";

const id = "0fk3v9d2m4a.1";
const ann: Address = { local: "ann", domain: "example.com" };

/** What stands in the reply beside its own words; empty where nothing does. */
const details: Readonly<Record<Reason, string>> = {
  "local-recipient": "",
  "relay-domain": "",
  authenticated: "",
  "trusted-network": "",
  "access-rule": "",
  "roaming-grant": "",
  "client-denied": "",
  "client-denied-temporarily": "",
  "tls-required": "",
  "authentication-required": "",
  "sender-not-owned": "",
  "rate-limited": "100 messages an hour from your address",
  "no-such-mailbox": "",
  "members-only": "",
  "return-path-refused": "it was made 30 days ago",
  blocklisted: "zen.example",
  "grant-expired": "Thu, 26 Nov 2026 10:11:12 +0000",
  "address-shared": "",
  "relaying-denied": "",
  "access-rules-unknown": "",
  "sender-rights-unknown": "",
  "blocklist-unknown": "",
  "limits-unknown": "",
  "recipient-unknown": "",
  "grant-unknown": "",
};

const accepted: ReadonlySet<Reason> = new Set<Reason>([
  "local-recipient",
  "relay-domain",
  "authenticated",
  "trusted-network",
  "access-rule",
  "roaming-grant",
]);

function policyReply(reason: Reason): Reply {
  const verdict = accepted.has(reason) ? "accept" : "refuse";
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only its reply matters
  const decision = { verdict, reason, detail: details[reason] } as Parameters<typeof replyTo>[0];
  return replyTo(decision, id);
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a record of them
const reasons = Object.keys(details) as readonly Reason[];

/** By reason, as `550 5.7.1`. */
export const replyHeads: ReadonlyMap<string, string> = new Map(
  reasons.map((reason) => {
    const { code, enhanced } = policyReply(reason);
    return [reason, `${code} ${enhanced}`];
  }),
);

const authorProblems: Readonly<Record<AuthorProblem["kind"], AuthorProblem>> = {
  "header-too-long": { kind: "header-too-long" },
  "no-from": { kind: "no-from" },
  repeated: { kind: "repeated", field: "Sender" },
  unreadable: { kind: "unreadable", field: "From", text: "Scanner, 2nd floor" },
  nobody: { kind: "nobody", field: "From" },
  "too-many": { kind: "too-many" },
};

const toMessages: Readonly<Record<keyof typeof messageReplies, Reply>> = {
  ...messageReplies,
  kept: messageReplies.kept("0fk3v9d2m4a"),
  keptWithPriority: messageReplies.keptWithPriority(0, "0fk3v9d2m4a"),
  loop: messageReplies.loop(50),
  failsDmarc: messageReplies.failsDmarc("bank.example", "SPF fail, DKIM none", "0fk3v9d2m4a"),
  authorUnknown: messageReplies.authorUnknown("the header is too long", "0fk3v9d2m4a"),
};

/** Each on one line, code first. What a filter or an address rule says in words of its own is not
 * among them. */
export const smtpReplies: readonly string[] = [
  greeting("mail.example.org"),
  welcome("mail.example.org"),
  welcome("mail.example.org", ["PIPELINING", "SIZE 26214400"]),
  ...Object.values(smtpSession.samples),
  ...Object.values(smtpSession.lineFaults),
  ...Object.values(smtpSession.contentFaults),
  ...reasons.map(policyReply),
  ...Object.values(toMessages),
  headerTooLong,
  notChecked,
  notOwned({ field: "From", address: ann }),
  ...Object.values(authorProblems).map(describeProblem),
].map(describeReply);

export const pop3Replies: readonly string[] = [
  pop3Greeting("mail.example.org"),
  ...Object.values<Pop3Reply>(pop3Session.samples),
  ...Object.values(pop3Session.lineFaults),
].map((reply) => formatPop3(reply).split("\r\n")[0]?.trimEnd() ?? "");

type Status = Parameters<typeof problem>[1] | Unreadable;

const statuses: Readonly<Record<Status, true>> = {
  400: true,
  401: true,
  403: true,
  404: true,
  405: true,
  408: true,
  409: true,
  413: true,
  415: true,
  421: true,
  429: true,
  431: true,
  503: true,
};

/** What the admin listener answers where it does not do what it was asked; 500 is what remains. */
export const httpStatuses: readonly string[] = [...Object.keys(statuses), "500"];
