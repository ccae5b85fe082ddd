// The port between the repositories and whatever carries out their SQL.

import type { Kysely } from "kysely";
import type { Histogram } from "../../core/metrics/histogram.ts";
import type { Tables } from "./schema.ts";

export type Parameter = string | number | null | Uint8Array;

/** One statement with its values. `Row` is what it answers with. */
export interface Step<Row = unknown> {
  readonly sql: string;
  readonly parameters: readonly Parameter[];
  /** Where this step finds or changes no row, the unit ends here, without error: what went before
   * it is kept, what comes after it is not done. What it found stays so until the unit ends. */
  readonly guard?: boolean;
  /** Carries the type alone; never set. */
  readonly row?: Row;
}

export interface StepResult<Row = unknown> {
  readonly rows: readonly Row[];
  /** Rows inserted, updated or deleted. */
  readonly changes: number;
}

export type StepResults<Steps extends readonly Step[]> = {
  readonly [Index in keyof Steps]: Steps[Index] extends Step<infer Row> ? StepResult<Row> : never;
};

export interface EngineStatistics {
  /** Units of work carried out, failed ones included. */
  readonly units: number;
  /** Transactions that were tried for them; each costs one sync at most. */
  readonly transactions: number;
  /** Units that wait or are being carried out. */
  readonly waiting: number;
  /** Seconds that it took to commit what was written: on a file the commit with its sync, on a
   * database the whole transaction. */
  readonly commits: Histogram;
}

/** Whose SQL the engine speaks, for what a query cannot say for all. */
export type Dialect = "sqlite" | "mysql";

export interface Engine {
  /** Builds and compiles queries in the engine's own words; cannot execute them. */
  readonly queries: Kysely<Tables>;
  readonly dialect: Dialect;
  /** Programs on other hosts work on the same tables at the same time. */
  readonly isShared: boolean;
  /**
   * Carries out a unit of work: all of its steps, in their order, or none. Resolves once what it
   * changed is on disk, with a result for each step; a step that a guard left out has an empty one.
   * @throws {StoreError}
   */
  run<const Steps extends readonly Step[]>(steps: Steps): Promise<StepResults<Steps>>;
  /**
   * Carries out units that change the tables themselves, one after the other, on one host at a time.
   * One that fails or is cut short may leave a part of itself; carried out again, it does the rest.
   * @throws {StoreError}
   */
  alter(units: readonly (readonly Step[])[]): Promise<void>;
  statistics(): EngineStatistics;
  /** Waits for the units under way; later ones are rejected. */
  close(): Promise<void>;
}
