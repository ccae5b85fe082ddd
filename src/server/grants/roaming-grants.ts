// Grants as the server has them: those who tell of logins, those who decide and the operator all come
// here. Decisions are made from memory; the store follows, and is read at the start.

import type { RoamingSettings } from "../../core/config/settings.ts";
import type { Grant, GrantRules } from "../../core/grants/grant.ts";
import { GrantBook, type Named } from "../../core/grants/grant-book.ts";
import type { MailboxLogin, MailboxLogout } from "../../core/grants/mailbox-login.ts";
import type { Standing } from "../../core/grants/standing.ts";
import { clientKey } from "../../core/limits/subject.ts";
import { accountKey } from "../../core/mail/account-key.ts";
import { formatIp, type IpAddress, isSameIp } from "../../core/mail/ip.ts";
import { type Fact, known, unknown } from "../../core/policy/fact.ts";
import type { GrantUse } from "../../io/store/grant-store.ts";
import { dayOf, GrantSync, type GrantSyncOptions } from "./grant-sync.ts";
import type { GrantDesk, Opened } from "./grants.ts";
import { inUtc } from "./grant-times.ts";
import { type RoamingPolicy, RoamingRules } from "./roaming-rules.ts";
import { SteadyTime } from "./steady-time.ts";

export interface RoamingOptions extends Omit<GrantSyncOptions, "book" | "time"> {
  readonly policy: RoamingPolicy;
  readonly newId: () => string;
  /** Told of each login that lets its address relay. Returns at once. */
  readonly onOpened?: (login: MailboxLogin) => void;
}

/** Which grants an operator means. */
export type GrantSelection =
  | { readonly client: IpAddress }
  /** An id or an account. */
  | { readonly name: string };

type OpenedNow = Opened & ({ readonly granted: false } | { readonly isNew: boolean });

/** Milliseconds between two looks for what is over, and between two signs that this host is there. */
const sweepEvery = 600_000;
const markEvery = 60_000;

const nothing = known(undefined);
/** While there are none in the configuration: what is remembered is over. */
const restingRules: GrantRules = { lifetime: 0, ipv6: "address", sharedAfter: 1 };

export class RoamingGrants implements GrantDesk {
  readonly #options: RoamingOptions;
  readonly #time: SteadyTime;
  readonly #book: GrantBook;
  readonly #sync: GrantSync;
  #rules: RoamingRules;
  #timers: readonly NodeJS.Timeout[] | undefined;

  constructor(options: RoamingOptions) {
    const { policy, newId, clock } = options;
    this.#options = options;
    this.#rules = new RoamingRules(policy);
    this.#time = new SteadyTime(clock);
    const onChanged = (id: string) => this.#sync.writer.note(id);
    const rules = this.#rules.forBook ?? restingRules;
    this.#book = new GrantBook({ rules, newId, onChanged });
    this.#sync = new GrantSync({ ...options, book: this.#book, time: this.#time });
  }

  /** Reads what is kept; waits a while for it and no longer. */
  async start(): Promise<void> {
    if (this.#timers !== undefined) return;
    this.#timers = [
      setInterval(() => void this.sweep(), sweepEvery).unref(),
      setInterval(() => void this.#sync.mark(), markEvery).unref(),
    ];
    await this.#sync.start();
  }

  /** What was granted before is judged by the new rules from now on. */
  renew(policy: RoamingPolicy): void {
    this.#rules = new RoamingRules(policy);
    if (this.#rules.forBook !== undefined) this.#book.renew(this.#rules.forBook);
  }

  get settings(): RoamingSettings | undefined {
    return this.#rules.roaming;
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
  open(login: MailboxLogin, lifetime: number | null = login.lifetime ?? null): OpenedNow {
    const { client } = login;
    const account = login.account === undefined ? undefined : accountKey(login.account);
    const bar = this.#rules.barOf({ client, account: account ?? null });
    if (bar !== undefined) return { granted: false, why: bar };
    const now = this.#time.now();
    const told = { ...login, account, at: this.#time.fromUtc(login.at) };
    const result = this.#book.open(told, now, lifetime);
    if (!result.ok) return { granted: false, why: result.why };
    const why = this.#rules.barOfStanding(this.#book.standing(client, now));
    if (why !== undefined) return { granted: false, why };
    this.#options.onOpened?.(login);
    return { granted: true, isNew: result.isNew };
  }

  /** What the grants around a client come to, as far as memory goes; times are UTC. */
  standing(client: IpAddress): Fact<Standing | undefined> {
    if (this.#rules.roaming === undefined) return nothing;
    const found = this.#book.standing(client, this.#time.now());
    const { gap } = this.#sync.reader;
    if ((found ?? gap) === undefined || !this.#rules.mayHold(client)) return nothing;
    if (found?.kind === "shared") return known(found);
    const isMeant = (account: string | null) => this.#rules.exclusionOf(account) === undefined;
    const live = found?.live.filter(isMeant) ?? [];
    if (live.length === 0 && gap !== undefined) return unknown(gap);
    const over = (found?.over ?? [])
      .filter(({ account }) => isMeant(account))
      .map(({ account, expiredAt }) => ({ account, expiredAt: this.#time.toUtc(expiredAt) }));
    return known({ kind: "grants", live, over });
  }

  /** Whether reading mail from there could open anything. */
  mayHold(client: IpAddress): boolean {
    return this.#rules.mayHold(client);
  }

  /** A message was relayed for a grant. */
  countUse(client: IpAddress, account: string | null): void {
    const day = dayOf(this.#options.clock.now());
    const software = this.#book.softwareOf(client, account) ?? "";
    this.#sync.writer.noteUse({ day, account: account ?? "", software });
  }

  /** Those of all hosts that are remembered; times are UTC. */
  list(): readonly Grant[] {
    return this.#book.list(this.#time.now()).map((grant) => inUtc(grant, this.#time));
  }

  /** Those at the client's address that other hosts keep; times are UTC. */
  elsewhere(client: IpAddress): readonly Grant[] {
    const others = this.#book.elsewhere(client, this.#time.now());
    return others.map((grant) => inUtc(grant, this.#time));
  }

  /** Why a grant does not count, although it is neither over nor revoked. */
  barOf(grant: Pick<Grant, "client" | "account">): string | undefined {
    const standing = this.#book.standing(grant.client, this.#time.now());
    return this.#rules.barOf(grant) ?? this.#rules.barOfStanding(standing);
  }

  /** Ends grants for good, here at once. Rejects where the store does not take it: then a restart,
   * or another host, may not know of it. */
  async revoke(selection: GrantSelection): Promise<readonly Grant[]> {
    const revoked = this.#book.revoke(meansOf(selection, this.#book.rules), this.#time.now());
    const at = this.#options.clock.now();
    for (const { id } of revoked) this.#sync.writer.noteRevoked(id, at);
    if (revoked.length > 0) await this.flush();
    return revoked.map((grant) => inUtc(grant, this.#time));
  }

  /** Ends grants, because whoever told of their logins takes it back: as of a time before which no
   * login opens them again.
   * @param at UTC ms */
  withdraw(ids: ReadonlySet<string>, at: number): void {
    this.#book.revokeThese(ids, this.#time.fromUtc(at));
    for (const id of ids) this.#sync.writer.noteRevoked(id, at);
  }

  /** Sees at once what other hosts have changed; rejects where the store does not say. */
  look(): Promise<void> {
    return this.#sync.reader.look();
  }

  /** Writes what waits; rejects where the store does not take it. */
  flush(): Promise<void> {
    return this.#sync.writer.flush();
  }

  /** From a day on: `2026-11-26`. */
  async uses(since: string): Promise<readonly GrantUse[]> {
    await this.flush();
    return this.#options.store.uses(since);
  }

  /** Forgets what is long over, here and in the store. */
  sweep(): Promise<void> {
    return this.#sync.sweep();
  }

  async close(): Promise<void> {
    for (const timer of this.#timers ?? []) clearInterval(timer);
    await this.#sync.close();
  }
}

function meansOf(selection: GrantSelection, { ipv6 }: GrantRules): (grant: Named) => boolean {
  if ("name" in selection) {
    const name = accountKey(selection.name);
    return ({ id, account }) => id === selection.name || account === name;
  }
  const { client } = selection;
  if (ipv6 === "address") return (grant) => isSameIp(grant.client, client);
  const key = clientKey(client);
  return (grant) => clientKey(grant.client) === key;
}
