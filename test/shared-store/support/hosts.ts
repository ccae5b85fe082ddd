// Servers that keep their mail in one database.

import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Cleanup } from "../../support/cleanup.ts";
import type { MariaDb } from "../../support/mariadb.ts";
import { startBailiwick, temporaryFolder, type TestServer } from "../../support/server.ts";
import { relayConfiguration, type RelayOptions } from "../../faults/support/relay.ts";

export interface Shared {
  readonly database: MariaDb;
  /** The database's name. */
  readonly name: string;
}

const password = "a:b@c%d";

/** An empty database, and a user with a password for it. */
export async function makeDatabase(database: MariaDb): Promise<Shared> {
  const name = `mail_${randomUUID().slice(0, 8)}`;
  await database.query(
    `create database ${name};
     create user if not exists bailiwick@'%' identified by '${password}';
     grant all on ${name}.* to bailiwick@'%'`,
  );
  return { database, name };
}

/** The keys of a configuration that lead there. */
function storeKeys({ database, name }: Shared): Readonly<Record<string, string>> {
  return {
    store: `mysql://bailiwick@127.0.0.1:${database.port}/${name}`,
    "store-password-file": "store.secret",
  };
}

export interface HostOptions extends RelayOptions {
  readonly hostname: string;
}

/** Relays for loopback, as the servers of test/faults do. */
export async function startHost(
  cleanup: Cleanup,
  shared: Shared,
  options: HostOptions,
): Promise<TestServer> {
  const folder = options.folder ?? (await temporaryFolder(cleanup));
  await writeFile(join(folder, "store.secret"), `${password}\n`, { mode: 0o600 });
  const { hostname, more = {} } = options;
  const configuration = {
    ...relayConfiguration({ ...options, more: { ...storeKeys(shared), ...more } }),
    hostname,
  };
  return startBailiwick(cleanup, { ...options, folder, configuration });
}

/** Rows in each of the tables that hold messages. */
export async function rowsLeft({ database, name }: Shared): Promise<Record<string, number>> {
  const counts = ["message", "recipient", "body", "arrival"].map(
    (table) => `(select count(*) from ${table}) as ${table}s`,
  );
  const [row] = await database.query(`select ${counts.join(", ")}`, name);
  return { ...row };
}

export const noRows = { messages: 0, recipients: 0, bodys: 0, arrivals: 0 };
