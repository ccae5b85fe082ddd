// vpopmail's users as accounts of ours, with all the addresses that lead to them.

import { mailboxKey, parseAddress } from "../mail/address.ts";
import { parseAddressPattern } from "../mail/address-pattern.ts";
import { type Domain, parseDomain } from "../mail/domain.ts";
import { type Alias, AliasBook, describe, isVpopmails, type Target } from "./aliases.ts";
import { type Delivery, readDeliveries } from "./dot-qmail.ts";
import type { From } from "./draft.ts";
import { type At, counted, type Report } from "./report.ts";
import type { Toaster, VpopmailUser } from "./toaster.ts";

export interface DraftAccount {
  /** `alice@example.org` */
  readonly name: string;
  readonly aliases: readonly string[];
  /** Its old mailbox's path on the installation; undefined where there is none yet. */
  readonly maildir: string | undefined;
}

export interface AccountSources {
  readonly toaster: Toaster;
  readonly aliases: readonly Alias[];
  readonly locals: readonly Domain[];
  /** The configuration's domains with mailboxes. */
  readonly domains: ReadonlySet<Domain>;
  /** Other names of vpopmail's domains, each with the domain that holds its users. */
  readonly otherNames: ReadonlyMap<Domain, Domain>;
  readonly defaultDomain: Domain | undefined;
}

export interface Accounts {
  readonly accounts: readonly DraftAccount[];
  /** Where qmail sent the postmaster's mail. */
  readonly postmaster: From<string> | undefined;
}

/** vpopmail.h */
const bounceMail = 0x10;

interface Holder {
  readonly name: string;
  readonly user: VpopmailUser;
  readonly aliases: Set<string>;
}

export function findAccounts(sources: AccountSources, report: Report): Accounts {
  const holders = findHolders(sources, report);
  const book = new AliasBook({
    aliases: sources.aliases,
    accounts: new Set(holders.keys()),
    maildirs: new Map([...holders].map(([name, { user }]) => [`${user.folder}/Maildir`, name])),
    realDomain: (domain) => sources.otherNames.get(domain) ?? domain,
    defaultDomain: sources.defaultDomain,
  });
  const adding = { holders, claimed: new Map<string, string>(), report };
  let postmaster: From<string> | undefined;
  for (const alias of sources.aliases) {
    const target = book.targetOf(alias);
    if (isPostmasters(alias, sources) && target.kind === "account") {
      postmaster ??= { value: target.account, at: alias.at };
    }
    if (!sources.domains.has(alias.domain)) continue;
    reportWholeDomain(alias, sources, report);
    addAlias(alias, target, adding);
  }
  for (const holder of holders.values()) reportOwnForward(holder, report);
  addOtherNames(sources.otherNames, holders, sources.domains);
  const accounts = [...holders.values()].map(({ name, user, aliases }) => ({
    name,
    aliases: [...aliases],
    maildir: user.hasMaildir ? `${user.folder}/Maildir` : undefined,
  }));
  return { accounts, postmaster };
}

/** vpopmail's own domains have a user of that name. */
function isPostmasters({ local, domain }: Alias, { locals }: AccountSources): boolean {
  return local === "postmaster" && locals.includes(domain);
}

function findHolders(
  { toaster, domains }: AccountSources,
  report: Report,
): ReadonlyMap<string, Holder> {
  const holders = new Map<string, Holder>();
  for (const { name, users } of toaster.domains) {
    const domain = parseDomain(name);
    if (domain === undefined || !domains.has(domain)) continue;
    for (const user of users) {
      const address = parseAddress(`${user.name}@${domain}`);
      if (!address.ok)
        report.operator(user.at, `${user.name}@${domain} is no address, so it gets no account`);
      else if ((user.flags & bounceMail) !== 0) {
        report.operator(
          user.at,
          `${user.name}@${domain} gets no account: its mail was bounced (BOUNCE_MAIL), and is refused here`,
        );
      } else {
        const key = mailboxKey(address.value);
        if (!holders.has(key)) holders.set(key, { name: key, user, aliases: new Set() });
      }
    }
  }
  return holders;
}

interface Adding {
  readonly holders: ReadonlyMap<string, Holder>;
  /** Aliases so far, with their accounts. */
  readonly claimed: Map<string, string>;
  readonly report: Report;
}

function addAlias(alias: Alias, target: Target, { holders, claimed, report }: Adding): void {
  const written = `${alias.local ?? ""}@${alias.domain}`;
  const pattern = parseAddressPattern(written);
  const what = alias.local === undefined ? `all that nobody has at ${alias.domain}` : written;
  switch (target.kind) {
    case "account":
      if (target.account === written) return;
      if (pattern === undefined || written.includes('"')) {
        return report.operator(
          alias.at,
          `${what} is no address that can be written in the list of accounts`,
        );
      }
      if (claimed.has(written) && claimed.get(written) !== target.account) {
        return report.operator(
          alias.at,
          `${what} leads to ${target.account} here and to ${claimed.get(written)} elsewhere; the latter is taken`,
        );
      }
      if (holders.has(written)) {
        return report.operator(
          alias.at,
          `${what} led to ${target.account} although there is a user of that name; here the mail goes to the user's own mailbox`,
        );
      }
      claimed.set(written, target.account);
      holders.get(target.account)?.aliases.add(written);
      return report.taken(alias.at, `${what} leads to ${target.account}`);
    case "nobody":
      return;
    case "discarded":
      return report.translated(alias.at, `mail for ${what} was thrown away; here it is refused`);
    case "impossible": {
      const then = holders.has(written)
        ? "here it goes to the mailbox of the user of that name"
        : "mail for it is refused here";
      return report.operator(alias.at, `${what}: ${target.why}; ${then}`);
    }
  }
}

/** All mail of a domain of vpopmail's comes by `.qmail-default`, that of its users as well. */
function reportWholeDomain(
  { local, domain, deliveries = [], folder, at }: Alias,
  { toaster }: AccountSources,
  report: Report,
): void {
  if (local !== undefined || !toaster.domains.some((each) => each.folder === folder)) return;
  const others = deliveries.filter((delivery) => !isVpopmails(delivery));
  if (others.length === 0) return;
  const also = others.length < deliveries.length ? " besides" : "";
  report.operator(
    at,
    `all mail for ${domain}, that of its users as well, went to ${others.map(describe).join(", ")}${also}; here that of a user goes into the mailbox, and nowhere else`,
  );
}

/** A user's own `.qmail` may send the mail elsewhere. */
function reportOwnForward({ name, user }: Holder, report: Report): void {
  if (user.dotQmail === undefined) return;
  const deliveries = readDeliveries(user.dotQmail.text) ?? [];
  const foreign = deliveries.filter((delivery) => !isOwn(delivery, user));
  if (deliveries.length === 0 && !user.dotQmail.text.startsWith("#")) return;
  if (deliveries.length > 0 && foreign.length === 0) return;
  const what =
    deliveries.length === 0 ? "was thrown away" : `went to ${foreign.map(describe).join(", ")}`;
  const also = foreign.length < deliveries.length ? " as well as into the mailbox" : "";
  report.operator(
    { path: user.dotQmail.path },
    `the mail of ${name} ${what}${also}; here it goes into the mailbox, and nowhere else`,
  );
}

function isOwn(delivery: Delivery, user: VpopmailUser): boolean {
  if (delivery.kind !== "maildir") return isVpopmails(delivery);
  const path = delivery.path.replace(/^\.\//, `${user.folder}/`);
  return path === `${user.folder}/Maildir`;
}

/** Every address of a domain leads to the same account under each other name of it. */
function addOtherNames(
  otherNames: ReadonlyMap<Domain, Domain>,
  holders: ReadonlyMap<string, Holder>,
  domains: ReadonlySet<Domain>,
): void {
  const names = new Map<Domain, Domain[]>();
  for (const [other, real] of otherNames) {
    if (domains.has(other)) names.set(real, [...(names.get(real) ?? []), other]);
  }
  const taken = new Set([...holders.values()].flatMap(({ name, aliases }) => [name, ...aliases]));
  for (const { name, aliases } of holders.values()) {
    for (const address of [name, ...aliases]) {
      const at = address.lastIndexOf("@");
      for (const other of names.get(address.slice(at + 1)) ?? []) {
        const again = `${address.slice(0, at)}@${other}`;
        if (!taken.has(again)) aliases.add(again);
        taken.add(again);
      }
    }
  }
}

/** For `bailiwick account import`. Nothing in it needs to be quoted: see where names are read. */
export function formatAccountList(accounts: readonly DraftAccount[]): string {
  const lines = accounts.map(({ name, aliases }) => `${name},${aliases.join(" ")}\n`);
  return `address,aliases\n${lines.join("")}`;
}

export function reportAccounts(accounts: readonly DraftAccount[], at: At, report: Report): void {
  if (accounts.length === 0) return;
  const aliases = accounts.reduce((sum, each) => sum + each.aliases.length, 0);
  report.taken(
    at,
    `${counted(accounts.length, "account")} with ${counted(aliases, "further address", "further addresses")}`,
  );
}
