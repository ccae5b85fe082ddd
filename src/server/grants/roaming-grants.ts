// Grants as the server has them: those who tell of logins, those who decide and the operator all come
// here. Decisions are made from memory; the store follows, and is read at the start.

import type { RoamingSettings } from "../../core/config/settings.ts";
import { type Grant, type GrantRules, rememberedFor, unheardFor } from "../../core/grants/grant.ts";
import { GrantBook, type OpenResult } from "../../core/grants/grant-book.ts";
import type { MailboxLogin, MailboxLogout } from "../../core/grants/mailbox-login.ts";
import type { Standing } from "../../core/grants/standing.ts";
import { accountKey } from "../../core/mail/account-key.ts";
import { clientKey } from "../../core/limits/subject.ts";
import { formatIp, type IpAddress, isSameIp } from "../../core/mail/ip.ts";
import { type Fact, known, unknown } from "../../core/policy/fact.ts";
import type { Clock } from "../../io/process/clock.ts";
import type { GrantStore, GrantUse, KeptGrant } from "../../io/store/grant-store.ts";
import type { Log } from "../log.ts";
import { GrantReader } from "./grant-reader.ts";
import { GrantWriter } from "./grant-writer.ts";
import type { GrantDesk, Opened } from "./grants.ts";
import { inSteadyTime, inUtc } from "./grant-times.ts";
import { Neighbours } from "./neighbours.ts";
import { SteadyTime } from "./steady-time.ts";

export interface RoamingOptions {
  readonly store: GrantStore;
  /** Other hosts write there, too. */
  readonly isShared: boolean;
  /** This host's name among those that share the store, always the same. */
  readonly node: string;
  readonly policy: RoamingPolicy;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly log: Log;
}

/** What a reload can change. */
export interface RoamingPolicy {
  /** Undefined: reading mail opens nothing. */
  readonly roaming: RoamingSettings | undefined;
  /** Why nobody relays from there for having read mail; undefined where nothing speaks against it. */
  readonly bars: (client: IpAddress) => string | undefined;
}

/** Which grants an operator means. */
export type GrantSelection =
  | { readonly client: IpAddress }
  /** An id or an account. */
  | { readonly name: string };

type OpenedNow = Opened & ({ readonly granted: false } | { readonly isNew: boolean });

/** Milliseconds for which a start waits for the store. */
const startTime = 5_000;
/** Milliseconds between two looks for what is over, and between two signs that this host is there. */
const sweepEvery = 600_000;
const markEvery = 60_000;
/** Milliseconds for which it is kept who used grants. */
const usesKeptFor = 90 * 86_400_000;

export class RoamingGrants implements GrantDesk {
  readonly #options: RoamingOptions;
  readonly #time: SteadyTime;
  readonly #book: GrantBook;
  readonly #writer: GrantWriter;
  readonly #reader: GrantReader;
  readonly #neighbours: Neighbours;
  #policy: RoamingPolicy;
  #excluded: ReadonlySet<string>;
  #timers: readonly NodeJS.Timeout[] | undefined;
  /** When this host was there for the last time before it started. */
  #lastThere = 0;

  constructor(options: RoamingOptions) {
    const { store, node, isShared, policy, newId, clock, log } = options;
    this.#options = options;
    this.#policy = policy;
    this.#excluded = new Set(policy.roaming?.exclude);
    this.#time = new SteadyTime(clock);
    const rules = policy.roaming ?? { lifetime: 0, ipv6: "address", sharedAfter: 1 };
    const onChanged = (id: string) => this.#writer.note(id);
    this.#book = new GrantBook({ rules: rulesOf(rules), newId, onChanged });
    const find = (id: string) => this.#find(id);
    this.#writer = new GrantWriter({ store, node, find, log });
    const onGone = (name: string, at: number) => this.#book.disconnect(name, at);
    this.#neighbours = new Neighbours({ onGone });
    this.#reader = new GrantReader({
      store,
      isShared,
      elapsed: clock.elapsed,
      log,
      onMarks: (marks) => this.#hear(marks),
      onLoaded: (grants) => this.#load(grants),
      onReady: () => this.#book.disconnect(undefined, this.#lastThere),
      onChanged: (grants) => this.#follow(grants),
    });
  }

  /** Reads what is kept; waits a while for it and no longer. */
  async start(): Promise<void> {
    if (this.#timers !== undefined) return;
    this.#timers = [
      setInterval(() => void this.sweep(), sweepEvery).unref(),
      setInterval(() => void this.#mark(), markEvery).unref(),
    ];
    await this.#reader.start(startTime);
    if (this.#options.isShared) await this.#mark();
  }

  /** What was granted before is judged by the new rules from now on. */
  renew(policy: RoamingPolicy): void {
    this.#policy = policy;
    this.#excluded = new Set(policy.roaming?.exclude);
    if (policy.roaming !== undefined) this.#book.renew(rulesOf(policy.roaming));
  }

  get settings(): RoamingSettings | undefined {
    return this.#policy.roaming;
  }

  async opened(login: MailboxLogin): Promise<Opened> {
    const result = this.open(login);
    if (result.granted && !result.isNew) return result;
    const { account, source, client } = login;
    const fields = { client: formatIp(client), account, source };
    const { log } = this.#options;
    if (result.granted)
      log.info({ event: "grant-opened", ...fields }, "reading mail lets it relay");
    else
      log.info(
        { event: "grant-refused", ...fields, why: result.why },
        "reading mail opens nothing",
      );
    return result;
  }

  async closed(logout: MailboxLogout): Promise<boolean> {
    const at = this.#time.fromUtc(logout.at);
    return this.#book.close({ ...logout, at }, this.#time.now());
  }

  /** As `opened`, at once.
   * @param lifetime of this grant alone, in milliseconds */
  open(login: MailboxLogin, lifetime: number | null = null): OpenedNow {
    const { roaming } = this.#policy;
    if (roaming === undefined) return no(switchedOff);
    const account = login.account === undefined ? undefined : accountKey(login.account);
    const bar = this.#policy.bars(login.client) ?? this.#exclusion(account ?? null);
    if (bar !== undefined) return no(bar);
    const now = this.#time.now();
    const told = { ...login, account, at: this.#time.fromUtc(login.at) };
    const result: OpenResult = this.#book.open(told, now, lifetime);
    if (!result.ok) return no(result.why);
    if (this.#book.standing(login.client, now)?.kind !== "shared") {
      return { granted: true, isNew: result.isNew };
    }
    return no(this.#tooMany);
  }

  /** What the grants around a client come to, as far as memory goes; times are UTC. */
  standing(client: IpAddress): Fact<Standing | undefined> {
    if (this.#policy.roaming === undefined) return nothing;
    const found = this.#book.standing(client, this.#time.now());
    const { gap } = this.#reader;
    if ((found ?? gap) === undefined || this.#policy.bars(client) !== undefined) return nothing;
    if (found?.kind === "shared") return known(found);
    const live = found?.live.filter((account) => this.#exclusion(account) === undefined) ?? [];
    if (live.length === 0 && gap !== undefined) return unknown(gap);
    const over = (found?.over ?? [])
      .filter(({ account }) => this.#exclusion(account) === undefined)
      .map(({ account, expiredAt }) => ({ account, expiredAt: this.#time.toUtc(expiredAt) }));
    return known({ kind: "grants", live, over });
  }

  /** Whether reading mail from there could open anything. */
  mayHold(client: IpAddress): boolean {
    return this.#policy.roaming !== undefined && this.#policy.bars(client) === undefined;
  }

  /** A message was relayed for a grant. */
  countUse(client: IpAddress, account: string | null): void {
    const day = dayOf(this.#options.clock.now());
    const software = this.#book.softwareOf(client, account) ?? "";
    this.#writer.noteUse({ day, account: account ?? "", software });
  }

  /** Those of all hosts that are remembered; times are UTC. */
  list(): readonly Grant[] {
    return this.#book.list(this.#time.now()).map((grant) => inUtc(grant, this.#time));
  }

  /** Why a grant does not count, although it is neither over nor revoked. */
  barOf({ client, account }: Pick<Grant, "client" | "account">): string | undefined {
    if (this.#policy.roaming === undefined) return switchedOff;
    if (this.#book.standing(client, this.#time.now())?.kind === "shared") return this.#tooMany;
    return this.#policy.bars(client) ?? this.#exclusion(account);
  }

  /** Ends grants for good, here at once. Rejects where the store does not take it: then a restart,
   * or another host, may not know of it. */
  async revoke(selection: GrantSelection): Promise<readonly Grant[]> {
    const revoked = this.#book.revoke(meansOf(selection, this.#book.rules), this.#time.now());
    const at = this.#options.clock.now();
    for (const { id } of revoked) this.#writer.noteRevoked(id, at);
    await this.#writer.flush();
    return revoked.map((grant) => inUtc(grant, this.#time));
  }

  /** Sees at once what other hosts have changed; rejects where the store does not say. */
  look(): Promise<void> {
    return this.#reader.look();
  }

  /** Writes what waits; rejects where the store does not take it. */
  flush(): Promise<void> {
    return this.#writer.flush();
  }

  /** From a day on: `2026-11-26`. */
  async uses(since: string): Promise<readonly GrantUse[]> {
    await this.#options.store.prepare();
    await this.#writer.flush();
    return this.#options.store.uses(since);
  }

  /** Forgets what is long over, here and in the store. */
  async sweep(): Promise<void> {
    const { store, clock } = this.#options;
    this.#book.sweep(this.#time.now());
    const lifetime = this.#policy.roaming?.lifetime ?? 0;
    // A clock that was set forward makes nothing old.
    const utc = Math.min(clock.now(), this.#time.now());
    try {
      await store.dropBefore(utc - rememberedFor - unheardFor - lifetime);
      await store.dropUsesBefore(dayOf(utc - usesKeptFor));
    } catch {
      // They do no harm there, and the next sweep finds them again.
    }
  }

  async close(): Promise<void> {
    for (const timer of this.#timers ?? []) clearInterval(timer);
    if (this.#timers !== undefined) await this.#mark();
    await this.#reader.close();
    await this.#writer.close();
  }

  get #tooMany(): string {
    const most = this.#policy.roaming?.sharedAfter;
    return `more than ${most} accounts read mail from there (relay.roaming.shared-after)`;
  }

  #exclusion(account: string | null): string | undefined {
    if (account === null || this.#excluded.size === 0) return undefined;
    const domain = account.slice(account.lastIndexOf("@") + 1);
    const excluded = [account, domain].find((name) => this.#excluded.has(name));
    return excluded && `${excluded} is in relay.roaming.exclude`;
  }

  #find(id: string): Grant | undefined {
    const grant = this.#book.get(id, this.#time.now());
    return grant && inUtc(grant, this.#time);
  }

  #isOwn(node: string): boolean {
    return !this.#options.isShared || node === this.#options.node;
  }

  #load(grants: readonly KeptGrant[]): void {
    const now = this.#time.now();
    for (const { grant, node } of grants) {
      const owner = this.#isOwn(node) ? undefined : node;
      if (owner !== undefined) this.#neighbours.note(owner, now);
      this.#book.adopt(inSteadyTime(grant, this.#time), owner, now);
    }
  }

  /** What others have changed: grants of theirs, and what they revoked of ours. */
  #follow(grants: readonly KeptGrant[]): void {
    const now = this.#time.now();
    this.#load(grants.filter(({ node }) => !this.#isOwn(node)));
    const revoked = grants.filter(
      ({ node, grant }) => this.#isOwn(node) && grant.revokedAt !== null,
    );
    const ids = new Set(revoked.map(({ grant }) => grant.id));
    if (ids.size > 0) this.#book.revoke(({ id }) => ids.has(id), now);
  }

  #hear(marks: ReadonlyMap<string, number>): void {
    const { node } = this.#options;
    this.#lastThere = this.#time.fromUtc(marks.get(node) ?? 0);
    const others = [...marks].filter(([name]) => !this.#isOwn(name));
    this.#neighbours.hear(new Map(others), this.#time.now());
  }

  async #mark(): Promise<void> {
    const { store, node, isShared, clock } = this.#options;
    if (!isShared && this.#book.size === 0) return;
    // Whoever cannot write it tells of it elsewhere; then grants end earlier at most.
    await store.mark(node, clock.now()).catch(() => {});
  }
}

const nothing = known(undefined);
const switchedOff = "relay.roaming is not in the configuration";

function no(why: string): OpenedNow {
  return { granted: false, why };
}

function meansOf(selection: GrantSelection, { ipv6 }: GrantRules): (grant: Grant) => boolean {
  if ("name" in selection) {
    const name = accountKey(selection.name);
    return ({ id, account }) => id === selection.name || account === name;
  }
  const { client } = selection;
  if (ipv6 === "address") return (grant) => isSameIp(grant.client, client);
  const key = clientKey(client);
  return (grant) => clientKey(grant.client) === key;
}

function rulesOf({ lifetime, ipv6, sharedAfter }: GrantRules): GrantRules {
  return { lifetime, ipv6, sharedAfter };
}

function dayOf(utc: number): string {
  return new Date(utc).toISOString().slice(0, 10);
}
