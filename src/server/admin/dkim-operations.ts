// The operator's acts on signing keys.

import { type KeyPairView, newKeyName, publishedUntil, stateOf } from "../../core/dkim/key.ts";
import type { Domain } from "../../core/mail/domain.ts";
import { makeKeyPair } from "../../io/dkim/key-pair.ts";
import { dayOf } from "../../io/process/day.ts";
import type { DkimKeyStore, StoredKeyPair } from "../../io/store/dkim-key-store.ts";
import { viewOf } from "../dkim/key-view.ts";
import type { Published } from "../dkim/published.ts";
import {
  type DkimOperations,
  type DkimKeyReport,
  MissingError,
  OperationError,
} from "./operations.ts";

export interface DkimOptions {
  readonly store: DkimKeyStore;
  readonly isOurs: (domain: Domain) => Promise<boolean>;
  readonly isPublished: (pair: KeyPairView) => Promise<Published>;
  /** Milliseconds that a message may wait in the queue. */
  readonly giveUpAfter: () => number;
  /** UTC milliseconds. */
  readonly now: () => number;
  /** What signs has changed. */
  readonly onChanged: () => Promise<void>;
}

export function createDkimOperations(options: DkimOptions): DkimOperations {
  const { store, now } = options;

  function report(pair: StoredKeyPair): DkimKeyReport {
    const { domain, name, createdAt, activeAt, retiredAt } = pair;
    return {
      domain,
      name,
      createdAt,
      activeAt,
      retiredAt,
      state: stateOf(pair),
      publicKeys: viewOf(pair)?.publicKeys ?? null,
      publishedUntil: publishedUntil(pair, options.giveUpAfter()),
    };
  }

  async function pairsOf(domain: Domain): Promise<readonly StoredKeyPair[]> {
    return (await store.list()).filter((pair) => pair.domain === domain);
  }

  async function find(domain: Domain, name: string): Promise<StoredKeyPair> {
    const pair = (await pairsOf(domain)).find((each) => each.name === name);
    if (pair !== undefined) return pair;
    throw new MissingError(
      `${domain} has no keys of the name ${name}; see: bailiwick dkim list ${domain}`,
    );
  }

  return {
    async dkimList(domain) {
      const pairs = domain === null ? await store.list() : await pairsOf(domain);
      return pairs.map(report);
    },
    async dkimPrepare(domain) {
      if (!(await options.isOurs(domain))) {
        throw new OperationError(
          `${domain} is not one of our domains; add it first: bailiwick domain add ${domain}`,
        );
      }
      const pairs = await pairsOf(domain);
      const waiting = pairs.find((pair) => stateOf(pair) === "prepared");
      if (waiting !== undefined) {
        throw new OperationError(
          `the keys ${waiting.name} of ${domain} are prepared and wait to be published; see: bailiwick dns ${domain}`,
        );
      }
      const times = { createdAt: now(), activeAt: null, retiredAt: null };
      const name = newKeyName(
        dayOf(times.createdAt),
        pairs.map((pair) => pair.name),
      );
      const pair = { domain, name, privateKeys: await makeKeyPair(), ...times };
      if ((await store.add(pair)) === "exists") {
        throw new OperationError(`keys of ${domain} are being made by somebody else; try again`);
      }
      await options.onChanged();
      return report(pair);
    },
    async dkimActivate(domain, unchecked) {
      const prepared = (await pairsOf(domain)).find((pair) => stateOf(pair) === "prepared");
      if (prepared === undefined) {
        throw new OperationError(
          `${domain} has no keys that wait to be active; make some: bailiwick dkim rotate ${domain}`,
        );
      }
      if (!unchecked) await requirePublished(prepared, options);
      await store.activate(domain, prepared.name, now());
      await options.onChanged();
      return report(await find(domain, prepared.name));
    },
    async dkimRetire(domain, name) {
      const pair = await find(domain, name);
      if (stateOf(pair) === "retired") throw new OperationError(`${name} is retired already`);
      // What has signed nothing is not needed by anybody.
      if (stateOf(pair) === "prepared") await store.remove(domain, name);
      else await store.retire(domain, name, now());
      await options.onChanged();
    },
    async dkimRemove(domain, name, early) {
      const pair = await find(domain, name);
      if (stateOf(pair) === "active") {
        throw new OperationError(
          `${name} signs the mail of ${domain}; retire it first: bailiwick dkim retire ${domain} ${name}`,
        );
      }
      const until = publishedUntil(pair, options.giveUpAfter());
      if (!early && until !== null && until > now()) {
        throw new OperationError(
          `mail that ${name} has signed may be under way until ${new Date(until).toISOString().slice(0, 10)}; --early removes it all the same`,
        );
      }
      await store.remove(domain, name);
      await options.onChanged();
    },
  };
}

async function requirePublished(pair: StoredKeyPair, options: DkimOptions): Promise<void> {
  const { domain, name } = pair;
  const view = viewOf(pair);
  if (view === undefined) {
    throw new OperationError(
      `the keys ${name} are damaged: bailiwick dkim retire ${domain} ${name}`,
    );
  }
  const published = await options.isPublished(view);
  if (published.kind === "yes") return;
  const outcome =
    published.kind === "no"
      ? `the keys ${name} of ${domain} are not published`
      : `whether the keys ${name} of ${domain} are published could not be found out`;
  throw new OperationError(
    `${outcome}: ${published.why}; see: bailiwick dns ${domain} (--unchecked activates them all the same)`,
  );
}
