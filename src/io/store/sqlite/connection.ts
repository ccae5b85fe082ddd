// Carries out groups on one SQLite file, one transaction and so one sync for each group, and comes
// back by itself from a disk that was full for a while.

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Parameter } from "../engine.ts";
import type { StoreProblem } from "../error.ts";
import { openDatabase } from "./database.ts";
import type { Group, GroupReport, GroupUnit, StepOutcome, UnitOutcome } from "./group.ts";
import { isLasting, isOfOneUnit, problemOf } from "./problem.ts";

/** More than the program has; a bound against those whose text varies. */
const preparedStatements = 200;

interface Prepared {
  readonly statement: StatementSync;
  /** Empty for a statement that finds no rows. */
  readonly columns: readonly string[];
}

export class Connection {
  readonly #path: string;
  readonly #prepared = new Map<string, Prepared>();
  #database: DatabaseSync | undefined;
  #lastingProblem: StoreProblem | undefined;
  #transactions = 0;
  /** Milliseconds of the last commit that has written. */
  #commit = 0;

  /** Opens nothing yet: the first group does. */
  constructor(path: string) {
    this.#path = path;
  }

  run({ texts, units }: Group): GroupReport {
    const before = this.#transactions;
    this.#commit = 0;
    const outcomes = this.#attempt(texts, units);
    return { outcomes, transactions: this.#transactions - before, commit: this.#commit };
  }

  close(): void {
    this.#prepared.clear();
    this.#database?.close();
    this.#database = undefined;
  }

  /** Without savepoints, which cost a third more on the way that is always taken. On the other one,
   * a group that fails for one unit's sake is halved until that unit stands alone. */
  #attempt(texts: readonly string[], units: readonly GroupUnit[]): readonly UnitOutcome[] {
    const lasting = this.#lastingProblem;
    if (lasting !== undefined) return units.map(() => lasting);
    try {
      return this.#transact(texts, units);
    } catch (error) {
      const problem = problemOf(error, this.#path);
      this.#clearUp(problem);
      if (units.length === 1 || !isOfOneUnit(problem)) return units.map(() => problem);
      const half = units.length >> 1;
      return [
        ...this.#attempt(texts, units.slice(0, half)),
        ...this.#attempt(texts, units.slice(half)),
      ];
    }
  }

  #transact(texts: readonly string[], units: readonly GroupUnit[]): readonly UnitOutcome[] {
    this.#transactions++;
    const database = (this.#database ??= openDatabase(this.#path));
    database.exec("BEGIN");
    const outcomes = units.map((unit) => this.#carryOut(database, texts, unit));
    const begun = performance.now();
    database.exec("COMMIT");
    if (outcomes.some(hasWritten)) this.#commit = performance.now() - begun;
    return outcomes;
  }

  #carryOut(
    database: DatabaseSync,
    texts: readonly string[],
    unit: GroupUnit,
  ): readonly StepOutcome[] {
    const outcomes: StepOutcome[] = [];
    for (const [text, parameters, guard] of unit) {
      const outcome = carryOut(this.#prepare(database, texts[text] ?? ""), parameters);
      outcomes.push(outcome);
      if (guard === true && isEmpty(outcome)) break;
    }
    return outcomes;
  }

  #prepare(database: DatabaseSync, text: string): Prepared {
    const known = this.#prepared.get(text);
    if (known !== undefined) return known;
    const statement = database.prepare(text);
    statement.setReturnArrays(true);
    const prepared = { statement, columns: statement.columns().map(({ name }) => name) };
    if (this.#prepared.size >= preparedStatements) this.#prepared.clear();
    this.#prepared.set(text, prepared);
    return prepared;
  }

  /** After a failed read or write the connection is not trusted: the next group opens the file
   * anew, which reads the log again from the disk. */
  #clearUp(problem: StoreProblem): void {
    if (isLasting(problem)) this.#lastingProblem = problem;
    const rolledBack = this.#rollBack();
    // A damaged file stays open until the end: to close it writes what the log holds.
    if (isLasting(problem) || (isOfOneUnit(problem) && rolledBack)) return;
    this.close();
  }

  #rollBack(): boolean {
    try {
      if (this.#database?.isTransaction === true) this.#database.exec("ROLLBACK");
      return true;
    } catch {
      return false;
    }
  }
}

function carryOut({ statement, columns }: Prepared, parameters: readonly Parameter[]): StepOutcome {
  if (columns.length === 0) return Number(statement.run(...parameters).changes);
  const rows: readonly unknown[] = statement.all(...parameters);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- setReturnArrays made it so
  return { columns, rows: rows as readonly (readonly unknown[])[] };
}

/** Without a write there is nothing to sync. */
function hasWritten(outcomes: readonly StepOutcome[]): boolean {
  return outcomes.some((outcome) => typeof outcome === "number" && outcome > 0);
}

function isEmpty(outcome: StepOutcome): boolean {
  return typeof outcome === "number" ? outcome === 0 : outcome.rows.length === 0;
}
