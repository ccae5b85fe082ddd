// Opens the embedded store: the one function that the rest of the program needs.

import { accountStore } from "./accounts.ts";
import { addressStore } from "./addresses.ts";
import { appPasswordStore } from "./app-passwords.ts";
import { banStore } from "./bans.ts";
import { decisionStore } from "./decisions.ts";
import { domainStore } from "./domains.ts";
import type { Engine } from "./engine.ts";
import { dropArrivals } from "./messages/body.ts";
import { messageStore } from "./messages/messages.ts";
import { grantStore } from "./grants.ts";
import { migrations } from "./migrations/all.ts";
import { migrate } from "./migrations/migrate.ts";
import { openSqlite } from "./sqlite/engine.ts";
import { stopStore } from "./stops.ts";
import type { Store } from "./store.ts";

/**
 * Opens the store in the file `path` for this process alone, or makes a new one (0600, in a
 * directory of 0700). What arrived by half before the last stop is thrown away.
 * @throws {StoreError} `locked`, `damaged`, `newer`, `full` or `failed`
 */
export async function openStore({ path }: { readonly path: string }): Promise<Store> {
  const engine = await openSqlite(path);
  try {
    await migrate(engine, migrations);
    await dropArrivals(engine);
    return storeOn(engine);
  } catch (error) {
    await engine.close();
    throw error;
  }
}

function storeOn(engine: Engine): Store {
  return {
    messages: messageStore(engine),
    accounts: accountStore(engine),
    addresses: addressStore(engine),
    appPasswords: appPasswordStore(engine),
    domains: domainStore(engine),
    decisions: decisionStore(engine),
    bans: banStore(engine),
    stops: stopStore(engine),
    grants: grantStore(engine),
    statistics: () => engine.statistics(),
    close: () => engine.close(),
  };
}
