// A MySQL or MariaDB server to read from: so many connections, so much time, and never an answer that
// is waited for any longer. What is lost is not tried again here: the client comes back.

import type { Connection, RowDataPacket } from "mysql2/promise";
import { errorText } from "../../../core/error-text.ts";
import type { LoginFault } from "../../../core/login/source.ts";
import { errorCode } from "../../error-code.ts";
import { createGate, type Gate } from "../../process/gate.ts";

export interface DatabaseOptions {
  /** A path for a server on this machine, by its Unix socket. */
  readonly at: { readonly host: string; readonly port: number } | { readonly socket: string };
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Connections, and so pieces of work, at once; four times as many may wait. */
  readonly atOnce: number;
  /** Milliseconds for one piece of work, from the moment that it has its place. */
  readonly timeout: number;
}

export type Row = Readonly<Record<string, unknown>>;

/** Values go beside the text, as parameters of a prepared statement: nothing in them is ever SQL. */
export type Query = (sql: string, values: readonly string[]) => Promise<readonly Row[]>;

export interface Database {
  /** Does the work on one connection. Rejects with `DatabaseProblem`, or with what the work threw. */
  run<Value>(work: (query: Query) => Promise<Value>): Promise<Value>;
  close(): void;
}

export class DatabaseProblem extends Error {
  override readonly name = "DatabaseProblem";
  readonly fault: LoginFault;
  /** The server's or the system's name for it, `ER_NO_SUCH_TABLE`, where there is one. */
  readonly code: string | undefined;

  constructor(fault: LoginFault, message: string, cause?: unknown) {
    super(message, { cause });
    this.fault = fault;
    this.code = errorCode(cause);
  }
}

export function createDatabase(options: DatabaseOptions): Database {
  return new BoundedDatabase(options);
}

class BoundedDatabase implements Database {
  readonly #options: DatabaseOptions;
  readonly #gate: Gate;
  #idle: readonly Connection[] = [];
  #isClosed = false;

  constructor(options: DatabaseOptions) {
    const { atOnce, timeout } = options;
    this.#options = options;
    this.#gate = createGate({ places: atOnce, waiting: 4 * atOnce, patience: timeout });
  }

  async run<Value>(work: (query: Query) => Promise<Value>): Promise<Value> {
    const done = await this.#gate.run(() => this.#withinTime(work));
    if (done.ok) return done.value;
    throw new DatabaseProblem("busy", "too much is asked of it at once");
  }

  /** Does not wait for the server, which may be what is wrong. */
  close(): void {
    this.#isClosed = true;
    for (const connection of this.#idle) connection.destroy();
    this.#idle = [];
  }

  async #withinTime<Value>(work: (query: Query) => Promise<Value>): Promise<Value> {
    const late = Promise.withResolvers<never>();
    const use = new AbortController();
    const timer = setTimeout(() => {
      use.abort();
      const text = `no answer within ${this.#options.timeout} ms`;
      late.reject(new DatabaseProblem("unavailable", text));
    }, this.#options.timeout);
    const working = this.#use(work, use.signal);
    // When time is up nobody listens to it any more.
    working.catch(() => {});
    try {
      return await Promise.race([working, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** A connection on which something went wrong, or that was late, is closed; any other one is used
   * again. */
  async #use<Value>(work: (query: Query) => Promise<Value>, late: AbortSignal): Promise<Value> {
    const connection = this.#takeIdle() ?? (await this.#connect());
    const destroy = (): void => connection.destroy();
    try {
      late.throwIfAborted();
      late.addEventListener("abort", destroy);
      const value = await work(queryOn(connection));
      late.throwIfAborted();
      if (this.#isClosed) destroy();
      else this.#idle = [...this.#idle, connection];
      return value;
    } catch (error) {
      destroy();
      throw error;
    } finally {
      late.removeEventListener("abort", destroy);
    }
  }

  #takeIdle(): Connection | undefined {
    const connection = this.#idle.at(-1);
    if (connection !== undefined) this.#forget(connection);
    return connection;
  }

  #forget(connection: Connection): void {
    this.#idle = this.#idle.filter((other) => other !== connection);
  }

  async #connect(): Promise<Connection> {
    const { at, user, password, database, timeout } = this.#options;
    try {
      // Only now: it is 24 MB of memory and a tenth of a second for all who have no such database.
      const { createConnection } = await import("mysql2/promise");
      const connection = await createConnection({
        ...("socket" in at ? { socketPath: at.socket } : at),
        user,
        password,
        database,
        connectTimeout: timeout,
        maxPreparedStatements: 16,
      });
      // The server may end it at any time, while it is idle as well.
      for (const event of ["error", "end"]) connection.on(event, () => this.#forget(connection));
      return connection;
    } catch (error) {
      throw toProblem(error);
    }
  }
}

function queryOn(connection: Connection): Query {
  return async (sql, values) => {
    try {
      const [rows] = await connection.execute<RowDataPacket[]>(sql, [...values]);
      return rows;
    } catch (error) {
      throw toProblem(error);
    }
  };
}

/** What no waiting mends: names, passwords, rights, tables. */
const misconfigurations: ReadonlySet<string | undefined> = new Set([
  "ER_ACCESS_DENIED_ERROR",
  "ER_ACCESS_DENIED_NO_PASSWORD_ERROR",
  "ER_BAD_DB_ERROR",
  "ER_BAD_FIELD_ERROR",
  "ER_COLUMNACCESS_DENIED_ERROR",
  "ER_DBACCESS_DENIED_ERROR",
  "ER_HOST_NOT_PRIVILEGED",
  "ER_NO_SUCH_TABLE",
  "ER_TABLEACCESS_DENIED_ERROR",
]);

function toProblem(error: unknown): DatabaseProblem {
  const fault = misconfigurations.has(errorCode(error)) ? "misconfigured" : "unavailable";
  return new DatabaseProblem(fault, errorText(error) || (errorCode(error) ?? "it failed"), error);
}
