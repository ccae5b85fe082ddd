// The operator's acts on forwards and lists.

import {
  type Forward,
  type ForwardRule,
  maxNesting,
  maxTargets,
} from "../../core/forwards/forward.ts";
import { type Address, formatAddress, mailboxKey } from "../../core/mail/address.ts";
import { formatAddressPattern, patternKey } from "../../core/mail/address-pattern.ts";
import type { Domain } from "../../core/mail/domain.ts";
import { mailboxKeys } from "../../core/mail/mailbox-keys.ts";
import type { Store } from "../../io/store/store.ts";
import {
  type ForwardRequest,
  MissingError,
  OperationError,
  type StoreOperations,
} from "./operations.ts";

export interface ForwardOptions {
  readonly store: Pick<Store, "accounts" | "addresses" | "forwards">;
  /** Throws where the domain is not one whose accounts are here. */
  readonly requireAccountDomain: (name: Domain) => Promise<void>;
  /** Finds out where mail for domains goes, as it is now. */
  readonly places: () => Promise<PlaceOf>;
}

/** Undefined for foreign domains. */
export type PlaceOf = (name: Domain) => "mailboxes" | "relay" | "none" | undefined;

type ForwardOperations = Pick<
  StoreOperations,
  "forwardAdd" | "forwardList" | "forwardSearch" | "forwardRemove"
>;

export function createForwardOperations(options: ForwardOptions): ForwardOperations {
  const { store, requireAccountDomain, places } = options;
  const { accounts, addresses, forwards } = store;

  async function requireAccount(address: Address): Promise<string> {
    const key = mailboxKey(address);
    if ((await accounts.find(key)) !== undefined) return key;
    throw new OperationError(`there is no account ${formatAddress(address)} to keep copies in`);
  }

  async function requireOwner(owner: Address, key: string): Promise<Address> {
    const name = formatAddress(owner);
    if ((await places())(owner.domain) !== "mailboxes") {
      throw new OperationError(
        `the owner ${name} is no address of ours: bounces could not come there, nor SPF hold`,
      );
    }
    const holder = await addresses.holderOf(mailboxKeys(owner));
    if (holder === undefined) throw new OperationError(`there is no address ${name} here`);
    if (holder.kind === "forward" && holder.key === key) {
      throw new OperationError(`${name} is the list itself: its bounces would go to its members`);
    }
    return owner;
  }

  async function ruleFrom(request: ForwardRequest, before: Forward | undefined) {
    const key = patternKey(request.address);
    const { keep, owner, membersOnly } = request;
    const rule: ForwardRule = {
      key,
      keep: keep ? await requireAccount(keep) : keep === null ? null : (before?.keep ?? null),
      owner: owner
        ? await requireOwner(owner, key)
        : owner === null
          ? null
          : (before?.owner ?? null),
      membersOnly: membersOnly ?? before?.membersOnly ?? false,
    };
    return rule;
  }

  /** Each must take mail: here at least that can be known. */
  async function requireTargets(targets: readonly Address[]): Promise<readonly Address[]> {
    const ours: Address[] = [];
    const placeOf = await places();
    for (const [domain, there] of Map.groupBy(targets, (target) => target.domain)) {
      const place = placeOf(domain);
      if (place === "mailboxes") ours.push(...there);
      if (place === "none") {
        throw new OperationError(`${domain} only sends; no mail for it is taken`);
      }
    }
    const holders = await addresses.holders(ours.flatMap(mailboxKeys));
    const missing = ours.find((target) => !mailboxKeys(target).some((key) => holders.has(key)));
    if (missing !== undefined) {
      throw new OperationError(`there is no address ${formatAddress(missing)} here`);
    }
    return ours;
  }

  /** What leads to what, as far as it is ours. */
  async function requireNoCircle(key: string, targets: readonly Address[]): Promise<void> {
    const seen = new Set<string>();
    let level = targets;
    for (let depth = 1; level.length > 0; depth++) {
      if (depth > maxNesting) {
        throw new OperationError(`${key} would lead through over ${maxNesting} forwards`);
      }
      // oxlint-disable-next-line no-await-in-loop -- each level is found by the one before
      const next = await forwardsAt(level);
      if (next.includes(key)) {
        throw new OperationError(`${key} would lead back to itself: mail would go in circles`);
      }
      const fresh = next.filter((each) => !seen.has(each));
      for (const each of fresh) seen.add(each);
      // oxlint-disable-next-line no-await-in-loop
      level = (await Promise.all(fresh.map((each) => forwards.find(each)))).flatMap(
        (forward) => forward?.targets ?? [],
      );
    }
  }

  async function forwardsAt(targets: readonly Address[]): Promise<readonly string[]> {
    const holders = await addresses.holders(targets.flatMap(mailboxKeys));
    return targets.flatMap((target) => {
      const key = mailboxKeys(target).find((each) => holders.has(each));
      const holder = key === undefined ? undefined : holders.get(key);
      return holder?.kind === "forward" ? [holder.key] : [];
    });
  }

  async function requireFree(key: string, before: Forward | undefined): Promise<boolean> {
    if (before !== undefined) return (await accounts.find(key)) !== undefined;
    const holder = await addresses.holderOf([key]);
    if (holder?.kind !== "account") return false;
    if (holder.account === key) return true;
    throw new OperationError(
      `${key} is an address of ${holder.account}; take it away first: bailiwick address remove ${key} ${holder.account}`,
    );
  }

  return {
    async forwardAdd(request) {
      const key = patternKey(request.address);
      await requireAccountDomain(request.address.domain);
      const before = await forwards.find(key);
      const isAccount = await requireFree(key, before);
      const targets = distinct(request.targets);
      if (targets.some((target) => mailboxKey(target) === key)) {
        throw new OperationError(`${key} cannot be sent on to itself; for a copy there: --keep`);
      }
      const all = distinct([...(before?.targets ?? []), ...targets]);
      if (all.length === 0) throw new OperationError(`${key} needs an address to be sent on to`);
      if (all.length > maxTargets) {
        throw new OperationError(`${key} would have ${all.length} targets, over ${maxTargets}`);
      }
      const rule = await ruleFrom(request, before);
      await requireNoCircle(key, await requireTargets(targets));
      await forwards.put(rule, targets);
      return { targets: all.length, hidesMailbox: isAccount && rule.keep !== key };
    },
    async forwardList(address) {
      if (address === null) return forwards.list();
      const found = await forwards.find(patternKey(address));
      if (found === undefined) throw noForward(formatAddressPattern(address));
      return [found];
    },
    forwardSearch: ({ text, about }, page) =>
      forwards.page(
        { ...(text !== null && { text }), ...(about !== null && { about: mailboxKey(about) }) },
        page,
      ),
    async forwardRemove(address, targets) {
      const key = patternKey(address);
      const found = await forwards.find(key);
      if (found === undefined) throw noForward(key);
      if (targets.length === 0) return void (await forwards.remove(key));
      const gone = new Set(targets.map(mailboxKey));
      const known = new Set(found.targets.map(mailboxKey));
      const missing = targets.find((target) => !known.has(mailboxKey(target)));
      if (missing !== undefined) {
        throw new OperationError(`${key} is not sent on to ${formatAddress(missing)}`);
      }
      if (gone.size === known.size) {
        throw new OperationError(
          `${key} would be sent on to nobody; to remove it: bailiwick forward remove ${key}`,
        );
      }
      await forwards.removeTargets(key, [...gone]);
    },
  };
}

/** As each was written first. */
function distinct(addresses: readonly Address[]): readonly Address[] {
  const known = new Map<string, Address>();
  for (const each of addresses) {
    const key = mailboxKey(each);
    if (!known.has(key)) known.set(key, each);
  }
  return [...known.values()];
}

function noForward(name: string): MissingError {
  return new MissingError(`there is no forward ${name}; see: bailiwick forward list`);
}
