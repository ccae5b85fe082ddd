// What the tests of the store share: scratch stores, sample messages.
//
// Stores are files, or databases of the server whose socket BAILIWICK_TEST_MARIADB names: so the same
// tests run on both (mysql/repositories.test.ts).

import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { MessageId, NewMessage } from "../../core/queue/message.ts";
import { createConnection } from "mysql2/promise";
import { systemClock } from "../process/clock.ts";
import type { Engine, Parameter, Step } from "./engine.ts";
import type { MysqlPlace } from "./mysql/place.ts";
import { openStore, type StorePlace } from "./open.ts";
import type { SharingOptions } from "./sharing.ts";
import { openSqlite } from "./sqlite/engine.ts";
import type { Store } from "./store.ts";

/** A path for a store in a directory that goes with the test. */
export async function scratchPath(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "bailiwick-store-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return join(directory, "data", "store.db");
}

/** Where a store can be opened, again and again, until the test ends. */
export async function scratchPlace(t: TestContext): Promise<StorePlace> {
  const socket = process.env["BAILIWICK_TEST_MARIADB"];
  return socket === undefined ? { path: await scratchPath(t) } : scratchDatabase(socket);
}

/** A store as a server has it. */
export async function scratchStore(t: TestContext, place?: StorePlace): Promise<Store> {
  const store = await openStore(place ?? (await scratchPlace(t)), sharing("a.test"));
  t.after(() => store.close());
  return store;
}

/** A host's part in a store that others share. */
export function sharing(name: string, changes: Partial<SharingOptions> = {}): SharingOptions {
  return { name, clock: systemClock, tell() {}, ...changes };
}

/** An empty database of its own; it goes with the server. */
export async function scratchDatabase(socket: string): Promise<{ readonly mysql: MysqlPlace }> {
  const database = `test_${randomUUID().replaceAll("-", "")}`;
  const connection = await createConnection({ socketPath: socket, user: "root" });
  await connection.query(`create database ${database}`);
  await connection.end();
  return { mysql: { at: { socket }, user: "root", password: "", database } };
}

export async function scratchEngine(t: TestContext): Promise<Engine> {
  const engine = await openSqlite(await scratchPath(t));
  t.after(() => engine.close());
  return engine;
}

/** A message to u0@a.example, u1@b.example and so on, received at its id's own time. */
export function sample(id: MessageId, changes: Partial<NewMessage> = {}): NewMessage {
  return {
    id,
    receivedAt: id,
    size: 5,
    eightBit: false,
    smtputf8: false,
    sender: { local: "alice", domain: "example.org" },
    origin: { client: "192.0.2.1", hello: "client.example", listener: "mx" },
    recipients: recipientsIn("a.example"),
    stashed: 0,
    content: [octets("hello")],
    ...changes,
  };
}

export function recipientsIn(...domains: readonly string[]): NewMessage["recipients"] {
  return domains.map((domain, index) => ({
    address: { local: `u${index}`, domain },
    kind: "relay",
  }));
}

export function octets(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

export async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString("latin1");
}

/** A step in SQLite's own words. */
export function sql(
  text: string,
  ...parameters: readonly Parameter[]
): Step<Record<string, unknown>> {
  return { sql: text, parameters };
}

/** Nothing is planned for later than this. */
export const endOfTime = Number.MAX_SAFE_INTEGER;
