// What the store needs before the first message: keys that sign, and somebody to read mail. Each step
// says what it did, or that it was done before, so that a run that was cut off is simply run again.
// A later part that the first run should set up, such as the operator of a page, is one more step.

import type { Settings } from "../../core/config/settings.ts";
import { type Address, formatAddress, mailboxKey } from "../../core/mail/address.ts";
import type { Operations } from "../../server/admin/operations.ts";
import type { Given } from "./given.ts";
import { readAccount } from "./readers.ts";
import { collectAccountPassword } from "./secrets.ts";
import type { Terminal } from "./terminal.ts";

export interface SettleOptions {
  readonly settings: Settings;
  readonly operations: Operations;
  readonly given: Given;
  readonly terminal: Terminal | undefined;
  /** Told of each thing that was done, or that was done before, when it is. */
  readonly say: (text: string) => void;
}

/** Of each domain that has none yet. */
export async function makeKeys({ settings, operations, say }: SettleOptions): Promise<void> {
  for (const { name, deliver } of settings.domains) {
    if (deliver.to === "relay") continue;
    // oxlint-disable-next-line no-await-in-loop -- in their order
    const there = await operations.dkimList(name);
    if (there.length > 0) {
      say(`keys     ${name} has its keys (DKIM) already`);
      continue;
    }
    // oxlint-disable-next-line no-await-in-loop
    const made = await operations.dkimPrepare(name);
    say(`keys     those of ${name} are made (DKIM); they sign once the DNS has ${made.name}`);
  }
}

/** The first account; one that is there, where there is one. */
export async function makeAccount(options: SettleOptions): Promise<Address | undefined> {
  const { settings, operations, given, terminal, say } = options;
  const [domain] = settings.domains.filter(({ deliver }) => deliver.to !== "relay");
  if (domain === undefined) return undefined;
  const accounts = await operations.accountList(null);
  const [first] = accounts;
  if (first !== undefined && (given.account === undefined || given.account === null)) {
    const more = accounts.length > 1 ? `, and ${accounts.length - 1} more` : "";
    say(`account  ${formatAddress(first.address)} is there already${more}`);
    return first.address;
  }
  const wanted = await whichAccount(options, `postmaster@${domain.name}`);
  if (wanted === null) {
    say("account  none is made; later: bailiwick account add ADDRESS");
    return undefined;
  }
  const name = formatAddress(wanted);
  if (accounts.some(({ address }) => mailboxKey(address) === mailboxKey(wanted))) {
    say(`account  ${name} is there already; a new password: bailiwick account passwd ${name}`);
    return wanted;
  }
  const { credentials, generated } = await collectAccountPassword(
    given.passwordFile,
    name,
    terminal,
  );
  // Said first: a password that nobody has seen would be worse than one without an account.
  if (generated !== undefined) say(`password ${generated} is for ${name}, and is shown only now`);
  await operations.accountAdd(wanted, credentials);
  say(`account  ${name} is made`);
  return wanted;
}

async function whichAccount(
  { given, terminal }: SettleOptions,
  suggestion: string,
): Promise<Address | null> {
  if (given.account !== undefined) return given.account;
  if (terminal !== undefined) {
    terminal.say(
      "\nWhose is the first mailbox? It can log in, send and read mail. Others write to postmaster when\n" +
        'something is wrong, so somebody should read that; "none" for no mailbox yet.\n',
    );
    return terminal.ask("First account", readAccount, suggestion);
  }
  const suggested = readAccount(suggestion);
  return given.yes && suggested.ok ? suggested.value : null;
}
