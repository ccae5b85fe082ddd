// What lies in a mailbox of a server under test.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { callOperation } from "./control.ts";
import type { TestServer } from "./server.ts";
import { waitUntil } from "./wait.ts";

/** The folder of an account, such as `alice@example.org`. */
function mailboxOf({ dataFolder }: Pick<TestServer, "dataFolder">, account: string): string {
  const [local = "", domain = ""] = account.split("@");
  return join(dataFolder, "mail", domain, local);
}

/** The messages that have arrived and nobody has seen, in no order. */
export async function newMail(
  server: Pick<TestServer, "dataFolder">,
  account: string,
): Promise<readonly string[]> {
  const folder = join(mailboxOf(server, account), "new");
  const names = await readdir(folder).catch(() => []); // made with the first delivery
  return Promise.all(names.map((name) => readFile(join(folder, name), "latin1")));
}

/** Waits until so many have arrived. */
export async function untilMail(
  server: Pick<TestServer, "dataFolder">,
  account: string,
  count: number,
): Promise<readonly string[]> {
  return waitUntil(`${account} has ${count} messages`, async () => {
    const mail = await newMail(server, account);
    return mail.length >= count && mail;
  });
}

/** Adds accounts that can only receive, to a server that runs. */
export async function addAccounts(
  server: Pick<TestServer, "dataFolder">,
  ...accounts: readonly string[]
): Promise<void> {
  for (const account of accounts) {
    const [local, domain] = account.split("@");
    await callOperation(server, "accountAdd", { local, domain }, null);
  }
}
