// Who else tells of logins to read mail, through the life of a server: vpopmail's relay table and the
// logs of other servers. A reload leaves those running that it does not change.

import { isDeepStrictEqual } from "node:util";
import type {
  RelayTableSettings,
  RoamingLogSettings,
} from "../../core/config/roaming-source-settings.ts";
import type { Settings } from "../../core/config/settings.ts";
import { formatProblem } from "../../core/config/problem.ts";
import { problemAt } from "../../core/config/source.ts";
import type { Grant } from "../../core/grants/grant.ts";
import type { MailboxLogin } from "../../core/grants/mailbox-login.ts";
import { known } from "../../core/policy/fact.ts";
import { createDatabase } from "../../io/classic/vpopmail/database.ts";
import { createRelayTable } from "../../io/classic/vpopmail/relay-table.ts";
import type { Clock } from "../../io/process/clock.ts";
import { type ReadSecret, readOwnSecret } from "../../io/process/secret.ts";
import type { GrantInquiry } from "../../server/grants/inquiry.ts";
import { type LogSource, startLogSource } from "../../server/grants/log-source.ts";
import { type MirrorOptions, RelayTableMirror } from "../../server/grants/relay-table-mirror.ts";
import { type RelayTableSource, startRelayTable } from "../../server/grants/relay-table-source.ts";
import type { RoamingGrants } from "../../server/grants/roaming-grants.ts";
import type { TableDesk } from "../../server/grants/table-desk.ts";
import type { Log } from "../../server/log.ts";
import { ConfigurationError } from "../errors.ts";

/** What of the configuration is needed, with its secret. */
export interface SourcePlan {
  readonly table: (RelayTableSettings & { readonly secret: string }) | undefined;
  readonly logs: readonly RoamingLogSettings[];
  /** Milliseconds for which a login counts. */
  readonly lifetime: number;
}

/** @throws {ConfigurationError} where the database's password cannot be read. */
export async function planRoamingSources(
  { relay: { roaming } }: Settings,
  read: ReadSecret = readOwnSecret,
): Promise<SourcePlan> {
  const { relayTable, logs = [], lifetime = 0 } = roaming ?? {};
  if (relayTable === undefined) return { table: undefined, logs, lifetime };
  const { password, place } = relayTable;
  const secret = await read(password);
  if (secret.ok) return { table: { ...relayTable, secret: secret.value }, logs, lifetime };
  const problem = problemAt(place, ["relay", "roaming", "relay-table"], secret.problem);
  throw new ConfigurationError(formatProblem(problem));
}

export interface RoamingSourceParts {
  /** Other hosts share the store, and hear of each other's grants by it. */
  readonly isShared: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** Milliseconds for a reading of the table, and for a question that a client waits for. */
const readingTime = 20_000;
const askingTime = 1_500;

/** Milliseconds after which every host that shares the store has heard of a grant. */
const hearingTime = 5_000;

export class RoamingSources {
  readonly #parts: RoamingSourceParts;
  #grants: RoamingGrants | undefined;
  #plan: SourcePlan = { table: undefined, logs: [], lifetime: 0 };
  #table: { readonly source: RelayTableSource; readonly mirror?: RelayTableMirror } | undefined;
  #logs: readonly { readonly settings: RoamingLogSettings; readonly source: LogSource }[] = [];

  constructor(parts: RoamingSourceParts) {
    this.#parts = parts;
  }

  /** Asks the table of the moment, where there is one. */
  readonly inquiry: GrantInquiry = {
    name: "the relay table",
    ask: async (client) => this.#table?.source.ask(client) ?? known([]),
  };

  /** Somebody relays from now on: the table may be to hold it. Returns at once. */
  note(login: MailboxLogin): void {
    this.#table?.mirror?.note(login);
  }

  start(plan: SourcePlan, grants: RoamingGrants): void {
    this.#grants = grants;
    this.#begin(plan);
  }

  /** Puts those of a new configuration in place. */
  async renew(plan: SourcePlan): Promise<void> {
    if (!isDeepStrictEqual(comparable(plan.table), comparable(this.#plan.table))) {
      await this.#stopTable();
    }
    const followed = new Set(plan.logs.map(({ file }) => file));
    const kept = this.#logs.filter(({ settings }) =>
      plan.logs.some((each) => isDeepStrictEqual(each, settings)),
    );
    const stopped = this.#logs.filter((each) => !kept.includes(each));
    this.#logs = kept;
    await Promise.all(
      stopped.map(({ settings, source }) => source.close(!followed.has(settings.file))),
    );
    this.#begin(plan);
  }

  async close(): Promise<void> {
    const logs = this.#logs;
    this.#logs = [];
    await Promise.all([this.#stopTable(), ...logs.map(({ source }) => source.close(false))]);
  }

  /** Starts what does not run yet. */
  #begin(plan: SourcePlan): void {
    const grants = this.#grants;
    this.#plan = plan;
    if (grants === undefined) return;
    if (plan.table !== undefined) this.#table ??= this.#startTable(plan.table, grants);
    const { clock, log } = this.#parts;
    const added = plan.logs.filter(
      (each) => !this.#logs.some(({ settings }) => isDeepStrictEqual(each, settings)),
    );
    const lifetime = () => this.#plan.lifetime;
    this.#logs = [
      ...this.#logs,
      ...added.map((settings) => ({
        settings,
        source: startLogSource({ settings, lifetime, desk: grants, ...clock, log }),
      })),
    ];
  }

  #startTable(settings: NonNullable<SourcePlan["table"]>, grants: RoamingGrants) {
    const { clock, log } = this.#parts;
    const { at, user, database, secret: password, table: name, lifetime, every, write } = settings;
    const access = { at, user, password, database };
    const table = createRelayTable({
      table: name,
      database: createDatabase({ ...access, atOnce: 1, timeout: readingTime }),
      quick: createDatabase({ ...access, atOnce: 4, timeout: askingTime }),
    });
    const desk = this.#deskOf(grants);
    const common = { table, names: { user, database, table: name }, lifetime, now: clock.now, log };
    const mirror = write ? this.#mirrorOf(grants, desk, common) : undefined;
    const source = startRelayTable({ ...common, every, desk, mirror });
    return { source, ...(mirror !== undefined && { mirror }) };
  }

  /** Each host writes its own grants, but for those that let nobody relay all the same, as at an
   * address with many users. */
  #mirrorOf(
    grants: RoamingGrants,
    desk: TableDesk,
    common: Pick<MirrorOptions, "table" | "names" | "lifetime" | "now" | "log">,
  ): RelayTableMirror {
    const isOwn = ({ client, id }: Grant) =>
      grants.elsewhere(client).every((other) => other.id !== id);
    return new RelayTableMirror({
      ...common,
      live: () => desk.live().filter((each) => grants.barOf(each) === undefined && isOwn(each)),
      elsewhere: (client) => grants.elsewhere(client),
      hearing: this.#parts.isShared ? hearingTime : 0,
      remembered: grants.list(),
    });
  }

  #deskOf(grants: RoamingGrants): TableDesk {
    const { now } = this.#parts.clock;
    return {
      opened: (login) => grants.opened(login),
      closed: (logout) => grants.closed(logout),
      live: () => grants.list().filter((grant) => isLive(grant, this.#plan.lifetime, now())),
      withdraw: (ids, at) => grants.withdraw(ids, at),
    };
  }

  async #stopTable(): Promise<void> {
    const table = this.#table;
    this.#table = undefined;
    const closing = table?.mirror?.close();
    await table?.source.close();
    await closing;
  }
}

/** Where it stands in the file is of no matter. */
function comparable(table: SourcePlan["table"]): object | undefined {
  return table && { ...table, place: undefined };
}

function isLive({ endedAt, revokedAt, lifetime }: Grant, usual: number, now: number): boolean {
  if (revokedAt !== null) return false;
  return endedAt === null || now < endedAt + (lifetime ?? usual);
}
