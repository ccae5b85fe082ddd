// A million mutated rule lines: none of them brings the reader down, and none lets anybody relay who
// is not let relay by a line that says so itself.

import assert from "node:assert/strict";
import { test } from "node:test";
import { formatIp, parseIp } from "../../src/core/mail/ip.ts";
import { verdictOf } from "../../src/core/rules/address-rules.ts";
import { RulesBuilder } from "../../src/core/rules/builder.ts";
import { readPattern } from "../../src/core/rules/pattern.ts";
import { readText, type WrittenRule } from "../../src/core/rules/text.ts";
import { finish } from "../../src/core/work.ts";
import { between, createRandom, type Random } from "../faults/support/random.ts";

const lines = 1_000_000;
/** Lines of one file. */
const together = 200;

const seeds = [
  '127.0.0.1:allow,RELAYCLIENT=""',
  '10.1.:allow,RELAYCLIENT="",DATABYTES="1000000"',
  '192.0.2.10-19:allow,RELAYCLIENT=""',
  '172.16-31.:allow,RELAYCLIENT="@fix.me"',
  '2001:db8::/48:allow,RELAYCLIENT=""',
  '2001:db8:5:allow,RELAYCLIENT=""',
  '10.2./15:allow,RELAYCLIENT=""',
  '=mail.example.net:allow,RELAYCLIENT=""',
  '=.example.net:allow,RBLSMTPD=""',
  '10.3.:allow,RBLSMTPD="-go away"',
  "10.4.:deny",
  ":allow",
];
const pieces = [
  ":",
  ",",
  ".",
  "-",
  "/",
  "=",
  "@",
  '"',
  "#",
  " ",
  "\t",
  "\0",
  "\r",
  "0",
  "255",
  "::",
];
const clients = [
  "127.0.0.1",
  "10.1.2.3",
  "10.2.0.1",
  "192.0.2.15",
  "203.0.113.9",
  "0.0.0.1",
  "1.1.1.1",
]
  .concat(["2001:db8::1", "2001:db8:5::1", "::1", "2a00::1"])
  .map((text) => parseIp(text)!);
const names = [undefined, "mail.example.net", "www.example.net", "a.test"];

test("a million mutated lines", () => {
  const random = createRandom(3);
  let relaying = 0;
  for (let done = 0; done < lines; done += together) {
    // A line that tcprules refuses makes its file void: each is read by itself first.
    const file = Array.from({ length: together }, () => mutate(random)).flatMap(readAlone);
    const builder = new RulesBuilder();
    const silent = new RulesBuilder();
    for (const { rule } of file) builder.add(rule, rule.addresses.map(readPattern));
    for (const { line, rule } of file) {
      if (!line.includes("RELAYCLIENT")) silent.add(rule, rule.addresses.map(readPattern));
    }
    const { rules } = finish(builder.finish());
    const others = finish(silent.finish()).rules;
    const saying = file.filter(({ line }) => saysRelay(line));
    for (const client of clients) {
      for (const name of names) {
        const without = verdictOf(others.find(client, name));
        assert.ok(without.access === "deny" || !without.relay, "without RELAYCLIENT nobody relays");
        const verdict = verdictOf(rules.find(client, name));
        if (verdict.access === "deny" || !verdict.relay) continue;
        relaying++;
        const text = formatIp(client);
        const found = saying.some(({ rule }) =>
          rule.addresses.some((one) => covers(one, text, name)),
        );
        assert.ok(found, `${text} ${name} relays for ${rules.find(client, name)?.address}`);
      }
    }
  }
  assert.ok(relaying > 1000, `only ${relaying} clients were let relay: the test shows little`);
});

interface Written {
  readonly line: string;
  readonly rule: WrittenRule;
}

function readAlone(line: string): readonly Written[] {
  const rules: WrittenRule[] = [];
  const faults = finish(readText(line, "t", { rule: (rule) => rules.push(rule), warn() {} }));
  return faults.length > 0 ? [] : rules.map((rule) => ({ line, rule }));
}

/** One to three octets or pieces more, fewer or others. */
function mutate(random: Random): string {
  let line = seeds[between(random, 0, seeds.length - 1)] ?? "";
  for (let times = between(random, 1, 3); times > 0; times--) {
    const at = between(random, 0, line.length);
    const cut = between(random, 0, 2);
    const put =
      random() < 0.7
        ? (pieces[between(random, 0, pieces.length - 1)] ?? "")
        : String.fromCharCode(between(random, 0, 255));
    line = line.slice(0, at) + (random() < 0.7 ? put : "") + line.slice(at + cut);
  }
  return line;
}

/** By the look of it alone. */
function saysRelay(line: string): boolean {
  return /^[^#].*:allow,(.*,)?RELAYCLIENT=|^:allow,(.*,)?RELAYCLIENT=/s.test(line);
}

/** By the texts alone, as tcpserver would, and for networks by counting bits. */
function covers(address: string, client: string, name: string | undefined): boolean {
  if (address === "" || address === client) return true;
  if (address.startsWith("=")) {
    return name !== undefined && (address === `=${name}` || name.endsWith(address.slice(1)));
  }
  const [start = "", length] = address.split("/");
  if (length !== undefined)
    return bitsOf(fill(start)).slice(0, Number(length)) === bitsOf(client).slice(0, Number(length));
  if (address.includes(":")) {
    return bitsOf(client).startsWith(bitsOf(fill(address)).slice(0, groupsOf(address) * 16));
  }
  return address.endsWith(".") && client.startsWith(address);
}

function fill(start: string): string {
  if (!start.includes(":")) return `${start}0.0.0.0`.split(".").slice(0, 4).join(".");
  return start.endsWith(":") && !start.endsWith("::") ? `${start}:` : start;
}

/** Groups of an IPv6 prefix that count; all of a whole address. */
function groupsOf(address: string): number {
  if (!address.endsWith(":")) return 8;
  return address.endsWith("::") ? address.split(":").length : address.split(":").length - 1;
}

function bitsOf(text: string): string {
  const ip = parseIp(text);
  return (ip?.octets ?? []).map((octet) => octet.toString(2).padStart(8, "0")).join("");
}
