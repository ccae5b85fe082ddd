// Where addresses lead that are no user's own: through aliases of aliases, to an account of ours, on to
// others, or to something that cannot be said here.

import { parseAddress } from "../mail/address.ts";
import { type Domain, parseDomain } from "../mail/domain.ts";
import { type Delivery, describeProgram, isOwnDelivery, readCatchAll } from "./dot-qmail.ts";
import type { At } from "./report.ts";

/** What a .qmail file, or the lines of `valias`, say of an address. */
export interface Alias {
  /** Undefined for all that nobody has in the domain. */
  readonly local: string | undefined;
  readonly domain: Domain;
  /** Undefined: qmail's default delivery. */
  readonly deliveries: readonly Delivery[] | undefined;
  /** At which relative paths in it start. */
  readonly folder: string;
  readonly at: At;
}

export type Target =
  /** As accounts are named: `alice@example.org`. */
  | { readonly kind: "account"; readonly account: string }
  | SentOn
  /** Refused here as it was there. */
  | { readonly kind: "nobody" }
  /** Its mail was thrown away. */
  | { readonly kind: "discarded" }
  | { readonly kind: "impossible"; readonly why: string };

interface SentOn {
  readonly kind: "forward";
  /** As they are written in a list of forwards. */
  readonly targets: readonly string[];
  /** The account whose mailbox gets a copy: that of the address itself. */
  readonly keep: string | undefined;
  /** What cannot be said here of its deliveries, each with the reason. */
  readonly leftOut: readonly string[];
}

export interface AliasWorld {
  readonly aliases: readonly Alias[];
  /** Accounts by name, `local@domain`. */
  readonly accounts: ReadonlySet<string>;
  /** Accounts by their Maildir's path. */
  readonly maildirs: ReadonlyMap<string, string>;
  readonly isOurs: (domain: Domain) => boolean;
  /** The domain that holds the users of one that is another name of it. */
  readonly realDomain: (domain: Domain) => Domain;
  /** Completes a bare local part in a .qmail file. */
  readonly defaultDomain: Domain | undefined;
}

/** Aliases of aliases that are followed; more go in circles. */
const deepest = 20;

export class AliasBook {
  readonly #world: AliasWorld;
  readonly #byName = new Map<string, Alias>();
  readonly #catchAll = new Map<Domain, Alias>();
  readonly #maildirs = new Map<string, string>();

  constructor(world: AliasWorld) {
    this.#world = world;
    for (const [path, account] of world.maildirs) this.#maildirs.set(belowDomains(path), account);
    for (const alias of world.aliases) {
      if (alias.local === undefined) this.#catchAll.set(alias.domain, alias);
      else this.#byName.set(`${alias.local}@${alias.domain}`, alias);
    }
  }

  /** Where an alias' own mail goes. */
  targetOf(alias: Alias): Target {
    return this.#follow(alias, 0);
  }

  #follow(alias: Alias, depth: number): Target {
    const deliveries = deliveriesOf(alias);
    if (deliveries === undefined) {
      return impossible("it goes to qmail's default delivery, a mailbox of the user alias");
    }
    const [first, second] = deliveries;
    if (first === undefined) return { kind: "discarded" };
    return second === undefined ? this.#one(first, alias, depth) : this.#several(alias, deliveries);
  }

  #one(first: Delivery, { local, domain, folder }: Alias, depth: number): Target {
    const own = local === undefined ? undefined : `${local}@${domain}`;
    switch (first.kind) {
      case "forward":
        return this.#lookUp(first.to, depth + 1);
      case "maildir": {
        const account = this.#ownerOf(resolve(folder, first.path));
        if (account !== undefined) return { kind: "account", account };
        return impossible(`it goes into the Maildir ${first.path}, which is no user's`);
      }
      case "mbox":
        return impossible(`it goes into the file ${first.path}, and here mail goes into Maildirs`);
      case "program":
        return this.#run(first.command, own, depth);
    }
  }

  /** All that can be said; a further alias among them is followed when its mail comes. */
  #several(alias: Alias, deliveries: readonly Delivery[]): Target {
    const own = `${alias.local ?? ""}@${alias.domain}`;
    const targets = new Set<string>();
    const leftOut: string[] = [];
    let keep: string | undefined;
    for (const delivery of deliveries) {
      const found = this.#one(delivery, alias, 0);
      const isOwn = found.kind === "account" && found.account === own;
      const isCircle =
        delivery.kind === "forward" &&
        (isOwn ||
          (found.kind === "forward" && found.targets.includes(own)) ||
          (alias.local === undefined && this.#isCaught(delivery.to, alias.domain)));
      if (isCircle) leftOut.push(`${describe(delivery)}: it leads in circles`);
      else if (isOwn) keep = own;
      else if (found.kind === "account") targets.add(found.account);
      else if (found.kind === "forward") for (const each of found.targets) targets.add(each);
      else {
        const why = found.kind === "impossible" ? found.why : "nobody has that address";
        leftOut.push(`${describe(delivery)}: ${why}`);
      }
    }
    if (targets.size > 0) return { kind: "forward", targets: [...targets], keep, leftOut };
    if (keep !== undefined && leftOut.length === 0) return { kind: "account", account: keep };
    return impossible(leftOut.join("; "));
  }

  #run(command: string, own: string | undefined, depth: number): Target {
    if (!isOwnDelivery(command)) return impossible(`it goes to ${describeProgram(command)}`);
    if (own !== undefined) return this.#accountNamed(own) ?? { kind: "nobody" };
    const rest = readCatchAll(command);
    if (rest === undefined || rest === "bounce-no-mailbox") return { kind: "nobody" };
    if (rest === "delete") return { kind: "discarded" };
    if (!rest.startsWith("/")) return this.#lookUp(rest, depth + 1);
    const account = this.#ownerOf(`${resolve("/", rest)}/Maildir`);
    if (account !== undefined) return { kind: "account", account };
    return impossible(`it goes into ${rest}, which is no user's folder`);
  }

  #lookUp(written: string, depth: number): Target {
    const { at, local, domain } = this.#read(written);
    if (domain === undefined || !parseAddress(`${local}@${domain}`).ok) {
      return impossible(`it forwards to ${written}, which is no address`);
    }
    if (depth > deepest) return impossible(`it leads in circles, by ${written}`);
    const name = `${local}@${this.#world.realDomain(domain)}`;
    const alias = this.#byName.get(name);
    if (hasSeveral(alias)) return sentOn(name);
    if (alias !== undefined) return this.#follow(alias, depth);
    const account = this.#accountNamed(name);
    if (account !== undefined) return account;
    const catchAll = this.#catchAll.get(this.#world.realDomain(domain));
    if (hasSeveral(catchAll)) return sentOn(name);
    const caught = catchAll === undefined ? undefined : this.#follow(catchAll, depth);
    if (caught !== undefined && caught.kind !== "nobody") return caught;
    if (this.#world.isOurs(domain)) {
      return impossible(`it forwards to ${written}, which nobody has here`);
    }
    // In the words of its host, who may tell capitals apart; without them where that is us.
    return sentOn(at === -1 ? name : `${written.slice(0, at)}@${domain}`);
  }

  /** Local parts are compared without regard to capitals; a bare one is of the default domain. */
  #read(written: string) {
    const at = written.lastIndexOf("@");
    const local = (at === -1 ? written : written.slice(0, at)).toLowerCase();
    const domain = at === -1 ? this.#world.defaultDomain : parseDomain(written.slice(at + 1));
    return { at, local, domain };
  }

  /** Whether mail for that address comes to what takes the rest of the domain. */
  #isCaught(written: string, rest: Domain): boolean {
    const { local, domain } = this.#read(written);
    if (domain === undefined || this.#world.realDomain(domain) !== rest) return false;
    const name = `${local}@${rest}`;
    return !this.#byName.has(name) && !this.#world.accounts.has(name);
  }

  #ownerOf(maildir: string): string | undefined {
    return this.#maildirs.get(belowDomains(maildir));
  }

  #accountNamed(name: string): Target | undefined {
    return this.#world.accounts.has(name) ? { kind: "account", account: name } : undefined;
  }
}

/** vpopmail's own delivery, to its users. */
export function isVpopmails(delivery: Delivery): boolean {
  return delivery.kind === "program" && isOwnDelivery(delivery.command);
}

function sentOn(to: string): Target {
  return { kind: "forward", targets: [to], keep: undefined, leftOut: [] };
}

function impossible(why: string): Target {
  return { kind: "impossible", why };
}

export function describe(delivery: Delivery): string {
  switch (delivery.kind) {
    case "forward":
      return delivery.to;
    case "maildir":
    case "mbox":
      return delivery.path;
    case "program":
      // Its arguments are nobody's business.
      return `|${delivery.command.split(/\s/)[0] ?? ""}`;
  }
}

/** vpopmail's folder may lie elsewhere than where its own files say. */
function belowDomains(path: string): string {
  return path.replace(/^.*?\/domains\//, "");
}

/** An absolute path without `.`, `..` and doubled slashes. */
function resolve(folder: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith("/") ? path : `${folder}/${path}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** Beside vpopmail's own delivery the others of a catch-all got copies. */
function deliveriesOf({ local, deliveries }: Alias): Alias["deliveries"] {
  const ours = local === undefined ? deliveries?.filter(isVpopmails) : undefined;
  return ours !== undefined && ours.length > 0 ? ours : deliveries;
}

/** Where mail goes on to several, their mail is followed when it comes. */
function hasSeveral(alias: Alias | undefined): boolean {
  return alias !== undefined && (deliveriesOf(alias)?.length ?? 0) > 1;
}
