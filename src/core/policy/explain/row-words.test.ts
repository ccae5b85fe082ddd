// Every kind of fact in words, by the row that looks at it.

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseIp, parsePrefix } from "../../mail/ip.ts";
import { known, unknown } from "../fact.ts";
import type { AccessVerdict, Facts, RelayRequest, RuleSet } from "../request.ts";
import * as rows from "../rows.ts";
import { factInWords } from "./row-words.ts";

const place = { file: "tcp.smtp", line: 3, column: 1 };
const allow = { access: "allow", relay: false, skipsBlocklists: false } as const;
const foreign = known({ kind: "foreign" } as const);
const mailbox = known({ kind: "mailbox" } as const);
const listed = known({ listed: true, list: "zen.example" } as const);
const lost = unknown("the store did not answer");

const usual: RelayRequest = {
  role: "mx",
  tls: "optional",
  client: parseIp("192.0.2.9") ?? assert.fail(),
  sender: { local: "ann", domain: "example.org" },
  recipient: { local: "bob", domain: "example.net" },
  facts: {
    access: known(allow),
    login: undefined,
    blocklist: known({ listed: false }),
    limit: known(undefined),
    recipient: foreign,
    grant: known({ kind: "none" }),
  },
};

function networks(...texts: readonly string[]): RuleSet {
  return {
    networks: texts.map((text, index) => ({
      prefix: parsePrefix(text) ?? assert.fail(text),
      place: { file: "b.yaml", line: index + 7, column: 1 },
    })),
  };
}

interface Case {
  readonly row: rows.Row;
  readonly says: string;
  readonly facts?: Partial<Facts>;
  readonly request?: Partial<RelayRequest>;
  readonly rules?: RuleSet;
}

function check(title: string, cases: readonly Case[]): void {
  suite(title, () => {
    for (const { row, says, facts, request, rules } of cases) {
      test(`${row.number}: ${says}`, () => {
        const asked = { ...usual, ...request, facts: { ...usual.facts, ...facts } };
        assert.equal(factInWords(row, rules ?? networks(), asked), says);
      });
    }
  });
}

function access(verdict: AccessVerdict): Partial<Facts> {
  return { access: known(verdict) };
}

check("address rules", [
  { row: rows.clientDenied, says: "no address rule denies 192.0.2.9" },
  {
    row: rows.clientDenied,
    facts: access({ ...allow, place }),
    says: "192.0.2.9 is allowed (tcp.smtp:3)",
  },
  {
    row: rows.clientDenied,
    facts: access({ access: "deny", temporary: false }),
    says: "192.0.2.9 is denied",
  },
  {
    row: rows.clientDenied,
    facts: access({ access: "deny", temporary: true, text: "not today", place }),
    says: '192.0.2.9 is denied for now, saying "not today" (tcp.smtp:3)',
  },
  {
    row: rows.clientDenied,
    facts: { access: lost },
    says: "what the address rules say of 192.0.2.9 is not known: the store did not answer",
  },
  { row: rows.accessRule, says: "no address rule sets RELAYCLIENT for 192.0.2.9" },
  {
    row: rows.accessRule,
    facts: access({ ...allow, place }),
    says: "the rule for 192.0.2.9 does not set RELAYCLIENT (tcp.smtp:3)",
  },
  {
    row: rows.accessRule,
    facts: access({ ...allow, relay: true, place }),
    says: "RELAYCLIENT is set for 192.0.2.9 (tcp.smtp:3)",
  },
  {
    row: rows.accessRule,
    facts: { access: lost },
    says: "what the address rules say of 192.0.2.9 is not known: the store did not answer",
  },
  {
    row: rows.accessRule,
    request: { role: "submission" },
    says: "a submission listener relays for logins alone",
  },
]);

check("encryption and logins", [
  { row: rows.tlsRequired, request: { tls: "up" }, says: "the connection is encrypted" },
  {
    row: rows.tlsRequired,
    says: "the connection is in the clear, which this listener allows",
  },
  {
    row: rows.tlsRequired,
    request: { tls: "required" },
    says: "the connection is in the clear",
  },
  { row: rows.loginRequired, says: "an MX listener wants no login" },
  {
    row: rows.loginRequired,
    request: { role: "submission" },
    says: "nobody is logged in",
  },
  {
    row: rows.loginRequired,
    request: { role: "submission" },
    facts: { login: { account: "ann", ownsSender: known(true) } },
    says: "ann is logged in",
  },
  {
    row: rows.senderNotOwned,
    facts: { login: { account: "ann", ownsSender: known(true) } },
    says: "ann may send as <ann@example.org>",
  },
  {
    row: rows.senderNotOwned,
    request: { sender: null },
    facts: { login: { account: "ann", ownsSender: known(false) } },
    says: "<> is not one of the addresses of ann",
  },
  {
    row: rows.senderNotOwned,
    facts: { login: { account: "ann", ownsSender: lost } },
    says: "whether ann may send as <ann@example.org> is not known: the store did not answer",
  },
]);

check("limits", [
  { row: rows.overLimit, says: "no limit is reached" },
  { row: rows.overLimit, facts: { limit: known("10 an hour") }, says: "reached: 10 an hour" },
  {
    row: rows.overLimit,
    facts: { limit: lost },
    says: "whether a limit is reached is not known: the store did not answer",
  },
]);

check("recipients", [
  { row: rows.noSuchMailbox, says: "example.net is not one of our domains" },
  {
    row: rows.noSuchMailbox,
    facts: { recipient: known({ kind: "no-mailbox" }) },
    says: "example.net is ours, and has no mailbox <bob@example.net>",
  },
  {
    row: rows.localRecipient,
    facts: { recipient: mailbox },
    says: "<bob@example.net> is a mailbox here",
  },
  {
    row: rows.relayDomain,
    facts: { recipient: known({ kind: "relayed", place }) },
    says: "mail for example.net is handed on (tcp.smtp:3)",
  },
  {
    row: rows.relayDomain,
    facts: { recipient: known({ kind: "relayed" }) },
    says: "mail for example.net is handed on",
  },
  {
    row: rows.authenticated,
    facts: { recipient: lost },
    says: "what <bob@example.net> is to us is not known: the store did not answer",
  },
]);

check("blocklists", [
  {
    row: rows.blocklisted,
    says: "example.net is not one of our domains: the rows below decide, listed or not",
  },
  {
    row: rows.blocklisted,
    facts: { recipient: mailbox },
    says: "192.0.2.9 is on no blocklist",
  },
  {
    row: rows.blocklisted,
    facts: { recipient: mailbox, blocklist: listed },
    says: "192.0.2.9 is listed at zen.example",
  },
  {
    row: rows.blocklisted,
    facts: {
      recipient: mailbox,
      blocklist: known({ listed: true, list: "zen.example", text: "see https://zen.example" }),
    },
    says: "192.0.2.9 is listed at zen.example (see https://zen.example)",
  },
  {
    row: rows.blocklisted,
    facts: { recipient: mailbox, blocklist: lost },
    says: "whether 192.0.2.9 is on a blocklist is not known: the store did not answer",
  },
  {
    row: rows.blocklisted,
    facts: { recipient: mailbox, blocklist: listed, access: lost },
    says: "192.0.2.9 is listed at zen.example; a rule might let it pass, which is not known: the store did not answer",
  },
  {
    row: rows.blocklisted,
    facts: { recipient: mailbox, blocklist: listed, grant: lost },
    says: "192.0.2.9 is listed at zen.example; a grant might let it pass, which is not known: the store did not answer",
  },
  {
    row: rows.blocklisted,
    facts: { recipient: lost, blocklist: listed },
    says: "what <bob@example.net> is to us is not known: the store did not answer",
  },
  {
    row: rows.blocklisted,
    facts: { login: { account: "ann", ownsSender: known(true) }, blocklist: listed },
    says: "ann is logged in, so that blocklists do not count",
  },
  {
    row: rows.blocklisted,
    facts: access({ ...allow, skipsBlocklists: true, place }),
    says: "an address rule lets 192.0.2.9 pass the blocklists (tcp.smtp:3)",
  },
  {
    row: rows.blocklisted,
    rules: networks("192.0.2.0/24"),
    says: "192.0.2.9 is in relay.networks (192.0.2.0/24 at b.yaml:7), so that blocklists do not count",
  },
  {
    row: rows.blocklisted,
    facts: { grant: known({ kind: "live", account: "ann", covers: true }) },
    says: "ann has just read mail from 192.0.2.9, so that blocklists do not count",
  },
]);

check("networks", [
  {
    row: rows.trustedNetwork,
    says: "192.0.2.9 is in no network: relay.networks is empty",
  },
  {
    row: rows.trustedNetwork,
    rules: networks("10.0.0.0/8", "192.0.2.9"),
    says: "192.0.2.9 is in relay.networks (192.0.2.9/32 at b.yaml:8)",
  },
  {
    row: rows.trustedNetwork,
    rules: networks("10.0.0.0/8"),
    says: "192.0.2.9 is not in relay.networks (10.0.0.0/8 at b.yaml:7)",
  },
  {
    row: rows.trustedNetwork,
    rules: networks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10"),
    says: "192.0.2.9 is not in relay.networks (10.0.0.0/8 at b.yaml:7, 172.16.0.0/12 at b.yaml:8, 192.168.0.0/16 at b.yaml:9, 2 more)",
  },
  {
    row: rows.trustedNetwork,
    request: { role: "submission" },
    says: "a submission listener relays for logins alone",
  },
]);

check("grants", [
  { row: rows.roamingGrant, says: "nobody has read mail (POP, IMAP) from 192.0.2.9 lately" },
  {
    row: rows.roamingGrant,
    facts: { grant: known({ kind: "live", account: "ann", covers: true }) },
    says: "the grant of ann for 192.0.2.9 covers the sender <ann@example.org>",
  },
  {
    row: rows.roamingGrant,
    request: { sender: null },
    facts: { grant: known({ kind: "live", account: "ann", covers: false }) },
    says: "the grant of ann for 192.0.2.9 does not cover the sender <>",
  },
  {
    row: rows.grantLapsed,
    facts: { grant: known({ kind: "expired", account: "ann", expiredAt: 1_795_342_272_000 }) },
    says: "the grant of ann for 192.0.2.9 ended Sun, 22 Nov 2026 10:11:12 +0000",
  },
  {
    row: rows.roamingGrant,
    facts: { grant: lost },
    says: "whether somebody read mail from 192.0.2.9 is not known: the store did not answer",
  },
]);

test("every row has its words", () => {
  const all = Object.values(rows).filter((each) => typeof each === "object");
  assert.equal(all.length, 14);
  for (const row of all) assert.ok(factInWords(row, networks(), usual) !== "");
});
