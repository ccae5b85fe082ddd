// Script in every name that an operator, a client or the DNS may have made up: on the pages about
// people, lists, who may relay, and what goes on now.

import assert from "node:assert/strict";
import { suite } from "node:test";
import { parseConfiguration } from "../../../core/config/parse.ts";
import type { Finding } from "../../../core/dns-records/items.ts";
import type { ForwardInPart } from "../../../core/forwards/forward.ts";
import type { Ban } from "../../../core/guessing/ban.ts";
import { known } from "../../../core/policy/fact.ts";
import type { RelayPolicy } from "../../../core/policy/proof/policy.ts";
import { wholeView } from "../../../core/policy/proof/map/view.ts";
import { prove } from "../../../core/policy/proof/prove.ts";
import type { Live } from "../../metrics/live.ts";
import { Span } from "../../metrics/span.ts";
import type { ListReport } from "../../blocklists/list.ts";
import type { AccountSummary, DestinationView, GrantView } from "../operations.ts";
import { bad, testEscapes } from "./fixture.test.ts";
import type { Page } from "./page.ts";
import { confirmPage } from "./confirm-page.ts";
import { dnsPage } from "./lists/dns-page.ts";
import { listsPage } from "./lists/lists-page.ts";
import { attentionOf } from "./now/attention.ts";
import { nowPage } from "./now/now-page.ts";
import { accountPage } from "./people/account-page.ts";
import { accountsPage } from "./people/accounts-page.ts";
import { bansPage } from "./people/bans-page.ts";
import { domainsPage } from "./people/domains-page.ts";
import { forwardsPage } from "./people/forwards-page.ts";
import { grantsPage } from "./people/grants-page.ts";
import { newAccountPage } from "./people/new-account-page.ts";
import { reportPage } from "./people/report-page.ts";
import { secretPage } from "./people/secret-page.ts";
import { createRelayFacts } from "./relay/relay-facts.ts";
import { relayPage } from "./relay/relay-page.ts";

const badAddress = { local: bad, domain: bad };
const now = 1_800_000_000_000;
const destination: DestinationView = {
  name: bad,
  host: bad,
  waiting: 1,
  active: 0,
  downSince: now,
  nextTry: now,
  said: bad,
  peer: bad,
};
const ban: Ban = {
  prefix: { address: { version: 4, octets: [203, 0, 113, 9] }, length: 32 },
  reason: "operator",
  note: bad,
  since: now,
  until: null,
  times: 1,
  evidence: { guesses: 1, names: [bad, bad], last: now },
};
const account: AccountSummary = {
  address: badAddress,
  canLogIn: true,
  disabled: false,
  stopped: { since: now, why: bad },
  createdAt: now,
};
const grant: GrantView = {
  id: bad,
  client: ban.prefix.address,
  account: bad,
  source: "http",
  software: bad,
  openedAt: now,
  heardAt: now,
  endedAt: null,
  lifetime: null,
  revokedAt: null,
  sessions: [bad],
  state: "open",
  expiresAt: null,
  bar: bad,
};
const forward: ForwardInPart = {
  key: bad,
  keep: bad,
  owner: badAddress,
  membersOnly: true,
  targets: [badAddress, badAddress],
  count: 9,
};
const appPassword = { id: bad, account: bad, name: bad, scope: "all", createdAt: now } as const;
const use = { day: "2026-11-26", account: bad, software: bad, messages: 1 };
const csrf = bad;

const listReport: ListReport = {
  zone: bad,
  family: "IPv4",
  health: { state: "set-aside", since: now, why: bad },
  lastTest: now,
  questions: 1,
  remembered: 1,
  median: 1,
  slowest: 1,
  score: 1,
  fail: "open",
  listed: 1,
};
const certificate = { names: [bad], expiresAt: now, file: bad, isSelfSigned: true, warning: bad };
const place = { file: bad, line: 7, column: 1 };
const network = { prefix: { ...ban.prefix, length: 24 }, place };
const policy: RelayPolicy = {
  rules: { networks: [network] },
  access: {
    rules: [],
    access: () => known({ access: "allow", relay: false, skipsBlocklists: false }),
  },
  acknowledged: [network],
  listeners: [{ name: bad, proxies: [], place }],
};
const proof = prove(policy, { inContainer: false, gateways: [] });
const relayFacts = createRelayFacts({ policy, proof });
const configuration = parseConfiguration("hostname: mail.example.org", {
  file: "b.yaml",
  folder: "/",
});
assert.ok(configuration.ok);
const settings = configuration.value;
const nothingHappened = new Span("hour").read(now);
const live: Live = {
  at: now,
  seconds: 5,
  rates: { accepted: 0, relayed: 0, local: 0, bounced: 0, deferred: 0, refused: 0, putOff: 0 },
  connections: { mx: 0, submission: 0, pop3: 0, admin: 0 },
  queue: null,
  delivering: 0,
  destinations: [destination],
};
const attention = attentionOf({
  storeAnswers: false,
  stopped: { accounts: [account], total: 1 },
  destinations: [destination],
  blocklists: [listReport],
  certificates: [certificate],
  findings: proof.findings,
  held: 1,
  now,
});
const finding: Finding = {
  title: bad,
  need: "needed",
  records: [{ name: bad, type: "TXT", text: bad }],
  note: bad,
  standing: { state: "differs", found: [bad], remedy: bad },
};

const pages: Readonly<Record<string, Page>> = {
  now: nowPage({
    attention,
    live,
    history: { ...nothingHappened, refused: [{ reason: bad, values: [] }] },
  }),
  "who may relay": relayPage(relayFacts, { view: wholeView, from: 0, from6: 0, misread: bad }),
  lists: listsPage({
    blocklists: [listReport],
    resolvers: [{ name: bad, problem: bad, latency: null }],
    certificates: [certificate],
    settings: {
      ...settings,
      hostname: bad,
      routes: [{ to: bad, from: bad, account: bad, place, via: "mx" }],
    },
    destinations: [destination],
    silentHosts: [{ name: bad, address: bad, left: 1 }],
    keys: [
      {
        domain: bad,
        name: bad,
        state: "active",
        publicKeys: null,
        createdAt: now,
        activeAt: now,
        retiredAt: null,
        publishedUntil: null,
      },
    ],
    domains: [{ name: bad, source: bad, deliver: bad }],
    now,
  }),
  dns: dnsPage(bad, [finding]),
  accounts: accountsPage({
    wish: { domain: bad, text: bad, only: null },
    from: 0,
    found: { accounts: [account], total: 99 },
  }),
  account: accountPage({
    account,
    addresses: [{ key: bad, account: bad, kind: "alias" }],
    forwards: [forward],
    appPasswords: [{ ...appPassword, lastUsed: now, lastClient: bad }],
    grants: [grant],
    held: 1,
    now,
    csrf,
  }),
  "new account": newAccountPage({
    form: { address: bad, password: "made" },
    problems: { address: bad, password: bad },
    csrf,
  }),
  secret: secretPage({ title: bad, what: bad, password: bad, next: bad }),
  domains: domainsPage({
    domains: [{ name: bad, source: "command line", deliver: bad }],
    csrf,
    problem: bad,
  }),
  forwards: forwardsPage({
    wish: { text: bad, from: 0 },
    found: { forwards: [forward], total: 99 },
    csrf,
    problem: bad,
    given: { address: bad, targets: bad },
  }),
  grants: grantsPage({
    wish: { text: bad, over: true, from: 0 },
    grants: [grant],
    isConfigured: true,
    now,
    csrf,
    problem: bad,
  }),
  report: reportPage([use], 30),
  bans: bansPage({
    wish: { text: bad, over: true, from: 0 },
    bans: [ban],
    now,
    csrf,
    problem: bad,
  }),
  "a question before an act": confirmPage({
    title: bad,
    says: [bad],
    action: bad,
    fields: { [bad]: bad },
    button: bad,
    back: bad,
    csrf,
  }),
};

suite("no page lets out of its quotes what somebody else wrote:", () =>
  testEscapes(pages, "/people"),
);
