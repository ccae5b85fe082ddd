// What the store needs before the first message: keys that sign, somebody to read mail, and somebody who
// may see the page. Each step says what it did, or that it was done before, so that a run that was cut
// off is simply run again.

import type { ListenerSettings, Settings } from "../../core/config/settings.ts";
import { formatEndpoint } from "../../core/config/values/endpoint.ts";
import { type Address, formatAddress, mailboxKey } from "../../core/mail/address.ts";
import { makeCredentials } from "../../io/password/credentials.ts";
import { hashOperatorPassword } from "../../io/password/operator-password.ts";
import type { Operations } from "../../server/admin/operations.ts";
import type { Given } from "./given.ts";
import { readAccount, readOperator } from "./readers.ts";
import { choosePassword, type ChosenPassword } from "./secrets.ts";
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
  const file = given.passwordFile;
  const chosen = await choosePassword({ file, whose: name, terminal, keep: makeCredentials });
  showGenerated(chosen, name, say);
  await operations.accountAdd(wanted, chosen.kept);
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

/** Said before it counts: a password that nobody has seen would be worse than none. */
function showGenerated(
  { generated }: Pick<ChosenPassword<unknown>, "generated">,
  whose: string,
  say: SettleOptions["say"],
): void {
  if (generated !== undefined) say(`password ${generated} is for ${whose}, and is shown only now`);
}

/** Who may log in to the page, where there is one. */
export async function makeOperator(options: SettleOptions): Promise<void> {
  const { settings, operations, given, terminal, say } = options;
  const admin = settings.listeners.find(({ role }) => role === "admin");
  if (admin === undefined) return;
  const operators = await operations.operatorList();
  const [first] = operators;
  if (first !== undefined && (given.operator === undefined || given.operator === null)) {
    say(`operator ${first.name} is there already`);
    return;
  }
  const name = await whichOperator(options);
  if (name === null) {
    say("operator none is added; later: bailiwick operator add NAME");
    return;
  }
  if (operators.some((each) => each.name === name)) {
    say(`operator ${name} is there already; a new password: bailiwick operator password ${name}`);
    return;
  }
  const file = given.operatorPasswordFile;
  const whose = `the operator ${name}`;
  const chosen = await choosePassword({ file, whose, terminal, keep: hashOperatorPassword });
  showGenerated(chosen, whose, say);
  await operations.operatorAdd(name, chosen.kept);
  say(`operator ${name} may log in to the page: ${pageOf(admin)}`);
}

function pageOf({ tls, listen: [endpoint] }: ListenerSettings): string {
  if (endpoint === undefined) return "";
  return `${tls === "implicit" ? "https" : "http"}://${formatEndpoint(endpoint)}/`;
}

const usualOperator = "admin";

async function whichOperator({ given, terminal }: SettleOptions): Promise<string | null> {
  if (given.operator !== undefined) return given.operator;
  if (terminal === undefined) return given.yes ? usualOperator : null;
  terminal.say(
    '\nWho may log in to the page of this server, which this machine alone reaches? A name; "none" for\n' +
      "nobody yet.\n",
  );
  return terminal.ask("Operator", readOperator, usualOperator);
}
