// MariaDB or MySQL as an engine, for a store that several hosts share. Readers and writers have
// connections of their own, so that what is due is found while a burst is written.

import type { Kysely } from "kysely";
import { commitBounds, Histogram } from "../../../core/metrics/histogram.ts";
import type { Engine, EngineStatistics, Step, StepResults } from "../engine.ts";
import { StoreError } from "../error.ts";
import type { Tables } from "../schema.ts";
import { octetsIn } from "../step-octets.ts";
import { alterTables } from "./alter.ts";
import { mysqlQueries } from "./compiler.ts";
import { Lanes } from "./lanes.ts";
import { type MysqlPlace, namePlace } from "./place.ts";
import { problemOf } from "./problem.ts";
import { readServerFacts, type ServerFacts } from "./server-facts.ts";
import { openSession, type Session } from "./session.ts";
import { isQuery } from "./transaction.ts";

/** Connections of one host, and units in one transaction. Measured with messages of 4 KiB on two busy
 * cores: one unit in a transaction over 8 connections 150 messages a second, 20 over 4 of them 550,
 * and no more with more of either. */
const writers = 4;
const readers = 4;
const together = 20;
/** Seconds for which the server keeps a connection without work. */
const idle = 600;

export interface OpenedMysql {
  readonly engine: Engine;
  readonly warnings: readonly string[];
}

/**
 * Connects to the server and looks whether it will do.
 * @throws {StoreError} `failed` or `unavailable`
 */
export async function openMysql(place: MysqlPlace): Promise<OpenedMysql> {
  const facts = await inspect(place);
  return { engine: new MysqlEngine(place, facts), warnings: facts.warnings };
}

async function inspect(place: MysqlPlace): Promise<ServerFacts> {
  let session: Session | undefined;
  try {
    session = await openSession(place, { isolation: "read committed", idle });
    return await readServerFacts(session);
  } catch (error) {
    throw new StoreError(problemOf(error, place));
  } finally {
    session?.end();
  }
}

class MysqlEngine implements Engine {
  readonly queries: Kysely<Tables>;
  readonly dialect = "mysql";
  readonly isShared = true;
  readonly #place: MysqlPlace;
  readonly #reading: Lanes;
  readonly #writing: Lanes;
  readonly #commits = new Histogram(commitBounds);
  #isClosed = false;

  constructor(place: MysqlPlace, { collation }: ServerFacts) {
    this.queries = mysqlQueries(collation);
    this.#place = place;
    const shared = { place };
    this.#reading = new Lanes({
      ...shared,
      connections: readers,
      together: 1,
      open: () => openSession(place, { isolation: "repeatable read", idle }),
    });
    this.#writing = new Lanes({
      ...shared,
      connections: writers,
      together,
      times: this.#commits,
      open: () => openSession(place, { isolation: "read committed", idle }),
    });
  }

  async run<const Steps extends readonly Step[]>(steps: Steps): Promise<StepResults<Steps>> {
    this.#requireOpen();
    const lanes = steps.every(isQuery) ? this.#reading : this.#writing;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema's promise
    return (await lanes.run(steps, octetsIn(steps))) as StepResults<Steps>;
  }

  async alter(units: readonly (readonly Step[])[]): Promise<void> {
    this.#requireOpen();
    if (units.length > 0) await alterTables(this.#place, units);
  }

  statistics(): EngineStatistics {
    const [reading, writing] = [this.#reading.statistics, this.#writing.statistics];
    return {
      units: reading.units + writing.units,
      transactions: reading.transactions + writing.transactions,
      waiting: reading.waiting + writing.waiting,
      commits: this.#commits,
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#reading.close(), this.#writing.close()]);
  }

  #requireOpen(): void {
    if (!this.#isClosed) return;
    throw new StoreError({ kind: "closed", message: `${namePlace(this.#place)} is closed` });
  }
}
