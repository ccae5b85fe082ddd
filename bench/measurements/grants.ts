// How long facts and decision take where many addresses may relay because mail was read from there,
// and what so many grants take of the memory.
import { randomInt } from "node:crypto";
import { join } from "node:path";
import type { MailboxLogin } from "../../src/core/grants/mailbox-login.ts";
import type { IpAddress } from "../../src/core/mail/ip.ts";
import { decide } from "../../src/core/policy/decide.ts";
import { known } from "../../src/core/policy/fact.ts";
import type { Facts, RecipientClass } from "../../src/core/policy/request.ts";
import { systemClock } from "../../src/io/process/clock.ts";
import { openStore } from "../../src/io/store/open.ts";
import { createFurtherGrant } from "../../src/server/grants/further-grant.ts";
import { createGrantFact } from "../../src/server/grants/grant-fact.ts";
import { GrantInquiries } from "../../src/server/grants/grant-inquiries.ts";
import { RoamingGrants } from "../../src/server/grants/roaming-grants.ts";
import { type Asked, type FactSources, gatherFacts } from "../../src/server/smtpd/facts.ts";
import { type Spread, spread } from "../statistics.ts";
import type { Workspace } from "../workspace.ts";

interface GrantTimes {
  readonly grants: number;
  readonly clients: string;
  /** Microseconds, of the facts and the decision. */
  readonly decision: Spread;
}

export interface GrantResults {
  readonly decisions: number;
  readonly times: readonly GrantTimes[];
  /** Octets that one grant takes of the heap. */
  readonly memory: number;
}

const grantCount = 100_000;
const decisions = 200_000;
/** So that the compiler has done its part. */
const warmUp = 20_000;
const quiet = { info() {}, warn() {}, error() {} };
const rules = { networks: [] };
const ours = known({ kind: "mailbox" } as const);
const foreign = known({ kind: "foreign" } as const);

export async function measureGrants(workspace: Workspace): Promise<GrantResults> {
  const worlds = [await openWorld(workspace, 0), await openWorld(workspace, grantCount)];
  const strangers = { index: () => -1 };
  const users = { index: () => randomInt(grantCount) };
  const times = [
    ...measure(worlds, { clients: "strangers, mail for us", ...strangers, wants: "mailbox" }),
    ...measure(worlds, { clients: "strangers who would relay", ...strangers, wants: "foreign" }),
    ...measure(worlds.slice(1), {
      clients: "who has read mail, and relays",
      ...users,
      wants: "foreign",
    }),
  ];
  for (const world of worlds) await world.close();
  return { decisions, times, memory: (worlds[1]?.memory ?? 0) / grantCount };
}

interface World {
  readonly grants: number;
  readonly sources: FactSources;
  /** Octets. */
  readonly memory: number;
  close(): Promise<void>;
}

async function openWorld(workspace: Workspace, count: number): Promise<World> {
  const store = await openStore({ path: join(workspace.directory, `grants-${count}`, "store.db") });
  const roaming = {
    lifetime: 86_400_000,
    senders: "own",
    sharedAfter: 4,
    ipv6: "address",
    exclude: [],
  } as const;
  let ids = 0;
  const grants = new RoamingGrants({
    store: store.grants,
    isShared: false,
    node: "",
    policy: { roaming, bars: () => undefined },
    newId: () => `${++ids}`,
    clock: systemClock,
    log: quiet,
  });
  await grants.start();
  const before = usedHeap();
  for (let index = 0; index < count; index++) grants.open(loginOf(index));
  await grants.flush();
  return {
    grants: count,
    sources: sourcesOn(grants),
    memory: usedHeap() - before,
    async close() {
      await grants.close();
      await store.close();
    },
  };
}

function usedHeap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

function loginOf(index: number): MailboxLogin {
  return {
    source: "pop3",
    account: accountOf(index),
    client: addressOf(index),
    software: "Outlook Express 5",
    at: Date.now(),
  };
}

function accountOf(index: number): string {
  return `user${index}@example.org`;
}

function addressOf(index: number): IpAddress {
  return { version: 4, octets: [10, index >> 16, (index >> 8) & 255, index & 255] };
}

function anyAddress(): IpAddress {
  return { version: 4, octets: [203, randomInt(256), randomInt(256), randomInt(256)] };
}

function sourcesOn(grants: RoamingGrants): FactSources {
  const fact = createGrantFact({
    grants,
    ownsSender: (account, sender) =>
      known(sender !== null && `${sender.local}@${sender.domain}` === account),
    classify: () => foreign,
  });
  const inquiries = new GrantInquiries({ sources: [], desk: grants, elapsed: systemClock.elapsed });
  return {
    access: () => known({ access: "allow", relay: false, skipsBlocklists: false }),
    blocklist: () => known({ listed: false }),
    recipient: ({ recipient }) => (recipient.domain === "example.org" ? ours : foreign),
    ownsSender: () => known(false),
    limit: () => known(undefined),
    grant: (asked) => fact.held(asked),
    furtherGrant: createFurtherGrant({ rules, fact, inquiries, isPossible: () => true }),
  };
}

interface Clients {
  readonly clients: string;
  /** Of the next one's grant; -1 for a stranger. */
  readonly index: () => number;
  readonly wants: RecipientClass["kind"];
}

/** The worlds take turns, so that a slow moment of the machine hits all of them. */
function measure(
  worlds: readonly World[],
  { clients, index, wants }: Clients,
): readonly GrantTimes[] {
  const measured = worlds.map(({ grants, sources }) => ({
    grants,
    sources,
    times: Array<number>(),
  }));
  for (let round = -warmUp; round < decisions; round++) {
    for (const { sources, times } of measured) {
      const asked = askedBy(index(), wants);
      const begun = process.hrtime.bigint();
      const facts = gatherFacts(sources, asked);
      if (facts instanceof Promise) throw new Error("something had to be looked up");
      decideOn(asked, facts);
      const decided = process.hrtime.bigint();
      if (round >= 0) times.push(Number(decided - begun) / 1000);
    }
  }
  return measured.map(({ grants, times }) => ({ grants, clients, decision: spread(times) }));
}

function decideOn({ role, tls, client, sender, recipient }: Asked, facts: Facts): void {
  decide(rules, { role, tls, client, sender, recipient, facts });
}

function askedBy(index: number, wants: RecipientClass["kind"]): Asked {
  return {
    role: "mx",
    tls: "optional",
    client: index < 0 ? anyAddress() : addressOf(index),
    account: undefined,
    inquiry: undefined,
    access: undefined,
    sender: { local: `user${Math.max(index, 0)}`, domain: "example.org" },
    recipient: { local: "v", domain: wants === "mailbox" ? "example.org" : "foreign.example" },
  };
}
