// A MySQL or MariaDB server to read from: so many connections, so much time, and never an answer that
// is waited for any longer. What is lost is not tried again here: the client comes back.

import { connect, type Socket } from "node:net";
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
  #idle: readonly Link[] = [];
  readonly #closing = new AbortController();

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

  /** Does not wait for the server, which may be what is wrong: what is under way is broken off. */
  close(): void {
    this.#closing.abort();
    for (const link of this.#idle) destroy(link);
    this.#idle = [];
  }

  async #withinTime<Value>(work: (query: Query) => Promise<Value>): Promise<Value> {
    const late = Promise.withResolvers<never>();
    const use = new AbortController();
    const breakOff = (why: string): void => {
      use.abort();
      late.reject(new DatabaseProblem("unavailable", why));
    };
    const { timeout } = this.#options;
    const timer = setTimeout(() => breakOff(`no answer within ${timeout} ms`), timeout);
    const closing = this.#closing.signal;
    const stop = (): void => breakOff("it is used no more");
    if (closing.aborted) stop();
    closing.addEventListener("abort", stop);
    const working = this.#use(work, use.signal);
    // When time is up nobody listens to it any more.
    working.catch(() => {});
    try {
      return await Promise.race([working, late.promise]);
    } finally {
      clearTimeout(timer);
      closing.removeEventListener("abort", stop);
    }
  }

  /** A connection on which something went wrong, or that was late, is closed; any other one is used
   * again. */
  async #use<Value>(work: (query: Query) => Promise<Value>, late: AbortSignal): Promise<Value> {
    const link = this.#takeIdle() ?? (await this.#connect(late));
    const breakOff = (): void => destroy(link);
    try {
      late.throwIfAborted();
      late.addEventListener("abort", breakOff);
      const value = await work(queryOn(link.connection));
      late.throwIfAborted();
      if (this.#closing.signal.aborted) destroy(link);
      else this.#idle = [...this.#idle, link];
      return value;
    } catch (error) {
      destroy(link);
      throw error;
    } finally {
      late.removeEventListener("abort", breakOff);
    }
  }

  #takeIdle(): Link | undefined {
    const link = this.#idle.at(-1);
    if (link !== undefined) this.#forget(link);
    return link;
  }

  #forget(link: Link): void {
    this.#idle = this.#idle.filter((other) => other !== link);
  }

  async #connect(late: AbortSignal): Promise<Link> {
    const { at, user, password, database, timeout } = this.#options;
    // Only now: it is 24 MB of memory and a tenth of a second for all who have no such database.
    const { createConnection } = await import("mysql2/promise");
    late.throwIfAborted();
    const socket = openSocket(at);
    const breakOff = (): unknown => socket.destroy();
    late.addEventListener("abort", breakOff);
    try {
      const connection = await createConnection({
        stream: socket,
        user,
        password,
        database,
        connectTimeout: timeout,
        maxPreparedStatements: 16,
      });
      const link = { connection, socket };
      // The server may end it at any time, while it is idle as well.
      for (const event of ["error", "end"]) connection.on(event, () => this.#forget(link));
      return link;
    } catch (error) {
      breakOff();
      throw toProblem(error);
    } finally {
      late.removeEventListener("abort", breakOff);
    }
  }
}

/** A connection, and its socket: the library's own way to end one waits for the server to end it, too,
 * which may be what hangs. */
interface Link {
  readonly connection: Connection;
  readonly socket: Socket;
}

function destroy({ connection, socket }: Link): void {
  connection.destroy();
  socket.destroy();
}

function openSocket(at: DatabaseOptions["at"]): Socket {
  const socket = "socket" in at ? connect(at.socket) : connect(at);
  return socket.setNoDelay().setKeepAlive(true);
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
