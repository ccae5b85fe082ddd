import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import { parseIp, parsePrefix } from "../mail/ip.ts";
import { verdictOf } from "../rules/address-rules.ts";
import { parseConfiguration } from "./parse.ts";
import { formatProblem } from "./problem.ts";
import type { Settings } from "./settings.ts";

const origin = { file: "b.yaml", folder: "/etc/bailiwick" };

function settingsOf(text: string): Settings {
  const result = parseConfiguration(text, origin);
  return result.ok ? result.value : assert.fail(result.problem.map(formatProblem).join("\n"));
}

function problemsOf(text: string): readonly string[] {
  const result = parseConfiguration(text, origin);
  return result.ok ? [] : result.problem.map(formatProblem);
}

/** One line of configuration below the hostname, and what is said of it. */
type Case = readonly [line: string, ...problems: readonly string[]];

function says(title: string, cases: readonly Case[]): void {
  suite(title, () => {
    for (const [line, ...problems] of cases) {
      test(line, () => assert.deepEqual(problemsOf(`hostname: mx.test\n${line}\n`), problems));
    }
  });
}

const hour = 3_600_000;

/** As they are where nothing is said. */
const loginLimits = {
  guessing: {
    rates: {
      client: { amount: 20, period: hour },
      network: { amount: 60, period: hour },
      names: { amount: 10, period: hour },
      account: { amount: 100, period: hour },
      known: { amount: 20, period: hour },
    },
    ban: [hour / 4, hour, 4 * hour, 24 * hour],
    allow: [parsePrefix("127.0.0.0/8"), parsePrefix("::1")],
  },
  breaker: {
    messages: [
      { amount: 600, period: hour },
      { amount: 1000, period: 24 * hour },
    ],
    recipients: [
      { amount: 3000, period: hour },
      { amount: 5000, period: 24 * hour },
    ],
    refused: 50,
    refusedShare: 0.3,
  },
};

const bounds = {
  connections: 20,
  rate: undefined,
  messagesPerConnection: 1000,
  recipientsPerMessage: 100,
};

test("only the hostname must be given", () => {
  assert.deepEqual(settingsOf("hostname: Mail.Example.org"), {
    hostname: "mail.example.org",
    data: "/etc/bailiwick/data",
    listeners: [
      {
        name: "mx",
        role: "mx",
        tls: "offered",
        clearLoginOnLoopback: false,
        listen: [
          { host: "0.0.0.0", port: 25 },
          { host: "::", port: 25 },
        ],
      },
    ],
    tls: { certificates: [] },
    relay: { networks: [], acknowledged: [] },
    domains: [],
    logins: [],
    blocklists: { lists: [], threshold: 1, timeout: 5000 },
    routes: [],
    filters: [],
    mxTransport: { dane: "auto", mtaSts: "auto" },
    dns: { servers: [], dnssec: "auto" },
    limits: {
      connections: 200,
      connectionsPerClient: 20,
      connectionRate: { amount: 300, period: 300_000 },
      refusedRecipients: 20,
      rates: {
        client: { messages: undefined, recipients: undefined },
        network: { messages: undefined, recipients: undefined },
        login: {
          messages: { amount: 300, period: 3_600_000 },
          recipients: { amount: 3000, period: 3_600_000 },
        },
        grant: {
          messages: { amount: 300, period: 3_600_000 },
          recipients: { amount: 3000, period: 3_600_000 },
        },
      },
      ...loginLimits,
      messageSize: 26_214_400,
      recipients: 100,
      memory: 536_870_912,
      errors: 10,
      idleCommands: 100,
      commandTime: 300_000,
      messageTime: 1_800_000,
    },
    queue: {
      retry: [60_000, 300_000, 900_000, 3_600_000, 10_800_000, 21_600_000],
      warnAfter: 14_400_000,
      giveUpAfter: 432_000_000,
      bounds,
    },
    notices: { forStrangers: false },
    decisions: { keep: "refused", for: 604_800_000, atMost: 100_000 },
    admin: { hosts: [], metrics: "token", auditFor: 34_560_000_000 },
    log: { format: "auto", level: "info" },
    submission: {
      checkFrom: true,
      hideClient: false,
      priorities: {},
      holdAtMost: 7 * 24 * hour,
    },
    authentication: { verify: true, dmarc: "mark", trustedSealers: [] },
    store: { kind: "sqlite" },
  });
});

const whole = `hostname: mail.example.org
data: /var/lib/bailiwick
user: bailiwick
postmaster: Admin@Example.org
listeners:
  inside: { role: mx, listen: ["127.0.0.1:2525", "[::1]:0"], proxies: [10.0.0.2], tls: required, login-in-clear: loopback }
relay:
  networks:
    - 10.1.0.0/16
    - "2001:db8::7"
  acknowledge: [203.0.0.0/12]
domains:
  Example.org: { deliver: mailboxes }
  example.net:
    relay-to: mx1.example.net:26
routes:
  - { to: Example.com, via: "[2001:db8::25]:587" }
  - to: "*"
    via: smart.example.com
blocklists:
  - { zone: L.test, score: -2, codes: [127.0.0.2-127.0.0.4], fail: closed, ipv6: false }
  - { zone: m.test, score: 4, codes: [127.0.0.9] }
blocklist-threshold: 3.5
blocklist-timeout: 2s
dns: { servers: ["127.0.0.1:5353"], dnssec: trusted }
limits: { connections: 1, connections-per-client: 2, message-size: 3, recipients: 4, memory: 5KB,
  errors: 6, idle-commands: 7, command-time: 8s, message-time: 9m, connection-rate: none,
  refused-recipients: 10, rates: { client: { messages: 11 per 1h }, login: { recipients: none } } }
queue: { retry: [1s, 2m], warn-after: 2h, give-up-after: 1d, connections-per-destination: 3 }
decisions: { keep: all, for: 2d, at-most: 5 }
submission: { check-from: false, hide-client: true, hold-at-most: 1h, priorities: { Ann@Example.org: 9, example.NET: 3 } }
store: sqlite
tls: { certificate: c.pem, key: /etc/k.pem, client-authorities: ca.pem,
  more: [{ certificate: d.pem, key: d.key }] }
authentication: { verify: true, dmarc: reject, trusted-sealers: [Lists.example.org] }
mx-transport: { dane: off, mta-sts: off }
tls-reports: { from: tls@example.org, organization: Example Ltd }
notices: { for-strangers: true }
admin: { hosts: [Mail-Admin.example.org], metrics: open, audit: 3000d }
log: { format: syslog, level: warn }
`;

function at(line: number, column: number): object {
  return { file: "b.yaml", line, column };
}

const way = { transport: { tls: "opportunistic", implicitTls: false } };

test("every value arrives, with its place where decisions need it", () => {
  assert.deepEqual(settingsOf(whole), {
    hostname: "mail.example.org",
    data: "/var/lib/bailiwick",
    user: "bailiwick",
    postmaster: "Admin@example.org",
    listeners: [
      {
        name: "inside",
        role: "mx",
        tls: "required",
        clearLoginOnLoopback: true,
        listen: [
          { host: "127.0.0.1", port: 2525 },
          { host: "::1", port: 0 },
        ],
        proxies: [parsePrefix("10.0.0.2")],
        place: at(6, 71),
      },
    ],
    tls: {
      certificates: [
        {
          certificate: "/etc/bailiwick/c.pem",
          key: "/etc/k.pem",
          place: at(33, 21),
        },
        {
          certificate: "/etc/bailiwick/d.pem",
          key: "/etc/bailiwick/d.key",
          place: at(34, 10),
        },
      ],
      clientAuthorities: "/etc/bailiwick/ca.pem",
    },
    relay: {
      networks: [
        { prefix: parsePrefix("10.1.0.0/16"), place: at(9, 7) },
        { prefix: parsePrefix("2001:db8::7"), place: at(10, 7) },
      ],
      acknowledged: [{ prefix: parsePrefix("203.0.0.0/12"), place: at(11, 17) }],
    },
    domains: [
      { name: "example.org", deliver: { to: "mailboxes" }, place: at(13, 3) },
      {
        name: "example.net",
        deliver: {
          to: "relay",
          via: [[{ host: "mx1.example.net", port: 26 }]],
          ...way,
          recipients: { kind: "ask", unsure: "accept" },
        },
        place: at(14, 3),
      },
    ],
    routes: [
      { to: "example.com", via: [[{ host: "2001:db8::25", port: 587 }]], ...way, place: at(17, 5) },
      { to: "*", via: [[{ host: "smart.example.com", port: 25 }]], ...way, place: at(18, 5) },
    ],
    filters: [],
    logins: [],
    blocklists: {
      lists: [
        {
          zone: "l.test",
          score: -2,
          codes: [{ first: 0x7f_00_00_02, last: 0x7f_00_00_04 }],
          fail: "closed",
          ipv6: false,
        },
        {
          zone: "m.test",
          score: 4,
          codes: [{ first: 0x7f_00_00_09, last: 0x7f_00_00_09 }],
          fail: "open",
          ipv6: true,
        },
      ],
      threshold: 3.5,
      timeout: 2000,
    },
    mxTransport: { dane: "off", mtaSts: "off" },
    tlsReports: { from: { local: "tls", domain: "example.org" }, organization: "Example Ltd" },
    dns: { servers: [{ host: "127.0.0.1", port: 5353 }], dnssec: "trusted" },
    limits: {
      connections: 1,
      connectionsPerClient: 2,
      connectionRate: undefined,
      ...loginLimits,
      refusedRecipients: 10,
      rates: {
        client: { messages: { amount: 11, period: 3_600_000 }, recipients: undefined },
        network: { messages: undefined, recipients: undefined },
        login: { messages: { amount: 300, period: 3_600_000 }, recipients: undefined },
        grant: {
          messages: { amount: 300, period: 3_600_000 },
          recipients: { amount: 3000, period: 3_600_000 },
        },
      },
      messageSize: 3,
      recipients: 4,
      memory: 5120,
      errors: 6,
      idleCommands: 7,
      commandTime: 8000,
      messageTime: 540_000,
    },
    queue: {
      retry: [1000, 120_000],
      warnAfter: 7_200_000,
      giveUpAfter: 86_400_000,
      bounds: { ...bounds, connections: 3 },
    },
    notices: { forStrangers: true },
    decisions: { keep: "all", for: 172_800_000, atMost: 5 },
    admin: { hosts: ["mail-admin.example.org"], metrics: "open", auditFor: 259_200_000_000 },
    log: { format: "syslog", level: "warn" },
    submission: {
      checkFrom: false,
      hideClient: true,
      priorities: { "ann@example.org": 9, "example.net": 3 },
      holdAtMost: hour,
    },
    authentication: { verify: true, dmarc: "reject", trustedSealers: ["lists.example.org"] },
    store: { kind: "sqlite" },
  });
});

test("roaming is off, or on with bounds that suit most", () => {
  assert.equal(settingsOf("hostname: mx.test").relay.roaming, undefined);
  assert.deepEqual(settingsOf("hostname: mx.test\nrelay: { roaming: {} }").relay.roaming, {
    lifetime: 3 * hour,
    senders: "own",
    sharedAfter: 4,
    ipv6: "address",
    exclude: [],
  });
  const line = "relay: { roaming: { exclude: [Ann@Example.ORG, Example.NET] } }";
  assert.deepEqual(settingsOf(`hostname: mx.test\n${line}`).relay.roaming?.exclude, [
    "ann@example.org",
    "example.net",
  ]);
});

says("blocklists", [
  [
    "blocklists: [{ zone: l.test, codes: [127.0.0.2, 127.0.0.4-127.0.0.7], score: -0.5 }, { zone: m.test }]",
  ],
  [
    "blocklists: [{ score: 1 }]",
    "b.yaml:2:14: blocklists[0].zone: missing; write the name under which the list is asked, such as zen.example.org",
  ],
  [
    "blocklists: [{ zone: l.test, score: 0 }]",
    "b.yaml:2:37: blocklists[0].score: 0 does not fit here; write a number that is not 0, such as 1, 0.5 or -2",
  ],
  [
    "blocklists: [{ zone: l.test, codes: [192.0.2.1] }]",
    'b.yaml:2:38: blocklists[0].codes[0]: "192.0.2.1" does not fit here; write a code or a range of codes, such as "127.0.0.2" or "127.0.0.4-127.0.0.11"',
  ],
  [
    "blocklists: [{ zone: l.test, codes: [] }]",
    'b.yaml:2:37: blocklists[0].codes: the list is empty; write a code or a range of codes, such as "127.0.0.2" or "127.0.0.4-127.0.0.11", or take the key out',
  ],
  [
    "blocklists: [{ zone: l.test, fail: shut, ipv6: maybe }]",
    'b.yaml:2:36: blocklists[0].fail: "shut" does not fit here; write open or closed',
    'b.yaml:2:48: blocklists[0].ipv6: "maybe" does not fit here; write true or false',
  ],
  [
    "blocklists: [{ zone: l.test }, { zone: L.Test, codes: [127.0.0.9] }]",
    "b.yaml:2:34: blocklists[1].zone: line 2 asks l.test for the same codes; keep one",
  ],
  ["blocklists: [{ zone: l.test, codes: [127.0.0.2] }, { zone: l.test, codes: [127.0.0.3] }]"],
  [
    "blocklist-threshold: 0",
    "b.yaml:2:22: blocklist-threshold: 0 does not fit here; write a number above 0, such as 1",
  ],
  [
    "blocklist-timeout: 5m",
    "b.yaml:2:20: blocklist-timeout: write a time from 1s to 60s: a client waits for it where a list is slow",
  ],
  [
    "blocklists: [{ zone: l.test }, { zone: a.test, score: -3 }]\nblocklist-threshold: 1.5",
    "b.yaml:3:1: blocklist-threshold: all scores together make 1, so that 1.5 is never reached; lower it, or raise scores",
  ],
]);

says("priorities", [
  ["submission: { priorities: { ann@example.org: 9 } }"],
  [
    "submission: { priorities: { ann@example.org: 10 } }",
    'b.yaml:2:46: submission.priorities["ann@example.org"]: 10 does not fit here; write a priority from 0 to 9',
  ],
  [
    "submission: { priorities: { all users: 1 } }",
    'b.yaml:2:29: submission.priorities["all users"]: "all users" does not fit here; write an account or a domain, such as ann@example.org or example.net',
  ],
]);

says("unknown keys", [
  [
    "limits: { conections: 3 }",
    "b.yaml:2:11: limits: unknown key `conections`; did you mean `connections`?",
  ],
  ["dns: { server: [] }", "b.yaml:2:8: dns: unknown key `server`; did you mean `servers`?"],
  [
    "relay: { grants: x }",
    "b.yaml:2:10: relay: unknown key `grants`; the keys here are `networks`, `acknowledge`, `rules`, `roaming`",
  ],
  [
    "imap: {}",
    "b.yaml:2:1: unknown key `imap`; the keys here are `hostname`, `data`, `user`, `postmaster`, " +
      "`listeners`, `tls`, `submission`, `authentication`, `relay`, `domains`, `logins`, `blocklists`, `blocklist-threshold`, " +
      "`blocklist-timeout`, `routes`, `filters`, `mx-transport`, `tls-reports`, `dns`, `limits`, `queue`, `notices`, `decisions`, `admin`, `log`, `store`, " +
      "`store-password-file`, `store-password-variable`",
  ],
  [
    "routes: [{ to: example.org, via: a.test, password: x }]",
    "b.yaml:2:42: routes[0]: unknown key `password`; the keys here are `to`, `from`, `account`, `via`, " +
      "`protocol`, `tls`, `implicit-tls`, `authorities`, `source`, `connections`, `rate`, " +
      "`messages-per-connection`, `recipients-per-message`, `login`",
  ],
  [
    "domains: { example.org: { deliver: mailboxes, relay: x } }",
    'b.yaml:2:47: domains["example.org"]: unknown key `relay`; the keys here are `deliver`, `relay-to`, ' +
      "`protocol`, `tls`, `implicit-tls`, `authorities`, `source`, `connections`, `rate`, " +
      "`messages-per-connection`, `recipients-per-message`, `recipients`, `recipients-file`, `unsure-recipients`",
  ],
]);

says("values that do not fit", [
  [
    "user: a b",
    'b.yaml:2:7: user: "a b" does not fit here; write the name of a user of this host, such as bailiwick',
  ],
  [
    "data:",
    "b.yaml:2:6: data: nothing is given here; write the path of a folder, such as ./data, or take it out",
  ],
  [
    "postmaster: root",
    'b.yaml:2:13: postmaster: "root" does not fit here; write an address, such as admin@example.org',
  ],
  [
    "tls-reports: { from: 'tls@[127.0.0.1]' }",
    'b.yaml:2:22: tls-reports.from: "tls@[127.0.0.1]" does not fit here; write an address, such as tls-reports@example.org',
  ],
  [
    "tls-reports: { organization: Example }",
    "b.yaml:2:14: tls-reports.from: missing; write an address, such as tls-reports@example.org",
  ],
  [
    "mx-transport: { mta-sts: on }",
    'b.yaml:2:26: mx-transport.mta-sts: "on" does not fit here; write auto, or off',
  ],
  [
    "store: mysql",
    'b.yaml:2:8: store: "mysql" does not fit here; write sqlite, or a URL in quotes, such as "mysql://bailiwick@db.example.org/bailiwick"',
  ],
  [
    "limits: { errors: 0 }",
    "b.yaml:2:19: limits.errors: 0 does not fit here; write a whole number, 1 or more",
  ],
  [
    "limits: { errors: 1.5 }",
    "b.yaml:2:19: limits.errors: 1.5 does not fit here; write a whole number, 1 or more",
  ],
  [
    "limits: { memory: [] }",
    "b.yaml:2:19: limits.memory: a list does not fit here; write octets as a whole number, or a size such as 512KB, 25MB or 1GB",
  ],
  [
    "limits: { command-time: 5 }",
    "b.yaml:2:25: limits.command-time: 5 does not fit here; write a whole number with a unit, such as 90s, 15m, 3h or 5d",
  ],
  [
    "limits: { command-time: 30d }",
    "b.yaml:2:25: limits.command-time: 30d is too long; write a duration of 24d or less",
  ],
  [
    "limits: { rates: { client: { messages: 100 } } }",
    "b.yaml:2:40: limits.rates.client.messages: 100 does not fit here; write how many in how long, such as 100 per 1h, or none",
  ],
  [
    "limits: { connection-rate: 60/1m }",
    'b.yaml:2:28: limits.connection-rate: "60/1m" does not fit here; write 60 per 1m',
  ],
  [
    "limits: { rates: { sender: {} } }",
    "b.yaml:2:20: limits.rates: unknown key `sender`; the keys here are `client`, `network`, `login`, `grant`",
  ],
  [
    "limits: many",
    'b.yaml:2:9: limits: "many" does not fit here; write a mapping of keys to values',
  ],
  [
    "admin: { audit: 4000d }",
    "b.yaml:2:17: admin.audit: 4000d is too long; write a duration of 3660d or less",
  ],
  [
    "admin: { metrics: yes }",
    'b.yaml:2:19: admin.metrics: "yes" does not fit here; write token, or open',
  ],
  [
    "log: { format: xml, level: debug }",
    'b.yaml:2:16: log.format: "xml" does not fit here; write auto, json, text, or syslog',
    'b.yaml:2:28: log.level: "debug" does not fit here; write info, warn, or error',
  ],
  [
    "decisions: { keep: none }",
    'b.yaml:2:20: decisions.keep: "none" does not fit here; write refused, or all',
  ],
  [
    "authentication: { dmarc: refuse }",
    'b.yaml:2:26: authentication.dmarc: "refuse" does not fit here; write mark, quarantine or reject',
  ],
  [
    "submission: { hide-client: yes }",
    'b.yaml:2:28: submission.hide-client: "yes" does not fit here; write true or false',
  ],
  [
    "queue: { retry: 5m }",
    'b.yaml:2:17: queue.retry: "5m" does not fit here; write a list in brackets, each item a whole number with a unit, such as 90s, 15m, 3h or 5d',
  ],
  [
    "queue: { retry: [] }",
    "b.yaml:2:17: queue.retry: the list is empty; write at least one wait, a whole number with a unit, such as 90s, 15m, 3h or 5d",
  ],
  [
    "relay: { networks: [192.0.2.7/24] }",
    "b.yaml:2:21: relay.networks[0]: 192.0.2.7/24 is an address inside a network; for the network, write 192.0.2.0/24",
  ],
  [
    "relay: { acknowledge: [10.0.0.0/8, 0.0.0.0/0] }",
    "b.yaml:2:36: relay.acknowledge[1]: 0.0.0.0/0 is everybody, which nobody can acknowledge; take it out",
  ],
  [
    "relay: { roaming: { senders: all, shared-after: 0, ipv6: 64 } }",
    'b.yaml:2:30: relay.roaming.senders: "all" does not fit here; write own or any',
    "b.yaml:2:49: relay.roaming.shared-after: 0 does not fit here; write a whole number, 1 or more",
    "b.yaml:2:58: relay.roaming.ipv6: 64 does not fit here; write address or network",
  ],
  [
    'relay: { roaming: { exclude: ["@example.org", 192.0.2.1] } }',
    'b.yaml:2:31: relay.roaming.exclude[0]: "@example.org" does not fit here; write an account or a domain, such as ann@example.org or example.net',
    'b.yaml:2:47: relay.roaming.exclude[1]: "192.0.2.1" does not fit here; write an account or a domain, such as ann@example.org or example.net',
  ],
  [
    "dns: { servers: [localhost] }",
    'b.yaml:2:18: dns.servers[0]: "localhost" does not fit here; write an IP address, with a port where it is not 53, such as "192.0.2.53" or "[::1]:5353"',
  ],
  [
    "listeners: {}",
    "b.yaml:2:12: listeners: no listener is named, so no mail could come in; take the key out for the default",
  ],
  [
    "listeners: { mx: { role: mx } }",
    'b.yaml:2:18: listeners.mx.listen: missing; write a list in brackets, each item an IP address and a port in quotes, such as "0.0.0.0:25" or "[::]:25"',
  ],
  [
    'listeners: { mx: { role: imap, listen: ["[::]:143"] } }',
    'b.yaml:2:26: listeners.mx.role: "imap" does not fit here; write one of the roles mx, submission, pop3 and admin',
  ],
  [
    'listeners: { mx: { role: mx, listen: ["[::]:25"], proxies: [] } }',
    "b.yaml:2:60: listeners.mx.proxies: the list is empty; write the addresses of your proxies, or take it out",
  ],
  [
    'listeners: { mx: { role: mx, listen: ["[::]:25"], proxies: [0.0.0.0/0] } }',
    "b.yaml:2:61: listeners.mx.proxies[0]: everybody in 0.0.0.0/0 could claim to be any client; list the addresses of your proxies alone",
  ],
  [
    'listeners: { mx: { role: mx, listen: ["[::]:25"], proxies: [10.0.0.1/8] } }',
    "b.yaml:2:61: listeners.mx.proxies[0]: 10.0.0.1/8 is an address inside a network; for the network, write 10.0.0.0/8",
  ],
  [
    'listeners: { a b: { role: mx, listen: ["[::]:25"] } }',
    'b.yaml:2:14: listeners["a b"]: "a b" does not fit here; write a name for the listener of letters, digits and -, such as mx',
  ],
  [
    'listeners: { mx: { role: mx, listen: ["0.0.0.0"] } }',
    'b.yaml:2:39: listeners.mx.listen[0]: "0.0.0.0" has no port; write an IP address and a port in quotes, such as "0.0.0.0:25" or "[::]:25"',
  ],
  [
    "domains: { example.org: {} }",
    'b.yaml:2:25: domains["example.org"]: it is not said where the mail goes; write `deliver: mailboxes` or `relay-to: HOST`',
  ],
  [
    "domains: { example.org: { deliver: mailboxes, relay-to: a.test } }",
    'b.yaml:2:25: domains["example.org"]: `deliver` and `relay-to` exclude each other; keep one',
  ],
  [
    'domains: { "*.example.org": { deliver: mailboxes } }',
    'b.yaml:2:12: domains["*.example.org"]: "*.example.org" is a pattern; list each domain by its whole name',
  ],
  [
    'domains: { x.test: { relay-to: "2001:db8::1" } }',
    'b.yaml:2:32: domains["x.test"].relay-to: an IPv6 address needs brackets here; write "[2001:db8::1]:25"',
  ],
  [
    "routes: [{ to: 1.2.3.4, via: a.test }]",
    'b.yaml:2:16: routes[0].to: "1.2.3.4" is an IP address; write a domain name, such as example.org',
  ],
]);

says("keys that contradict each other", [
  [
    'listeners: { pop: { role: pop3, listen: ["[::]:110"], tls: off } }',
    "b.yaml:2:55: listeners.pop.tls: nobody could log in here without TLS; offer it, or set `login-in-clear: loopback`",
  ],
  [
    'listeners: { a: { role: mx, listen: ["[::1]:25"] }, b: { role: mx, listen: ["[0::1]:25"] } }',
    "b.yaml:2:77: listeners.b.listen[0]: [::1]:25 is taken by [::1]:25 on line 2; keep one",
  ],
  [
    'listeners: { a: { role: mx, listen: ["192.0.2.1:25", "0.0.0.0:25"] } }',
    "b.yaml:2:54: listeners.a.listen[1]: 0.0.0.0:25 is taken by 192.0.2.1:25 on line 2; keep one",
  ],
  ['listeners: { a: { role: mx, listen: ["[::]:25", "0.0.0.0:25"] } }'],
  [
    "authentication: { verify: false, dmarc: reject }",
    "b.yaml:2:34: authentication.dmarc: `reject` needs what `verify: false` turns off; take one of them out",
  ],
  ["authentication: { verify: false, dmarc: mark }"],
  ['listeners: { a: { role: mx, listen: ["127.0.0.1:0", "127.0.0.1:0"] } }'],
  [
    "domains: { example.org: { deliver: mailboxes }, Example.ORG: { deliver: mailboxes } }",
    'b.yaml:2:49: domains["Example.ORG"]: this is the same domain as `example.org` on line 2; keep one',
  ],
  [
    "domains: { x.test: { deliver: mailboxes } }\nroutes: [{ to: X.test, via: a.test }]",
    "b.yaml:3:10: routes[0]: line 2 says already where mail for x.test goes; keep one",
  ],
  [
    "routes:\n- { to: a.test, via: b.test }\n- { to: A.test, via: c.test }",
    "b.yaml:4:3: routes[1]: the route on line 3 takes this mail already; put this one first",
  ],
  [
    'routes:\n- { to: "*", via: b.test }\n- { to: a.test, via: c.test }',
    "b.yaml:4:3: routes[1]: the route on line 3 takes this mail already; put this one first",
  ],
  ['routes:\n- { to: a.test, via: b.test }\n- { to: "*", via: c.test }'],
  [
    "routes: [{ to: a.test, via: localhost }]",
    "b.yaml:2:24: routes[0].via: localhost:25 is this server, listening on 0.0.0.0:25: the mail " +
      "would go in circles; name another host or port",
  ],
  [
    "domains: { a.test: { relay-to: MX.test } }",
    'b.yaml:2:22: domains["a.test"].relay-to: mx.test:25 is this server, listening on 0.0.0.0:25: ' +
      "the mail would go in circles; name another host or port",
  ],
  ['routes: [{ to: a.test, via: "localhost:26" }]'],
  [
    "queue: { retry: [1m, 2h], give-up-after: 1h }",
    "b.yaml:2:22: queue.retry[1]: a wait of 2h is longer than give-up-after, 1h; shorten it, or give up later",
  ],
  [
    "queue: { give-up-after: 5h }",
    "b.yaml:2:1: queue.retry[5]: a wait of 6h is longer than give-up-after, 5h; shorten it, or give up later",
  ],
  [
    "relay: { roaming: { events: { secret-file: s } } }",
    "b.yaml:2:21: relay.roaming.events: no listener would hear them; add one, such as `admin: { role: admin, listen: [127.0.0.1:8025] }`",
  ],
  [
    "listeners: { web: { role: admin, tls: required, listen: ['127.0.0.1:8025'] } }",
    "b.yaml:2:34: listeners.web.tls: HTTP is encrypted from the first octet or never; write implicit or off, not required",
  ],
]);

says("YAML that is not taken", [
  ["hostname: other.test", "b.yaml:2:1: hostname: the same key stands on line 1; keep one"],
  [
    "routes: [{ to: *, via: a.test }]",
    'b.yaml:2:16: this is a YAML alias, which is not used here; write the value out, or "*" in quotes',
  ],
  [
    "user: &u x\ndata: *u",
    'b.yaml:3:7: data: this is a YAML alias, which is not used here; write the value out, or "*" in quotes',
  ],
  ["user: !name x", "b.yaml:2:13: user: the YAML tag !name is not used here; take it out"],
  ["dns:\n\tservers: []", "b.yaml:3:1: a tab indents this line; use spaces"],
  [
    "---\nhostname: other.test",
    "b.yaml:2:1: a second document begins here; take the `---` out, a configuration is one document",
  ],
  [
    "? [a]\n: b",
    'b.yaml:2:3: this cannot be a key; write a plain word, or, where it is an IPv6 address, quotes: "[::1]:25"',
  ],
  [
    "domains: { __proto__: { deliver: mailboxes } }",
    'b.yaml:2:12: domains: this cannot be a key; write a plain word, or, where it is an IPv6 address, quotes: "[::1]:25"',
  ],
  [
    "user: \u0000",
    "b.yaml:2:7: here is the control character U+0000; a configuration is plain text",
  ],
  [
    `user: ${"[".repeat(30)}${"]".repeat(30)}`,
    `b.yaml:2:27: user${"[0]".repeat(20)}: this is nested too deeply to be a configuration; take it out`,
  ],
  ["user: 'a", "b.yaml:3:1: this is not valid YAML: missing closing 'quote"],
]);

suite("files that hold no configuration", () => {
  const advice = "write keys with values, at least `hostname: mail.example.org`";
  const cases: readonly (readonly [string, string])[] = [
    ["", `b.yaml:1:1: the file is empty; ${advice}`],
    ["# only a remark\n", `b.yaml:1:1: the file is empty; ${advice}`],
    ["~", `b.yaml:1:1: the file is empty; ${advice}`],
    ["- a", `b.yaml:1:1: the file holds a list; ${advice}`],
    ["hostname", `b.yaml:1:1: the file holds a single value; ${advice}`],
    ["{}", "b.yaml:1:1: hostname: missing; write a domain name, such as example.org"],
  ];
  for (const [text, problem] of cases) {
    test(JSON.stringify(text), () => assert.deepEqual(problemsOf(text), [problem]));
  }
});

test("all problems are told at once, in the file's order", () => {
  const text = "queue: { retry: [x] }\nlimits: { errors: 0, memory: y }\nhostname: a..b\nnode: 1\n";
  const places = problemsOf(text).map((problem) => problem.split(" ")[0]);
  assert.deepEqual(places, [
    "b.yaml:1:18:",
    "b.yaml:2:19:",
    "b.yaml:2:30:",
    "b.yaml:3:11:",
    "b.yaml:4:1:",
  ]);
});

function check(text: string): void {
  const result = parseConfiguration(text, origin);
  if (result.ok) return;
  assert.ok(result.problem.length > 0);
  const lines = text.split("\n").length;
  for (const { position, text: said } of result.problem) {
    assert.ok(position !== undefined && position.line >= 1 && position.line <= lines, said);
    assert.ok(position.column >= 1 && said.length > 0);
  }
}

suite("whatever the file holds, the answer is settings or problems inside the file", () => {
  test("any text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), check));
  });

  test("pieces of YAML", () => {
    const pieces = [
      ...Array.from("[]{}:,-?&*!|>%@`\"'#~ \n\t"),
      "hostname",
      "a",
      "1",
      "<<",
      "__proto__",
      "routes",
    ];
    const text = fc.array(fc.constantFrom(...pieces), { maxLength: 60 });
    fc.assert(fc.property(text, (parts) => check(parts.join(""))));
  });

  test("any value under any key", () => {
    const keys = ["hostname", "data", "listeners", "relay", "domains", "routes", "limits", "queue"];
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), fc.jsonValue()), (values) => {
        check(JSON.stringify(values));
      }),
    );
  });

  test("a good file with a piece of it replaced", () => {
    const cut = fc.nat(whole.length);
    fc.assert(
      fc.property(cut, cut, fc.string({ maxLength: 5 }), (from, to, put) => {
        check(whole.slice(0, Math.min(from, to)) + put + whole.slice(Math.max(from, to)));
      }),
    );
  });

  test("nesting without end", () => {
    for (const piece of ["[", "{", "- ", "? ", "a: {"]) check(piece.repeat(10_000));
  });
});

suite("address rules in the configuration", () => {
  const prefix = "hostname: mx.test\nrelay:\n  rules:";

  function rulesOf(text: string) {
    const result = parseConfiguration(`${prefix}${text}\n`, origin);
    assert.ok(result.ok, result.ok ? "" : result.problem.map(formatProblem).join("\n"));
    const { rules } = result.value.relay;
    assert.ok(rules !== undefined);
    return rules;
  }

  test("are in a file, its path starting at the configuration's folder", () => {
    const place = { file: "b.yaml", line: 3, column: 10 };
    assert.deepEqual(rulesOf(" tcp.smtp"), {
      kind: "file",
      path: `${origin.folder}/tcp.smtp`,
      place,
    });
  });

  test("are in a list, the most particular one first wherever it stands", () => {
    const read = rulesOf(`
    - { from: "*", max-size: 1MB }
    - { from: 192.0.2.0/24, relay: true, blocklists: skip }
    - { from: 192.0.2.7, deny: "no, thank you", temporary: true }
    - { from: 192.0.2.8/32, deny: true }
    - { from: "=MAIL.example.net", relay: true, max-size: 5MB }
    - { from: "=.example.net" }
    - { from: "2001:db8::/32", relay: true }`);
    assert.ok(read.kind === "list");
    const said = (address: string, name?: string) => {
      const { place, ...verdict } = verdictOf(read.rules.find(parseIp(address)!, name));
      return [place?.line, place?.column, verdict];
    };
    const allowed = { access: "allow", relay: false, skipsBlocklists: false };
    assert.deepEqual(said("203.0.113.1"), [4, 7, { ...allowed, maxSize: 1024 ** 2 }]);
    assert.deepEqual(said("192.0.2.1"), [5, 7, { ...allowed, relay: true, skipsBlocklists: true }]);
    const denied = { access: "deny", temporary: true, text: "no, thank you" };
    assert.deepEqual(said("192.0.2.7"), [6, 7, denied]);
    assert.deepEqual(said("192.0.2.8"), [7, 7, { access: "deny", temporary: false }]);
    const relayed = { ...allowed, relay: true, maxSize: 5 * 1024 ** 2 };
    assert.deepEqual(said("192.0.2.1", "mail.example.net"), [8, 7, relayed]);
    assert.deepEqual(said("203.0.113.1", "www.example.net"), [9, 7, allowed]);
    assert.deepEqual(said("2001:db8::1"), [10, 7, { ...allowed, relay: true }]);
  });

  test("of two for the same clients the second is told of", () => {
    const read = rulesOf(' [{ from: "10.0.0.1" }, { from: 10.0.0.1/32, deny: true }]');
    assert.ok(read.kind === "list");
    assert.match(
      read.warnings.map(formatProblem).join("\n"),
      /^b\.yaml:3:33: line 3 has a rule for the same clients/,
    );
  });

  const wrong: readonly (readonly [text: string, said: string])[] = [
    [
      " 5",
      "b.yaml:3:10: relay.rules: 5 does not fit here; write the path of a rules file, such as tcp.smtp or tcp.smtp.cdb, or a list of rules",
    ],
    [
      " [{ from: mail.example.org }]",
      'b.yaml:3:19: relay.rules[0].from: a client\'s name has = in front; write "=mail.example.org"',
    ],
    [
      " [{ from: 192.0.2.7/24 }]",
      "b.yaml:3:19: relay.rules[0].from: 192.0.2.7/24 is an address inside a network; for the network, write 192.0.2.0/24",
    ],
    [
      ' [{ from: "*", realy: true }]',
      "b.yaml:3:24: relay.rules[0]: unknown key `realy`; did you mean `relay`?",
    ],
    [
      ' [{ from: "*", temporary: true }]',
      "b.yaml:3:35: relay.rules[0].temporary: this goes with `deny`; write `deny: true` too, or take it out",
    ],
    [
      ' [{ from: "*", deny: true, relay: true }]',
      "b.yaml:3:43: relay.rules[0].relay: `deny` refuses all mail, so `relay` has no use beside it; keep one",
    ],
  ];
  for (const [text, said] of wrong) {
    test(text, () => assert.deepEqual(problemsOf(`${prefix}${text}\n`), [said]));
  }
});

test("how other servers tell of logins", () => {
  const settings = settingsOf(
    [
      "hostname: mx.test",
      "listeners: { web: { role: admin, listen: ['127.0.0.1:8025'] } }",
      "relay:",
      "  roaming:",
      "    events: { secret-file: ./roaming.secret, default-domain: Example.ORG }",
    ].join("\n"),
  );
  assert.equal(settings.listeners[0]?.tls, "off");
  const { events } = settings.relay.roaming ?? {};
  assert.equal(events?.secretFile, "/etc/bailiwick/roaming.secret");
  assert.equal(events?.defaultDomain, "example.org");
  assert.deepEqual(events?.place.line, 5);
});
