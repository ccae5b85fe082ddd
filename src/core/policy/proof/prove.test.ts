import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Place } from "../../config/settings.ts";
import { parseIp, parsePrefix, type Prefix } from "../../mail/ip.ts";
import type { AccessVerdict } from "../request.ts";
import { accessRules, allowed, policyOf } from "./fixture.test.ts";
import { formatFinding } from "./finding.ts";
import type { AccessRule, Gateway, RelayPolicy, Surroundings } from "./policy.ts";
import { prove } from "./prove.ts";
import { formatSpace } from "./space.ts";

function prefix(text: string): Prefix {
  return parsePrefix(text) ?? assert.fail(text);
}

function place(file: string, index: number): Place {
  return { file, line: index + 1, column: 1 };
}

/** `networks`, and rules as `10.0.0.0/8:allow` or `=host:relay`; the lines count from 1. */
function policy(
  networks: readonly string[],
  rules: readonly string[] = [],
  acknowledged: readonly string[] = [],
): RelayPolicy {
  return policyOf({
    rules: {
      networks: networks.map((text, index) => ({
        prefix: prefix(text),
        place: place("b.yaml", index),
      })),
    },
    access: accessRules(rules.map(readRule)),
    acknowledged: acknowledged.map((text, index) => ({
      prefix: prefix(text),
      place: place("b.yaml", 50 + index),
    })),
  });
}

function readRule(text: string, index: number): AccessRule {
  const [, who = "", what = ""] = /^(.*) (\w+)$/.exec(text) ?? [];
  const where = place("tcp.smtp", index);
  const verdict = verdicts.get(what) ?? assert.fail(text);
  return { pattern: readPattern(who), verdict: { ...verdict, place: where } };
}

const verdicts = new Map<string, AccessVerdict>([
  ["allow", allowed],
  ["relay", { access: "allow", relay: true, skipsBlocklists: false }],
  ["deny", { access: "deny", temporary: false }],
]);

function readPattern(who: string): AccessRule["pattern"] {
  if (who === "default") return { kind: "default" };
  if (who === "=") return { kind: "any-host" };
  if (who.startsWith("=.")) return { kind: "suffix", suffix: who.slice(1) };
  if (who.startsWith("=")) return { kind: "host", name: who.slice(1) };
  return { kind: "network", prefix: prefix(who) };
}

const nothingAround: Surroundings = { inContainer: false, gateways: [] };

function said(of: RelayPolicy, around: Surroundings = nothingAround): readonly string[] {
  return prove(of, around).findings.map(formatFinding);
}

/** A title, a policy, and what is said of it. */
type Case = readonly [string, RelayPolicy, ...(readonly string[])];

function says(title: string, cases: readonly Case[]): void {
  suite(title, () => {
    for (const [name, of, ...expected] of cases) {
      test(name, () => assert.deepEqual(said(of), expected));
    }
  });
}

says("a policy that serves its own", [
  ["nobody", policy([])],
  [
    "private networks as wide as they are",
    policy(["10.0.0.0/8", "fc00::/7", "::1", "127.0.0.0/8"]),
  ],
  ["public networks up to the bound", policy(["198.51.0.0/16", "192.0.2.7", "2001:db8::/32"])],
  ["a rule for a network", policy([], ["192.0.2.0/24 relay", "default allow"])],
  ["a default rule that lets nobody relay", policy([], ["default allow"])],
  ["a default rule behind a wall", policy([], ["0.0.0.0/0 deny", "::/0 deny", "default relay"])],
  ["an acknowledged network", policy(["203.0.0.0/12"], [], ["203.0.0.0/12"])],
  ["neighbours, acknowledged", policy(["8.0.0.0/16", "8.1.0.0/16"], [], ["8.0.0.0/15"])],
  ["a wide network that is denied altogether", policy(["8.0.0.0/8"], ["8.0.0.0/8 deny"])],
]);

const narrow = (bits: number) =>
  `list only the networks that are yours, each no wider than /${bits}`;
const anyone = "send mail to anyone through this host";

says("prefixes that are too wide", [
  [
    "0.0.0.0/0",
    policy(["0.0.0.0/0"]),
    `b.yaml:1:1: relay.networks: this lets every IPv4 address (4,294,967,296, 100 % of IPv4) ${anyone}; ${narrow(16)}`,
  ],
  [
    "::/0, whatever is acknowledged",
    policy(["::/0"], [], ["::/0"]),
    `b.yaml:1:1: relay.networks: this lets every IPv6 address (2^128, 100 % of IPv6) ${anyone}; ${narrow(32)}`,
    // What is never enough acknowledges nothing: reading the configuration refuses it.
  ],
  [
    "0.0.0.0/0 behind narrower rules",
    policy(["0.0.0.0/0"], ["10.0.0.0/8 deny"]),
    `b.yaml:1:1: relay.networks: this lets all IPv4 addresses but 16,777,216 (99.6 % of IPv4) ${anyone}; ${narrow(16)}`,
  ],
  [
    "a public one",
    policy(["203.0.0.0/12"]),
    `b.yaml:1:1: relay.networks: this lets 203.0.0.0/12 (1,048,576 addresses, 0.024 % of IPv4) ${anyone}; ${narrow(16)}, or, if all of it is yours, add "203.0.0.0/12" to relay.acknowledge`,
  ],
  [
    "one that is partly private",
    policy(["172.0.0.0/11"]),
    `b.yaml:1:1: relay.networks: this lets 172.0.0.0/11 (2,097,152 addresses, 0.048 % of IPv4) ${anyone}; ${narrow(16)}, or, if all of it is yours, add "172.0.0.0/11" to relay.acknowledge`,
  ],
  [
    "the IPv4 Internet, seen through NAT64",
    policy(["64:ff9b::/96"]),
    `b.yaml:1:1: relay.networks: this lets 64:ff9b::/96 (4,294,967,296 addresses, less than 0.000001 % of IPv6) ${anyone}; ${narrow(112)}, or, if all of it is yours, add "64:ff9b::/96" to relay.acknowledge`,
  ],
  [
    "one of a rule",
    policy([], ["18.0.0.0/8 relay"]),
    `tcp.smtp:1:1: RELAYCLIENT is set here, which lets 18.0.0.0/8 (16,777,216 addresses, 0.39 % of IPv4) ${anyone}; set it for only the networks that are yours, each no wider than /16, or, if all of it is yours, add "18.0.0.0/8" to relay.acknowledge`,
  ],
]);

test("a rule for a range is as wide as its addresses together", () => {
  const relay: AccessVerdict = {
    access: "allow",
    relay: true,
    skipsBlocklists: false,
    place: place("tcp.smtp", 0),
  };
  const range = Array.from({ length: 256 }, (_, octet) => ({
    pattern: { kind: "network" as const, prefix: prefix(`18.${octet}.0.0/16`) },
    verdict: relay,
  }));
  const ranged = { ...policy([]), access: accessRules(range) };
  assert.match(
    said(ranged).join("\n"),
    /^tcp\.smtp:1:1: RELAYCLIENT is set here, .*18\.0\.0\.0\/8 /,
  );
  const acknowledged = policy([], [], ["18.0.0.0/8"]).acknowledged;
  assert.deepEqual(said({ ...ranged, acknowledged }), []);
});

const outOfIt = "take RELAYCLIENT out of it, and set it in rules that name your networks";
const byDefault = "the default rule sets RELAYCLIENT, which lets";

says("the default rule", [
  [
    "alone",
    policy([], ["default relay"]),
    `tcp.smtp:1:1: ${byDefault} every IPv4 address (4,294,967,296, 100 % of IPv4) and every IPv6 address (2^128, 100 % of IPv6) ${anyone}; ${outOfIt}`,
  ],
  [
    "behind a narrower rule",
    policy([], ["10.0.0.0/8 allow", "default relay"]),
    `tcp.smtp:2:1: ${byDefault} all IPv4 addresses but 16,777,216 (99.6 % of IPv4) and every IPv6 address (2^128, 100 % of IPv6) ${anyone}; ${outOfIt}`,
  ],
  [
    "behind rules that leave a single address",
    policy(
      [],
      [
        "0.0.0.0/1 deny",
        "192.0.0.0/2 deny",
        "::/0 deny",
        "128.0.0.0 allow",
        "129.0.0.0/8 deny",
        "default relay",
      ].concat(),
    ),
    `tcp.smtp:6:1: ${byDefault} 1,056,964,607 addresses of IPv4 (24.6 % of IPv4) ${anyone}; ${outOfIt}`,
  ],
  [
    "behind a host rule, which says nothing of those without a name",
    policy([], ["= allow", "0.0.0.0/1 deny", "::/0 deny", "default relay"]),
    `tcp.smtp:4:1: ${byDefault} 128.0.0.0/1 (2,147,483,648 addresses, 50 % of IPv4) ${anyone}; ${outOfIt}`,
  ],
]);

const together =
  "which is nobody's own and cannot be acknowledged; list only the networks that are yours";
const halves = ["0.0.0.0/1", "128.0.0.0/1"];

says("networks that are everybody's together", [
  [
    "two halves, even if each is acknowledged",
    policy(halves, [], halves),
    `b.yaml:1:1: the networks that may relay make up every IPv4 address (4,294,967,296, 100 % of IPv4) together, ${together}`,
  ],
  [
    "most of it, in network and rule",
    policy(["64.0.0.0/2"], ["128.0.0.0/1 relay"], ["64.0.0.0/2", "128.0.0.0/1"]),
    `tcp.smtp:1:1: the networks that may relay make up 64.0.0.0/2 and 128.0.0.0/1 (3,221,225,472 addresses, 75 % of IPv4) together, ${together}`.replace(
      "64.0.0.0/2 and 128.0.0.0/1 (3,221,225,472 addresses, 75 %",
      "all IPv4 addresses but 1,073,741,824 (75 %",
    ),
  ],
  [
    "neighbours that are wide together",
    policy(["8.0.0.0/16", "8.1.0.0/16"]),
    'b.yaml:1:1: warning: neighbouring networks make up 8.0.0.0/15 (131,072 addresses, 0.003 % of IPv4); if all of it is yours, add "8.0.0.0/15" to relay.acknowledge',
  ],
]);

test("two halves without acknowledgement are three problems", () => {
  assert.equal(said(policy(halves)).length, 3);
});

says("rules by name", [
  [
    "a host and a suffix are warnings",
    policy([], ["=mail.example.net relay", "=.example.net relay"]),
    "tcp.smtp:1:1: warning: the rule `=mail.example.net` lets any address relay whose verified name is mail.example.net: whoever controls that zone may add some; name the addresses instead, if you can",
    "tcp.smtp:2:1: warning: the rule `=.example.net` lets any address relay whose verified name ends in .example.net: whoever controls that zone may add some; name the addresses instead, if you can",
  ],
  [
    "any name is a problem",
    policy([], ["= relay"]),
    "tcp.smtp:1:1: the rule `=` sets RELAYCLIENT, which lets every client whose address has a verified name send mail to anyone through this host; take RELAYCLIENT out of it, and set it in rules that name your networks",
  ],
]);

says("acknowledgements", [
  [
    "that acknowledge nothing",
    policy(["203.0.0.0/16"], [], ["203.0.0.0/12"]),
    "b.yaml:51:1: warning: relay.acknowledge: nothing here needs 203.0.0.0/12 acknowledged; take it out",
  ],
]);

const gateway = (address: string, kind: Gateway["kind"] = "default-gateway"): Gateway => ({
  address: parseIp(address) ?? assert.fail(address),
  kind,
  device: kind === "bridge" ? "docker0" : "eth0",
});

function severity(
  networks: readonly string[],
  around: Surroundings,
  acknowledged: readonly string[] = [],
): readonly string[] {
  const { findings } = prove(policy(networks, [], acknowledged), around);
  return findings.map((found) => `${found.severity} ${formatSpace(found.space).join()}`);
}

suite("gateways", () => {
  test("of a container are a problem inside a network", () => {
    const around = { inContainer: true, gateways: [gateway("172.17.0.1")] };
    assert.deepEqual(severity(["172.16.0.0/12"], around), ["problem 172.17.0.1/32"]);
    assert.deepEqual(severity(["172.17.0.2"], around), []);
    assert.deepEqual(said(policy(["172.17.0.0/16"]), around), [
      'b.yaml:1:1: this lets 172.17.0.1 relay, which is the gateway of this container (eth0): with NAT in between all the world arrives from there; list only the addresses of your own clients, or, if strangers never come from there, add "172.17.0.1" to relay.acknowledge',
    ]);
  });

  test("may be acknowledged, each by its address", () => {
    const around = { inContainer: true, gateways: [gateway("172.17.0.1"), gateway("fd00::1")] };
    const networks = ["172.17.0.0/16", "fd00::/64"];
    assert.deepEqual(severity(networks, around, ["172.17.0.1", "fd00::1"]), []);
    assert.deepEqual(severity(networks, around, ["fd00::1"]), ["problem 172.17.0.1/32"]);
  });

  test("of a host at home are a warning, and the server starts", () => {
    const around = { inContainer: false, gateways: [gateway("192.168.1.1")] };
    assert.deepEqual(severity(["192.168.0.0/16"], around), ["warning 192.168.1.1/32"]);
  });

  test("with a public address route, and are a warning in a container, too", () => {
    const around = { inContainer: true, gateways: [gateway("192.0.2.1")] };
    assert.deepEqual(severity(["192.0.2.0/24"], around), ["warning 192.0.2.1/32"]);
  });

  test("count where a rule admits them, and not where one denies them", () => {
    const around = { inContainer: true, gateways: [gateway("172.17.0.1")] };
    const found = prove(policy([], ["172.17.0.0/16 relay"]), around).findings;
    assert.deepEqual(found[0]?.place, place("tcp.smtp", 0));
    const denied = policy(["172.17.0.0/16"], ["172.17.0.1 deny"]);
    assert.deepEqual(prove(denied, around).findings, []);
  });

  test("are no news where everybody is let in", () => {
    const around = { inContainer: true, gateways: [gateway("172.17.0.1")] };
    assert.deepEqual(severity(["0.0.0.0/0"], around), ["problem 0.0.0.0/0"]);
  });

  test("among bridges and own addresses are warnings", () => {
    const bridge = { inContainer: false, gateways: [gateway("172.17.0.1", "bridge")] };
    assert.deepEqual(severity(["172.16.0.0/12"], bridge), ["warning 172.17.0.1/32"]);
    const own = { inContainer: true, gateways: [gateway("172.17.0.5", "own-address")] };
    assert.deepEqual(severity(["172.16.0.0/12"], own), ["warning 172.17.0.5/32"]);
  });
});

const behind = (...proxies: readonly string[]): RelayPolicy => ({
  ...policy(["10.0.0.0/24"], ["10.0.0.9 deny"]),
  listeners: [{ name: "mx", proxies: proxies.map(prefix), place: place("b.yaml", 9) }],
});

suite("listeners with the PROXY protocol", () => {
  test("need a list of proxies", () => {
    assert.deepEqual(said(behind()), [
      "b.yaml:10:1: the listener mx takes the PROXY protocol from anyone, so that any client may claim any address; list the addresses of your proxies",
    ]);
  });

  test("have none inside the networks that may relay", () => {
    assert.deepEqual(said(behind("10.0.1.1", "10.0.0.9")), []);
    assert.deepEqual(said(behind("10.0.0.8/31")), [
      "b.yaml:10:1: the listener mx has the proxy 10.0.0.8/31, and 10.0.0.8/32 (1 address, less than 0.000001 % of IPv4) of it may relay: all the world arrives from there; take it out of the networks that may relay",
    ]);
  });
});

test("the proof names each line with exactly what it admits", () => {
  const { admissions } = prove(
    policy(["10.0.0.0/30", "10.0.0.0/8", "2001:db8::/32"], ["10.0.0.1 deny", "192.0.2.0/24 relay"]),
    nothingAround,
  );
  assert.deepEqual(
    admissions.map(({ role, reason, place: at, space }) => [
      role,
      reason,
      `${at?.file}:${at?.line}`,
      formatSpace(space).slice(0, 3),
    ]),
    [
      ["mx", "trusted-network", "b.yaml:1", ["10.0.0.0/32", "10.0.0.2/31"]],
      ["mx", "trusted-network", "b.yaml:2", ["10.0.0.4/30", "10.0.0.8/29", "10.0.0.16/28"]],
      ["mx", "access-rule", "tcp.smtp:2", ["192.0.2.0/24"]],
      ["mx", "trusted-network", "b.yaml:3", ["2001:db8::/32"]],
    ],
  );
});

test("many networks and rules are proven in little time", () => {
  const count = 20_000;
  const texts = Array.from(
    { length: count },
    (_, index) => `8.${(index >> 8) & 255}.${index & 255}.0/25`,
  );
  const networks = texts.map((text, index) => ({ prefix: prefix(text), place: place("b", index) }));
  const started = performance.now();
  const { admissions } = prove(policyOf({ rules: { networks } }), nothingAround);
  assert.equal(admissions.length, count);
  assert.ok(performance.now() - started < 5000, `${performance.now() - started} ms`);
});
