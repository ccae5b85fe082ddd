// Writes to vpopmail's relay table what opens relaying here, so that an old server beside this one lets
// the client relay, too. What came from the table is never written back, and what was written is never
// read back: else a row would prolong itself for ever.

import type { Grant } from "../../core/grants/grant.ts";
import type { MailboxLogin } from "../../core/grants/mailbox-login.ts";
import { canRoam, type RelayRow } from "../../core/grants/relay-row.ts";
import { formatIp, type IpAddress } from "../../core/mail/ip.ts";
import type { RelayTable } from "../../io/classic/vpopmail/relay-table.ts";
import type { Log } from "../log.ts";
import { SaidOnce } from "./said-once.ts";
import { explainProblem, type TableNames } from "./table-faults.ts";

export interface MirrorOptions {
  readonly table: Pick<RelayTable, "write" | "remove" | "prune">;
  readonly names: TableNames;
  /** Milliseconds for which a row counts. */
  readonly lifetime: number;
  /** Grants of this host that let their clients relay. */
  readonly live: () => readonly Grant[];
  /** Grants at an address that other hosts keep, which write the table, too. */
  readonly elsewhere: (client: IpAddress) => readonly Grant[];
  /** Milliseconds within which other hosts' grants are heard of; 0 where there are none. */
  readonly hearing: number;
  /** As of the start: what an earlier run may have written. */
  readonly remembered: readonly Grant[];
  /** UTC milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

interface Entry {
  readonly client: IpAddress;
  readonly timestamp: number;
  /** The row before, which may just be read by somebody. */
  readonly before?: number | undefined;
}

/** Logins that wait to be written; the others are when the table is next gone through. */
const mostWaiting = 1_000;

/** Milliseconds after which a row is written anew for another login. */
const soon = 60_000;

/** How far a row that an earlier run wrote may be behind the last sign that was kept. */
const slack = 60_000;

export class RelayTableMirror {
  readonly #options: MirrorOptions;
  readonly #saidOnce = new SaidOnce();
  /** What we have written last, by the client's address. */
  readonly #written = new Map<string, Entry>();
  /** What we have removed lately, which may just be read by somebody. */
  #removed: ReadonlyMap<string, Entry> = new Map();
  /** Up to when rows may be those of an earlier run of ours, by the client's address. */
  readonly #earlier: ReadonlyMap<string, number>;
  readonly #startedAt: number;
  readonly #waiting = new Map<string, MailboxLogin>();
  #writing: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: MirrorOptions) {
    this.#options = options;
    this.#startedAt = options.now();
    const earlier = new Map<string, number>();
    for (const grant of options.remembered) {
      if (grant.source === "relay-table") continue;
      const key = formatIp(grant.client);
      const sign = Math.max(grant.endedAt ?? this.#startedAt, grant.heardAt) + slack;
      earlier.set(key, Math.max(sign, earlier.get(key) ?? 0));
    }
    this.#earlier = earlier;
  }

  /** Whether the row is one of ours, and so no news. */
  wrote({ client, timestamp }: RelayRow): boolean {
    const key = formatIp(client);
    const ours = [this.#written.get(key), this.#removed.get(key)];
    if (ours.some((entry) => entry?.timestamp === timestamp || entry?.before === timestamp)) {
      return true;
    }
    const at = timestamp * 1000;
    if (at <= this.#startedAt && at <= (this.#earlier.get(key) ?? 0)) return true;
    const { elsewhere, hearing, now } = this.#options;
    // A row that is so new may be that of a host whose grant nobody has heard of yet.
    if (at > now() - hearing) return true;
    return elsewhere(client).some((grant) => {
      const sign = Math.max(grant.endedAt ?? now(), grant.heardAt);
      const isWithin = grant.openedAt - slack <= at && at <= sign + slack;
      return grant.source !== "relay-table" && isWithin;
    });
  }

  /** Somebody has logged in, and may relay: the old server is to know at once. Returns at once. */
  note(login: MailboxLogin): void {
    if (login.source === "relay-table" || this.#waiting.size >= mostWaiting) return;
    if (this.#isClosed) return;
    const key = formatIp(login.client);
    const written = (this.#written.get(key)?.timestamp ?? 0) * 1000;
    if (login.at - written < soon) return;
    this.#waiting.set(key, login);
    this.#writing ??= this.#writeWaiting();
  }

  /** Brings the table to what holds now. Never rejects. */
  async tick(): Promise<void> {
    const { now, lifetime, table } = this.#options;
    try {
      const clients = this.#desired();
      for (const [key, { client, account, sign, isOpen }] of clients) {
        if (this.#isDue(key, sign, isOpen)) await this.#write(client, account, sign);
      }
      const over = [...this.#written].filter(([key]) => !clients.has(key));
      this.#removed = new Map(over);
      for (const [key, entry] of over) {
        await table.remove(entry);
        this.#written.delete(key);
      }
      await table.prune(Math.floor((now() - lifetime) / 1000));
      this.#saidOnce.mended("write");
    } catch (error) {
      this.#complain(error);
    }
  }

  /** Resolves when nothing more is written; the table is closed meanwhile. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#waiting.clear();
    await this.#writing;
  }

  /** Clients with grants of other sources, and the last sign of them. */
  #desired() {
    const { live, now } = this.#options;
    const clients = new Map<string, Desired>();
    for (const { source, client, account, endedAt } of live()) {
      if (source === "relay-table" || !canRoam(client)) continue;
      const key = formatIp(client);
      const sign = endedAt ?? now();
      const before = clients.get(key);
      if (before !== undefined && before.sign >= sign) continue;
      clients.set(key, { client, account: account ?? undefined, sign, isOpen: endedAt === null });
    }
    return clients;
  }

  /** While a session goes on, the row is renewed when half of its time is over. */
  #isDue(key: string, sign: number, isOpen: boolean): boolean {
    const { now, lifetime } = this.#options;
    if (sign + lifetime <= now()) return false;
    const written = (this.#written.get(key)?.timestamp ?? 0) * 1000;
    return isOpen ? now() - written >= lifetime / 2 : Math.floor(sign / 1000) * 1000 > written;
  }

  async #write(client: IpAddress, account: string | undefined, sign: number): Promise<void> {
    const { table, log } = this.#options;
    const key = formatIp(client);
    const timestamp = Math.floor(sign / 1000);
    const before = this.#written.get(key);
    // Before it is written, lest it be read meanwhile as somebody else's.
    this.#written.set(key, { client, timestamp, before: before?.timestamp });
    try {
      if (await table.write({ client, timestamp, account })) return;
      if (!this.#saidOnce.isNews("width", "")) return;
      const text = `the relay table cannot hold ${key}: make its column ip_addr varchar(39), as newer versions of vpopmail have it`;
      log.warn({ event: "relay-table-narrow" }, text);
    } catch (error) {
      if (before === undefined) this.#written.delete(key);
      else this.#written.set(key, before);
      throw error;
    }
  }

  async #writeWaiting(): Promise<void> {
    try {
      for (const [key, { client, account, at }] of this.#waiting) {
        this.#waiting.delete(key);
        if (canRoam(client)) await this.#write(client, account, at);
      }
    } catch (error) {
      this.#waiting.clear(); // the next time that the table is gone through
      this.#complain(error);
    } finally {
      this.#writing = undefined;
    }
  }

  #complain(error: unknown): void {
    const { log, names } = this.#options;
    const why = explainProblem(error, names);
    if (this.#isClosed || !this.#saidOnce.isNews("write", why)) return;
    const text = `the relay table is not written, and an old server beside this one lets fewer clients relay: ${why}`;
    log.error({ event: "relay-table-not-written", ...names }, text);
  }
}

interface Desired {
  readonly client: IpAddress;
  readonly account: string | undefined;
  readonly sign: number;
  readonly isOpen: boolean;
}
