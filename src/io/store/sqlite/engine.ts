// SQLite as an engine: hands units of work to the worker, all that gathered while it was busy as one
// group (group commit), so that one sync pays for many messages.

import {
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import { Worker } from "node:worker_threads";
import { commitBounds, Histogram } from "../../../core/metrics/histogram.ts";
import { threadFile } from "../../process/thread-file.ts";
import type { Engine, EngineStatistics, Step, StepResult, StepResults } from "../engine.ts";
import { StoreError } from "../error.ts";
import type { Tables } from "../schema.ts";
import { octetsIn } from "../step-octets.ts";
import { type GroupReport, isCarriedOut, packGroup, type Slab, unpackResults } from "./group.ts";

/** Bounds of a group, so that no unit waits long for its neighbours. */
const groupUnits = 500;
const groupOctets = 8 * 1024 * 1024;
/** Milliseconds for which a group may grow before it is sent. */
const longestGathering = 2;

interface PendingUnit {
  readonly steps: readonly Step[];
  readonly octets: number;
  readonly resolve: (results: readonly StepResult[]) => void;
  readonly reject: (error: StoreError) => void;
}

/**
 * Opens the store's file, or makes a new one.
 * @throws {StoreError} `locked`, `damaged`, `full` or `failed`
 */
export async function openSqlite(path: string): Promise<Engine> {
  const engine = new SqliteEngine(path);
  try {
    await engine.run([]);
    return engine;
  } catch (error) {
    await engine.close();
    throw error;
  }
}

class SqliteEngine implements Engine {
  readonly queries = compiler();
  readonly dialect = "sqlite";
  readonly isShared = false;
  readonly #path: string;
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  readonly #slab: Slab = new Uint8Array(new SharedArrayBuffer(groupOctets));
  #waiting: PendingUnit[] = [];
  #underWay: readonly PendingUnit[] = [];
  #sendScheduled = false;
  /** Why nothing more is taken in. */
  #end: StoreError | undefined;
  #units = 0;
  #transactions = 0;
  readonly #commits = new Histogram(commitBounds);

  constructor(path: string) {
    this.#path = path;
    this.#worker = new Worker(threadFile(import.meta.url, "./worker"), { workerData: path });
    this.#worker.on("message", (report: GroupReport) => this.#receive(report));
    this.#worker.on("error", (error) => this.#abandon(error));
    this.#ended = new Promise((resolve) => {
      this.#worker.once("exit", () => {
        this.#abandon(new Error("its thread ended"));
        resolve();
      });
    });
  }

  run<const Steps extends readonly Step[]>(steps: Steps): Promise<StepResults<Steps>> {
    return new Promise((resolve, reject) => {
      if (this.#end !== undefined) return reject(this.#end);
      const deliver = (results: readonly StepResult[]): void => {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema's promise
        resolve(results as StepResults<Steps>);
      };
      this.#waiting.push({ steps, octets: octetsIn(steps), resolve: deliver, reject });
      this.#scheduleSend();
    });
  }

  async alter(units: readonly (readonly Step[])[]): Promise<void> {
    for (const steps of units) await this.run(steps);
  }

  statistics(): EngineStatistics {
    return {
      units: this.#units,
      transactions: this.#transactions,
      waiting: this.#waiting.length + this.#underWay.length,
      commits: this.#commits,
    };
  }

  close(): Promise<void> {
    this.#end ??= new StoreError({ kind: "closed", message: `store ${this.#path} is closed` });
    this.#scheduleSend();
    return this.#ended;
  }

  /** Not at once: as long as each turn of the event loop brings more, it goes along. A lone unit
   * waits for one turn, which is microseconds; under load groups grow, and pages that all messages
   * share are written once for many. */
  #scheduleSend(): void {
    if (this.#underWay.length > 0 || this.#sendScheduled) return;
    this.#sendScheduled = true;
    this.#gather(performance.now() + longestGathering);
  }

  #gather(until: number): void {
    const before = this.#waiting.length;
    setImmediate(() => {
      const goesOn = this.#waiting.length > before && this.#waiting.length < groupUnits;
      if (goesOn && performance.now() < until) return this.#gather(until);
      this.#sendScheduled = false;
      this.#send();
    });
  }

  #send(): void {
    if (this.#waiting.length === 0) {
      if (this.#end !== undefined) this.#worker.postMessage(null, []);
      return;
    }
    this.#underWay = this.#waiting.splice(0, this.#nextGroupLength());
    const { group, transfer } = packGroup(this.#underWay, this.#slab);
    this.#worker.postMessage(group, transfer);
  }

  /** At least one unit, however large. */
  #nextGroupLength(): number {
    let octets = 0;
    const end = this.#waiting.findIndex((unit, index) => {
      octets += unit.octets;
      return index > 0 && (index >= groupUnits || octets > groupOctets);
    });
    return end === -1 ? this.#waiting.length : end;
  }

  #receive({ outcomes, transactions, commit }: GroupReport): void {
    const done = this.#underWay;
    this.#underWay = [];
    this.#units += done.length;
    this.#transactions += transactions;
    if (commit > 0) this.#commits.observe(commit / 1000);
    for (const [index, { steps, resolve, reject }] of done.entries()) {
      const outcome = outcomes[index] ?? [];
      if (isCarriedOut(outcome)) resolve(unpackResults(steps, outcome));
      else reject(new StoreError(outcome));
    }
    this.#scheduleSend();
  }

  #abandon(cause: Error): void {
    const message = `store ${this.#path}: its thread failed (${cause.message}); start the program again`;
    this.#end ??= new StoreError({ kind: "failed", message });
    const lost = [...this.#underWay, ...this.#waiting];
    this.#underWay = [];
    this.#waiting = [];
    for (const { reject } of lost) reject(this.#end);
  }
}

function compiler(): Kysely<Tables> {
  return new Kysely({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (database) => new SqliteIntrospector(database),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
}
