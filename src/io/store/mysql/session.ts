// One connection to the server, set up as the store needs it, whatever the server's defaults are.

import { Socket } from "node:net";
import type { Connection, ResultSetHeader } from "mysql2";
import type { Parameter, Step, StepResult } from "../engine.ts";
import type { MysqlPlace } from "./place.ts";
import { isConnectionLost, OutOfTime } from "./problem.ts";

export interface Session {
  /** As a prepared statement: no value is ever part of the text. */
  execute<Row>(step: Step<Row>): Promise<StepResult<Row>>;
  /** Text without values, and without rows. */
  command(text: string): Promise<void>;
  /** The server ended it, or it failed: it must not be used again. */
  readonly isOver: boolean;
  /** Takes leave; only while nothing is under way. */
  end(): void;
  /** At once; what is under way is never answered. */
  destroy(): void;
}

/** What units see of each other. Readers want one moment of the whole store; writers the latest word
 * on each row, and fewer locks. */
type Isolation = "repeatable read" | "read committed";

/** Milliseconds until a server that does not answer counts as away. */
const connectTime = 10_000;
/** Milliseconds for taking leave of it. */
const leaveTime = 1_000;
/** More than the program has; a bound against those whose text varies. */
const preparedStatements = 200;

/** Errors that tell of wrong values, instead of values that were cut to fit; times that no zone
 * bends; a lock that is waited for, but not for long. */
const settings = [
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO'",
  "time_zone = '+00:00'",
  "autocommit = 1",
  "innodb_lock_wait_timeout = 10",
  "lock_wait_timeout = 60",
  "net_write_timeout = 60",
];

export interface SessionOptions {
  readonly isolation: Isolation;
  /** Seconds without a word after which the server ends it. */
  readonly idle: number;
}

/** Rejects with what mysql2 or the system says. */
export async function openSession(
  place: MysqlPlace,
  { isolation, idle }: SessionOptions,
): Promise<Session> {
  const { at, user, password, database, tls } = place;
  // Only now: it is 24 MB of memory and a tenth of a second for all who have no such store.
  const { createConnection } = await import("mysql2");
  const connection = createConnection({
    ...("socket" in at ? { socketPath: at.socket } : at),
    user,
    password,
    database,
    connectTimeout: connectTime,
    maxPreparedStatements: preparedStatements,
    charset: "utf8mb4",
    enableKeepAlive: true,
    ...(tls && { ssl: { ...tls, rejectUnauthorized: true, verifyIdentity: true } }),
  });
  const session = new MysqlSession(connection);
  try {
    await within(connectTime, session.connected());
    await session.command([...settings, `wait_timeout = ${idle}`].join(", "));
    await session.command(`SET SESSION TRANSACTION ISOLATION LEVEL ${isolation}`);
    return session;
  } catch (error) {
    session.destroy();
    throw error;
  }
}

class MysqlSession implements Session {
  readonly #connection: Connection;
  #isOver = false;

  constructor(connection: Connection) {
    this.#connection = connection;
    for (const event of ["error", "end"]) connection.on(event, () => (this.#isOver = true));
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  connected(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#connection.connect((error) => (error ? reject(error) : resolve()));
    });
  }

  execute<Row>({ sql, parameters }: Step<Row>): Promise<StepResult<Row>> {
    return new Promise((resolve, reject) => {
      this.#connection.execute(sql, parameters.map(toWire), (error, result) => {
        if (error) reject(this.#noted(error));
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the statement's promise
        else resolve(toResult(result) as StepResult<Row>);
      });
    });
  }

  command(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#connection.query(text, (error) => {
        if (error) reject(this.#noted(error));
        else resolve();
      });
    });
  }

  end(): void {
    this.#isOver = true;
    this.#connection.end(() => this.destroy());
    // The server may say nothing any more.
    setTimeout(() => this.destroy(), leaveTime).unref();
  }

  /** mysql2 would wait for the server to close as well, and keep the process for it. */
  destroy(): void {
    this.#isOver = true;
    this.#connection.destroy();
    const stream: unknown = Reflect.get(this.#connection, "stream");
    if (stream instanceof Socket) stream.destroy();
  }

  /** The event comes later than the answer. */
  #noted(error: Error): Error {
    if (isConnectionLost(error)) this.#isOver = true;
    return error;
  }
}

/** Buffers alone go as octets; everything else would be taken for text. */
function toWire(value: Parameter): string | number | null | Buffer {
  if (!(value instanceof Uint8Array)) return value;
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

function toResult(result: unknown): StepResult {
  if (!Array.isArray(result)) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- mysql2's other kind of result
    return { rows: [], changes: (result as ResultSetHeader).affectedRows };
  }
  return { rows: result.map(toRow), changes: 0 };
}

/** Octets leave the network's buffer, which is larger, and is used again. */
function toRow(row: Record<string, unknown>): Record<string, unknown> {
  for (const [name, value] of Object.entries(row)) {
    if (value instanceof Uint8Array) row[name] = new Uint8Array(value);
  }
  return row;
}

/** Rejects with `OutOfTime` where the work takes longer; its end is of no interest then. */
export async function within<Value>(milliseconds: number, work: Promise<Value>): Promise<Value> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new OutOfTime(`no answer within ${milliseconds / 1000} s`));
  }, milliseconds);
  work.catch(() => {});
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
