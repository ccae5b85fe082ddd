// Servers that keep their mail in one database.

import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startServer } from "../../../src/app/server/run.ts";
import { parseConfiguration } from "../../../src/core/config/parse.ts";
import { formatProblem } from "../../../src/core/config/problem.ts";
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
  const configuration = await configure(folder, shared, options);
  return startBailiwick(cleanup, { ...options, folder, configuration });
}

async function configure(
  folder: string,
  shared: Shared,
  options: HostOptions,
): Promise<Readonly<Record<string, unknown>>> {
  await writeFile(join(folder, "store.secret"), `${password}\n`, { mode: 0o600 });
  const { hostname, more = {} } = options;
  const keys = { ...storeKeys(shared), ...more };
  return { ...relayConfiguration({ ...options, more: keys }), hostname };
}

/** The same within this process, with a clock for durations that goes three times as fast: what takes
 * a minute elsewhere takes it twenty seconds. */
export async function startHastyHost(
  cleanup: Cleanup,
  shared: Shared,
  options: HostOptions,
): Promise<{ readonly dataFolder: string; readonly log: readonly string[] }> {
  const folder = await temporaryFolder(cleanup);
  const configuration = await configure(folder, shared, options);
  const listeners = { mx: { role: "mx", listen: ["127.0.0.1:0"] } };
  const text = JSON.stringify({ listeners, ...configuration });
  const settings = parseConfiguration(text, { file: "bailiwick.yaml", folder });
  if (!settings.ok) throw new Error(settings.problem.map(formatProblem).join("\n"));
  const log: string[] = [];
  const say = (_fields: object, said: string) => void log.push(said);
  const server = await startServer({
    settings: settings.value,
    readSettings: async () => settings.value,
    clock: { now: Date.now, elapsed: () => performance.now() * 3 },
    random: Math.random,
    log: { info: say, warn: say, error: say },
    mxPort: 25,
  });
  cleanup.after(() => server.stop());
  return { dataFolder: settings.value.data, log };
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
