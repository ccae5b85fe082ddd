// The operator's acts on the store. Inside a server they also wake the queue and refresh what the
// server knows; the caller passes that in.

import { formatPlace } from "../../core/config/place.ts";
import type { DomainSettings } from "../../core/config/settings.ts";
import { formatHosts } from "../../core/config/values/next-hosts.ts";
import type { Domain } from "../../core/mail/domain.ts";
import type { Store } from "../../io/store/store.ts";
import { createAccountOperations, type Stops } from "./account-operations.ts";
import { createForwardOperations, type PlaceOf } from "./forward-operations.ts";
import { MissingError, OperationError, type StoreOperations } from "./operations.ts";

export interface LocalOptions {
  readonly store: Store;
  /** The domains of the configuration. */
  readonly domains: () => readonly DomainSettings[];
  /** UTC milliseconds. */
  readonly now: () => number;
  /** A new, short id. */
  readonly newId: () => string;
  /** The accounts whose sending is stopped. */
  readonly stops: Stops;
  /** Something in the queue may be due now. */
  readonly onQueueChanged: () => void;
  /** The list of domains in the store has changed. */
  readonly onDomainsChanged: () => Promise<void>;
}

const inWords = { mailboxes: "mailboxes", none: "nowhere" } as const;

export function createLocalOperations(options: LocalOptions): StoreOperations {
  const { domains } = options.store;

  function configured(name: Domain): DomainSettings | undefined {
    return options.domains().find((domain) => domain.name === name);
  }

  async function requireAccountDomain(name: Domain): Promise<void> {
    const settings = configured(name);
    if (settings?.deliver.to === "relay") {
      throw new OperationError(
        `${name} is handed on to another host (${formatPlace(settings.place)}); it has no mailboxes here`,
      );
    }
    if (settings !== undefined) return;
    const stored = await domains.list();
    if (stored.some((domain) => domain.name === name)) return;
    throw new OperationError(
      `${name} is not one of our domains; add it first: bailiwick domain add ${name}`,
    );
  }

  async function places(): Promise<PlaceOf> {
    const stored = new Map((await domains.list()).map(({ name, sendOnly }) => [name, sendOnly]));
    return (name) => {
      const isSendOnly = stored.get(name);
      const added = isSendOnly === undefined ? undefined : isSendOnly ? "none" : "mailboxes";
      return configured(name)?.deliver.to ?? added;
    };
  }

  return {
    ...createAccountOperations({
      store: options.store,
      requireAccountDomain,
      now: options.now,
      newId: options.newId,
      onQueueChanged: options.onQueueChanged,
      stops: options.stops,
    }),

    ...createForwardOperations({ store: options.store, requireAccountDomain, places }),

    async domainAdd(name, sendOnly) {
      const settings = configured(name);
      if (settings !== undefined) {
        const where = formatPlace(settings.place);
        throw new OperationError(`${name} is in the configuration already (${where})`);
      }
      if ((await domains.add({ name, createdAt: options.now(), sendOnly })) === "exists") {
        throw new OperationError(`${name} is one of our domains already`);
      }
      await options.onDomainsChanged();
    },
    async domainList() {
      const fromFile = options.domains().map(({ name, deliver, place }) => ({
        name,
        source: formatPlace(place),
        deliver: deliver.to === "relay" ? formatHosts(deliver.via) : inWords[deliver.to],
      }));
      const stored = await domains.list();
      const added = stored.map(({ name, sendOnly }) => ({
        name,
        source: "command line",
        deliver: inWords[sendOnly ? "none" : "mailboxes"],
      }));
      return [...fromFile, ...added];
    },
    async domainRemove(name) {
      const settings = configured(name);
      if (settings !== undefined) {
        const where = formatPlace(settings.place);
        throw new OperationError(`${name} stands in the configuration: remove it at ${where}`);
      }
      const left = (await options.store.addresses.list()).find(
        ({ key, kind }) => kind === "alias" && key.endsWith(`@${name}`),
      );
      if (left !== undefined) {
        throw new OperationError(
          `${left.key} still leads to ${left.account}; take it away first: bailiwick address remove ${left.key} ${left.account}`,
        );
      }
      const forward = (await options.store.forwards.list()).find(({ key }) =>
        key.endsWith(`@${name}`),
      );
      if (forward !== undefined) {
        throw new OperationError(
          `mail for ${forward.key} is still sent on; end that first: bailiwick forward remove ${forward.key}`,
        );
      }
      const removed = await domains.remove(name);
      if (removed === "missing") throw new MissingError(`${name} is not one of our domains`);
      if (removed === "in-use") {
        throw new OperationError(`${name} still has accounts; see: bailiwick account list ${name}`);
      }
      await options.onDomainsChanged();
    },
  };
}
