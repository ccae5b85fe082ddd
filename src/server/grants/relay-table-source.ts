// vpopmail's relay table as a source of grants: read now and then, and asked about a client that would
// be refused otherwise. What a row opens ends with it.

import { setImmediate as turn } from "node:timers/promises";
import { errorText } from "../../core/error-text.ts";
import type { MailboxLogin } from "../../core/grants/mailbox-login.ts";
import {
  readRelayRow,
  type RelayRow,
  type RowFault,
  rowFaults,
  type WrittenRow,
} from "../../core/grants/relay-row.ts";
import { formatIp, type IpAddress } from "../../core/mail/ip.ts";
import { type Fact, known, unknown } from "../../core/policy/fact.ts";
import { DatabaseProblem } from "../../io/classic/vpopmail/database.ts";
import type { RelayTable } from "../../io/classic/vpopmail/relay-table.ts";
import type { Log } from "../log.ts";
import type { GrantInquiry } from "./inquiry.ts";
import type { RelayTableMirror } from "./relay-table-mirror.ts";
import { SaidOnce } from "./said-once.ts";
import type { TableDesk } from "./table-desk.ts";
import { explainProblem, explainRows, type TableNames } from "./table-faults.ts";

export interface RelayTableOptions {
  readonly table: RelayTable;
  readonly names: TableNames;
  /** Milliseconds for which a row counts. */
  readonly lifetime: number;
  /** Milliseconds between two readings. */
  readonly every: number;
  readonly desk: TableDesk;
  /** Where what opens relaying here is written to the table, too. */
  readonly mirror: RelayTableMirror | undefined;
  /** UTC milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

export interface RelayTableSource extends GrantInquiry {
  close(): Promise<void>;
}

/** Begins to read in the background: a database that is down holds nothing up. */
export function startRelayTable(options: RelayTableOptions): RelayTableSource {
  const source = new TableSource(options);
  source.start();
  return source;
}

/** What a row was told as. */
interface Told {
  readonly timestamp: number;
  readonly account: string | undefined;
  /** When it was first seen, for rows ahead of time. */
  readonly at: number;
}

/** Rows after which others have their turn, and clients in one question. */
const batch = 200;

class TableSource implements RelayTableSource {
  readonly name = "the relay table";
  readonly #options: RelayTableOptions;
  readonly #saidOnce = new SaidOnce();
  /** By the client's address. */
  #told: ReadonlyMap<string, Told> = new Map();
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: RelayTableOptions) {
    this.#options = options;
  }

  start(): void {
    this.#reading = this.#readAndWait();
  }

  async ask(client: IpAddress): Promise<Fact<readonly MailboxLogin[]>> {
    try {
      const now = this.#options.now();
      const { rows, width } = await this.#options.table.find([client]);
      const key = formatIp(client);
      const found = rows
        .map((row) => readRelayRow(row, { width, now }))
        .flatMap((row) => (row.ok && formatIp(row.value.client) === key ? [row.value] : []))
        .filter((row) => this.#isLive(row, now) && !this.#isOurs(row));
      return known(found.map((row) => this.#loginOf(row, this.#told.get(key), now)));
    } catch (error) {
      return unknown(`the relay table does not answer: ${errorText(error)}`);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#options.table.close();
    await this.#reading;
  }

  async #readAndWait(): Promise<void> {
    try {
      await this.#read();
      if (this.#saidOnce.mended("table")) {
        this.#options.log.info({ event: "relay-table-back" }, "the relay table is read again");
      }
      await this.#options.mirror?.tick();
    } catch (error) {
      if (!this.#isClosed) this.#complain(error);
    }
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => this.start(), this.#options.every).unref();
  }

  async #read(): Promise<void> {
    const { table, lifetime, now: clock } = this.#options;
    const now = clock();
    const reading = await table.read(Math.floor((now - lifetime) / 1000));
    const faulty = new Map<RowFault, WrittenRow[]>();
    const there = new Map<string, Told | undefined>();
    for (const [index, written] of reading.rows.entries()) {
      if (this.#isClosed) return;
      if (index % batch === batch - 1) await turn();
      const row = readRelayRow(written, { width: reading.width, now });
      if (!row.ok) {
        const same = faulty.get(row.problem);
        if (same === undefined) faulty.set(row.problem, [written]);
        else same.push(written);
        continue;
      }
      const key = formatIp(row.value.client);
      there.set(key, this.#isOurs(row.value) ? undefined : await this.#tell(key, row.value, now));
    }
    this.#told = new Map([...there].flatMap(([key, told]) => (told ? [[key, told]] : [])));
    await this.#withdraw(there);
    this.#complainOfRows(faulty, reading);
  }

  /** Tells the desk what it does not know yet. */
  async #tell(key: string, row: RelayRow, now: number): Promise<Told> {
    const before = this.#told.get(key);
    if (before?.timestamp === row.timestamp && before.account === row.account) return before;
    const login = this.#loginOf(row, before, now);
    await this.#options.desk.opened(login);
    return { timestamp: row.timestamp, account: row.account, at: login.at };
  }

  /** A row from ahead of time counts from when it was first seen, once. */
  #loginOf(row: RelayRow, before: Told | undefined, now: number): MailboxLogin {
    const { client, timestamp, account } = row;
    const seen = before?.timestamp === timestamp ? before.at : now;
    const at = Math.min(timestamp * 1000, seen);
    return { source: "relay-table", account, client, at, lifetime: this.#options.lifetime };
  }

  #isLive({ timestamp }: RelayRow, now: number): boolean {
    return timestamp * 1000 + this.#options.lifetime > now;
  }

  #isOurs(row: RelayRow): boolean {
    return this.#options.mirror?.wrote(row) ?? false;
  }

  /** Ends what rows have opened that are gone. Each is looked up: the reading may have been cut short,
   * and a row may have come since. */
  async #withdraw(there: ReadonlyMap<string, unknown>): Promise<void> {
    const { desk, table } = this.#options;
    const missing = desk
      .live()
      .filter(({ source, client }) => source === "relay-table" && !there.has(formatIp(client)));
    for (let from = 0; from < missing.length && !this.#isClosed; from += batch) {
      const some = missing.slice(from, from + batch);
      const { rows, width } = await table.find(some.map(({ client }) => client));
      const now = this.#options.now();
      const left = new Set(
        rows.flatMap((row) => {
          const read = readRelayRow(row, { width, now });
          return read.ok && this.#isLive(read.value, now) ? [formatIp(read.value.client)] : [];
        }),
      );
      const gone = some.filter(({ client }) => !left.has(formatIp(client)));
      if (gone.length === 0) continue;
      // The table knows whole seconds: who logs in again in this one has a new row.
      const lastSecond = Math.floor(now / 1000) * 1000 - 500;
      desk.withdraw(new Set(gone.map(({ id }) => id)), lastSecond);
    }
  }

  #complain(error: unknown): void {
    const { log, names } = this.#options;
    const why = explainProblem(error, names);
    if (!this.#saidOnce.isNews("table", why)) return;
    const text = `the relay table is not read, and clients whom it might let relay are told to come back: ${why}`;
    const isOurs = error instanceof DatabaseProblem && error.fault === "misconfigured";
    if (isOurs) log.error({ event: "relay-table-refused", ...names }, text);
    else log.warn({ event: "relay-table-unavailable", ...names }, text);
  }

  #complainOfRows(
    faulty: ReadonlyMap<RowFault, readonly WrittenRow[]>,
    { rows, isWhole }: { readonly rows: readonly WrittenRow[]; readonly isWhole: boolean },
  ): void {
    const { log } = this.#options;
    for (const fault of rowFaults) {
      const bad = faulty.get(fault);
      if (bad === undefined) this.#saidOnce.mended(fault);
      // Once for each kind: what stands in the rows may change all the time.
      else if (this.#saidOnce.isNews(fault, "")) {
        const text = `the relay table: ${explainRows(fault, bad)}`;
        log.warn({ event: "relay-table-rows", fault }, text);
      }
    }
    if (!isWhole && this.#saidOnce.isNews("size", "")) {
      const text = `the relay table has more than ${rows.length} rows that are not over; the others are looked up when their clients come`;
      log.warn({ event: "relay-table-large" }, text);
    }
  }
}
