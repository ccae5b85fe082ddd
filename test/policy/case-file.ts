// Reads policy cases. A file begins with the rules that hold for all of its cases (`network`,
// `mailbox`, `relayed domain`); each case is a comment that says what it shows, the facts, and behind
// `->` the decision and the reply. What a case does not say is as usual: a stranger on port 25, who
// is on no list, over no limit, and not mentioned by the address rules.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import type { Place } from "../../src/core/config/settings.ts";
import { type Address, mailboxKey, parseAddress } from "../../src/core/mail/address.ts";
import { parseIp, parsePrefix } from "../../src/core/mail/ip.ts";
import { type Fact, known, unknown } from "../../src/core/policy/fact.ts";
import type {
  AccessVerdict,
  BlocklistVerdict,
  GrantState,
  Login,
  RecipientClass,
  RelayRequest,
  RuleSet,
  TlsState,
  TrustedNetwork,
} from "../../src/core/policy/request.ts";
import { parsePathArgument } from "../../src/core/smtp/server/parameters.ts";

export interface PolicyCase {
  readonly title: string;
  readonly rules: RuleSet;
  readonly request: RelayRequest;
  readonly decision: string;
  readonly reply: string;
}

interface World {
  readonly networks: TrustedNetwork[];
  readonly mailboxes: Set<string>;
  readonly relayed: Map<string, Place | undefined>;
}

type Lines = ReadonlyMap<string, string>;

/** All cases of a folder and of those in it (*.case), by file. */
export function readCases(folder: URL): ReadonlyMap<string, readonly PolicyCase[]> {
  const names = readdirSync(folder, { encoding: "utf8", recursive: true }).filter((name) =>
    name.endsWith(".case"),
  );
  return new Map(
    names.toSorted().map((name) => [name, parseCases(readFileSync(new URL(name, folder), "utf8"))]),
  );
}

function parseCases(source: string): readonly PolicyCase[] {
  const world: World = { networks: [], mailboxes: new Set(), relayed: new Map() };
  const cases: PolicyCase[] = [];
  for (const block of source.split(/\n{2,}/)) {
    const lines = block.split("\n").filter((line) => line.trim() !== "");
    if (lines.some((line) => line.startsWith("->"))) cases.push(parseCase(lines, world));
    else for (const line of lines) addRule(world, line);
  }
  return cases;
}

function addRule(world: World, line: string): void {
  if (line.startsWith("#")) return;
  const [key, value] = splitLine(line);
  const { text, place } = splitPlace(value);
  switch (key) {
    case "network": {
      const prefix = parsePrefix(text);
      assert.ok(prefix, line);
      world.networks.push({ prefix, ...(place && { place }) });
      return;
    }
    case "mailbox":
      world.mailboxes.add(mailboxKey(readAddress(text)));
      return;
    case "relayed domain":
      world.relayed.set(text, place);
      return;
    default:
      assert.fail(`no rule: ${line}`);
  }
}

function parseCase(block: readonly string[], world: World): PolicyCase {
  const said = (mark: string): string[] =>
    block.filter((line) => line.startsWith(mark)).map((line) => line.slice(mark.length).trim());
  const facts = new Map(block.filter((line) => !/^(#|->)/.test(line)).map(splitLine));
  const title = said("#").join(" ");
  const [decision = "", reply = ""] = said("->");
  const request = readRequest(facts, world);
  assert.deepEqual(
    [...facts.keys()].filter((key) => !keys.includes(key)),
    [],
    title,
  );
  return { title, rules: { networks: world.networks }, request, decision, reply };
}

const keys = [
  "port",
  "client",
  "from",
  "to",
  "tls",
  "login",
  "sender is the login's",
  "address rules",
  "blocklists",
  "limit",
  "recipient",
  "grant",
];

function readRequest(facts: Lines, world: World): RelayRequest {
  const client = parseIp(facts.get("client") ?? "203.0.113.9");
  assert.ok(client, "no client address");
  const recipient = readPath(facts.get("to") ?? "", "TO");
  assert.ok(recipient, `no recipient: ${facts.get("to")}`);
  return {
    role: facts.get("port") === "submission" ? "submission" : "mx",
    tls: readTls(facts.get("tls") ?? "optional"),
    client,
    sender: readPath(facts.get("from") ?? "<ann@example.com>", "FROM"),
    recipient,
    facts: {
      access: readFact(facts.get("address rules") ?? "allow", readAccess),
      login: readLogin(facts),
      blocklist: readFact(facts.get("blocklists") ?? "not listed", readBlocklist),
      limit: readFact(facts.get("limit") ?? "none", (text) => (text === "none" ? undefined : text)),
      recipient: readFact(facts.get("recipient") ?? "", (text) =>
        text === "" ? classify(recipient, world) : readSentOn(text),
      ),
      grant: readFact(facts.get("grant") ?? "none", readGrant),
    },
  };
}

/** Addresses whose mail is sent on. */
function readSentOn(text: string): RecipientClass {
  switch (text) {
    case "forward":
      return { kind: "forward" };
    case "list of others":
      return { kind: "closed", why: "members-only" };
    case "return path, forged":
      return { kind: "closed", why: "forged" };
    case "return path, expired":
      return { kind: "closed", why: "expired" };
    case "return path, for bounces":
      return { kind: "closed", why: "not-a-bounce" };
    default:
      return assert.fail(`a recipient is none of these: ${text}`);
  }
}

function readFact<Value>(text: string, read: (text: string) => Value): Fact<Value> {
  const why = /^unknown: (.*)$/.exec(text)?.[1];
  return why === undefined ? known(read(text)) : unknown(why);
}

function readTls(text: string): TlsState {
  assert.ok(
    text === "up" || text === "optional" || text === "required",
    `no state of TLS: ${text}`,
  );
  return text;
}

/** Whoever logged in writes with an address of his own, unless the case says otherwise. */
function readLogin(facts: Lines): Login | undefined {
  const account = facts.get("login");
  if (account === undefined) return undefined;
  const owns = facts.get("sender is the login's") ?? "yes";
  return { account, ownsSender: readFact(owns, (text) => text === "yes") };
}

/** `live for ann`, `live for ann, for other senders`, `of ann, expired 2026-11-22T10:00:00Z`,
 * `shared by 5`; `somebody` for an account that is not named */
function readGrant(text: string): GrantState {
  if (text === "none") return { kind: "none" };
  const shared = /^shared by (\d+)$/.exec(text)?.[1];
  if (shared !== undefined) return { kind: "shared", accounts: Number(shared) };
  const live = /^live for (\S+?)(, for other senders)?$/.exec(text);
  if (live?.[1] !== undefined) {
    return { kind: "live", account: named(live[1]), covers: live[2] === undefined };
  }
  const [, account, time] = /^of (\S+), expired (\S+)$/.exec(text) ?? [];
  assert.ok(account !== undefined && time !== undefined, `no grant: ${text}`);
  return { kind: "expired", account: named(account), expiredAt: Date.parse(time) };
}

function named(account: string): string | null {
  return account === "somebody" ? null : account;
}

function readAccess(value: string): AccessVerdict {
  const { text, place } = splitPlace(value);
  const where = place && { place };
  const told = /^deny(?: for now)?, saying "(.*)"$/.exec(text)?.[1];
  if (told !== undefined) {
    return { access: "deny", temporary: text.startsWith("deny for now"), text: told, ...where };
  }
  switch (text) {
    case "allow":
      return { access: "allow", relay: false, skipsBlocklists: false, ...where };
    case "allow and relay":
      return { access: "allow", relay: true, skipsBlocklists: false, ...where };
    case "allow, blocklists aside":
      return { access: "allow", relay: false, skipsBlocklists: true, ...where };
    case "allow and relay, blocklists aside":
      return { access: "allow", relay: true, skipsBlocklists: true, ...where };
    case "deny":
      return { access: "deny", temporary: false, ...where };
    case "deny for now":
      return { access: "deny", temporary: true, ...where };
    default:
      return assert.fail(`address rules say none of these: ${text}`);
  }
}

function readBlocklist(text: string): BlocklistVerdict {
  const [, list, told] = /^listed at (\S+)(?:, saying "(.*)")?$/.exec(text) ?? [];
  if (list === undefined) return { listed: false };
  return { listed: true, list, ...(told !== undefined && { text: told }) };
}

function classify(recipient: Address, { mailboxes, relayed }: World): RecipientClass {
  if (mailboxes.has(mailboxKey(recipient))) return { kind: "mailbox" };
  if (relayed.has(recipient.domain)) {
    const place = relayed.get(recipient.domain);
    return { kind: "relayed", ...(place && { place }) };
  }
  const ours = [...mailboxes].some((key) => key.endsWith(`@${recipient.domain}`));
  return { kind: ours ? "no-mailbox" : "foreign" };
}

/** A path as a client gives it to MAIL or RCPT; null is nobody. */
function readPath(text: string, word: "FROM" | "TO"): Address | null {
  const argument = parsePathArgument(`${word}:${text}`, word);
  assert.ok(argument, `no path: ${text}`);
  return argument.path === "" ? null : readAddress(argument.path);
}

function readAddress(text: string): Address {
  const address = parseAddress(text);
  assert.ok(address.ok, `no address: ${text}`);
  return address.value;
}

/** `address rules deny` says `deny` of the `address rules`. */
function splitLine(line: string): readonly [string, string] {
  const key = [...keys, "network", "mailbox", "relayed domain"].find((each) =>
    line.startsWith(`${each} `),
  );
  assert.ok(key, `begins with no word that is known: ${line}`);
  return [key, line.slice(key.length + 1)];
}

/** `deny (tcp.smtp line 3)`: a fact, and where in the configuration it stands. */
function splitPlace(value: string): { readonly text: string; readonly place: Place | undefined } {
  const parts = /^(.*) \((\S+) line (\d+)\)$/.exec(value);
  if (parts === null) return { text: value, place: undefined };
  const [, text = "", file = "", line] = parts;
  return { text, place: { file, line: Number(line), column: 1 } };
}
