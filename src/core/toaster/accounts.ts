// vpopmail's users as accounts of ours, with all the addresses that lead to them.

import { formatForward, type ListedForward, readForwardList } from "../forwards/forward-list.ts";
import { mailboxKey, parseAddress } from "../mail/address.ts";
import { parseAddressPattern } from "../mail/address-pattern.ts";
import { type Domain, parseDomain } from "../mail/domain.ts";
import { type Alias, AliasBook, describe, isVpopmails, type Target } from "./aliases.ts";
import { type Delivery, readDeliveries } from "./dot-qmail.ts";
import type { From } from "./draft.ts";
import { type At, counted, listed, type Report } from "./report.ts";
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
  readonly forwards: readonly ListedForward[];
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
    isOurs: (domain) => sources.domains.has(domain) || sources.locals.includes(domain),
    maildirs: new Map([...holders].map(([name, { user }]) => [`${user.folder}/Maildir`, name])),
    realDomain: (domain) => sources.otherNames.get(domain) ?? domain,
    defaultDomain: sources.defaultDomain,
  });
  const forwards = new Map<string, ListedForward>();
  const adding: Adding = { holders, forwards, claimed: new Map(), report };
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
  for (const holder of holders.values()) addOwnForward(holder, book, adding);
  addOtherNames(sources.otherNames, holders, forwards, sources.domains);
  const accounts = [...holders.values()].map(({ name, user, aliases }) => ({
    name,
    aliases: [...aliases],
    maildir: user.hasMaildir ? `${user.folder}/Maildir` : undefined,
  }));
  return { accounts, forwards: [...forwards.values()], postmaster };
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
  /** By what is sent on. */
  readonly forwards: Map<string, ListedForward>;
  /** Aliases so far, with their accounts. */
  readonly claimed: Map<string, string>;
  readonly report: Report;
}

function addAlias(alias: Alias, target: Target, adding: Adding): void {
  const { holders, claimed, report } = adding;
  const written = `${alias.local ?? ""}@${alias.domain}`;
  const what = alias.local === undefined ? `all that nobody has at ${alias.domain}` : written;
  switch (target.kind) {
    case "account":
      if (target.account === written) return;
      if (parseAddressPattern(written) === undefined || written.includes('"')) {
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
        const onward = { targets: [target.account], keep: undefined, leftOut: [] };
        return addForward({ written, what, at: alias.at }, onward, adding);
      }
      claimed.set(written, target.account);
      holders.get(target.account)?.aliases.add(written);
      return report.taken(alias.at, `${what} leads to ${target.account}`);
    case "forward":
      return addForward({ written, what, at: alias.at }, target, adding);
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

interface Named {
  readonly written: string;
  /** For people. */
  readonly what: string;
  readonly at: At;
}

function addForward(
  { written, what, at }: Named,
  {
    targets,
    keep,
    leftOut,
  }: Pick<Extract<Target, { kind: "forward" }>, "targets" | "keep" | "leftOut">,
  { claimed, forwards, report }: Adding,
): void {
  const [read] = readForwardList(
    `${written}: ${[...(keep === undefined ? [] : [`keep=${keep}`]), ...targets].join(", ")}`,
  );
  if (read?.forward.ok !== true) {
    return report.operator(at, `${what} cannot be written in the list of forwards`);
  }
  const text = formatForward(read.forward.value);
  const before = claimed.get(written);
  if (before !== undefined && before !== text) {
    return report.operator(
      at,
      `${what} stands elsewhere as well, which is taken: ${before.trim()}`,
    );
  }
  if (before === text) return;
  claimed.set(written, text);
  forwards.set(written, read.forward.value);
  const copy = keep === undefined ? "" : ", with a copy into the mailbox";
  report.taken(at, `mail for ${what} is sent on to ${listed(targets)}${copy}`);
  for (const each of leftOut) {
    report.operator(at, `${what} has a delivery that is left out: ${each}`);
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

/** A user's own `.qmail` may send the mail elsewhere. The domain's file of that name comes before it. */
function addOwnForward({ name, user }: Holder, book: AliasBook, adding: Adding): void {
  if (user.dotQmail === undefined || adding.claimed.has(name)) return;
  const at = { path: user.dotQmail.path };
  const deliveries = readDeliveries(user.dotQmail.text);
  if (deliveries === undefined) return;
  if (deliveries.length === 0) {
    return adding.report.operator(
      at,
      `the mail of ${name} was thrown away; here it goes into the mailbox`,
    );
  }
  const end = name.lastIndexOf("@");
  const [local, domain] = [name.slice(0, end), name.slice(end + 1)];
  const target = book.targetOf({ local, domain, deliveries, folder: user.folder, at });
  const named = { written: name, what: name, at };
  switch (target.kind) {
    case "account":
      if (target.account === name) return;
      return addForward(named, { targets: [target.account], keep: undefined, leftOut: [] }, adding);
    case "forward":
      return addForward(named, target, adding);
    case "nobody":
    case "discarded":
    case "impossible": {
      const others = deliveries.filter((delivery) => !isOwn(delivery, user));
      const also = others.length < deliveries.length ? " as well as into the mailbox" : "";
      return adding.report.operator(
        at,
        `the mail of ${name} went to ${others.map(describe).join(", ")}${also}; here it goes into the mailbox, and nowhere else`,
      );
    }
  }
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
  forwards: Map<string, ListedForward>,
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
  // An account's own forward holds for all its aliases.
  for (const [written, forward] of [...forwards].filter(([each]) => !holders.has(each))) {
    const { local, domain } = forward.address;
    for (const other of names.get(domain) ?? []) {
      const again = `${written.slice(0, written.lastIndexOf("@"))}@${other}`;
      if (taken.has(again) || forwards.has(again)) continue;
      const targets = local === null ? forward.targets : [{ local, domain }];
      forwards.set(again, { ...forward, address: { local, domain: other }, targets, keep: null });
    }
  }
}

/** For `bailiwick account import`. Nothing in it needs to be quoted: see where names are read. */
export function formatAccountList(accounts: readonly DraftAccount[]): string {
  const lines = accounts.map(({ name, aliases }) => `${name},${aliases.join(" ")}\n`);
  return `address,aliases\n${lines.join("")}`;
}

/** For `bailiwick forward import`; undefined where there are none. */
export function formatForwards(forwards: readonly ListedForward[]): string | undefined {
  return forwards.length === 0 ? undefined : forwards.map(formatForward).join("");
}

export function reportAccounts(accounts: readonly DraftAccount[], at: At, report: Report): void {
  if (accounts.length === 0) return;
  const aliases = accounts.reduce((sum, each) => sum + each.aliases.length, 0);
  report.taken(
    at,
    `${counted(accounts.length, "account")} with ${counted(aliases, "further address", "further addresses")}`,
  );
}
