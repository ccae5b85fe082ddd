// Opens the store that the configuration names.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { errorText } from "../core/error-text.ts";
import type { Settings, StoreDatabaseSettings } from "../core/config/settings.ts";
import { type ReadSecret, readOwnSecret } from "../io/process/secret.ts";
import { openStore, type StorePlace } from "../io/store/open.ts";
import type { SharingOptions } from "../io/store/sharing.ts";
import type { Store } from "../io/store/store.ts";
import { ConfigurationError } from "./errors.ts";

/**
 * @param sharing for a server; a command leaves it out
 * @throws {StoreError}
 * @throws {ConfigurationError} where its password or its authorities cannot be read
 */
export async function openStoreOf(settings: Settings, sharing?: SharingOptions): Promise<Store> {
  return openStore(await findStore(settings), sharing);
}

/** Reads what it takes to open the store.
 * @throws {ConfigurationError} where its password or its authorities cannot be read */
export async function findStore(
  { data, store }: Settings,
  read: ReadSecret = readOwnSecret,
): Promise<StorePlace> {
  if (store.kind === "sqlite") return { path: join(data, "store.db") };
  const { at, user, database, tls } = store;
  const password = await passwordOf(store, read);
  const ca = tls?.ca === undefined ? undefined : await readAuthorities(tls.ca);
  return {
    mysql: { at, user, password, database, ...(tls && { tls: ca === undefined ? {} : { ca } }) },
  };
}

async function passwordOf({ password }: StoreDatabaseSettings, read: ReadSecret): Promise<string> {
  if (password === undefined) return "";
  if ("value" in password) return password.value;
  const secret = await read(password);
  if (secret.ok) return secret.value;
  throw new ConfigurationError(`the password of the store: ${secret.problem}`);
}

async function readAuthorities(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new ConfigurationError(`the authorities of the store (ca=): ${errorText(error)}`);
  }
}
