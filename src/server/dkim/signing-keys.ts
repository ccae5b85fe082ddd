// The keys that sign at the moment, as they stand in the store, ready for use.

import { keyAlgorithms, selectorOf, stateOf } from "../../core/dkim/key.ts";
import type { Domain } from "../../core/mail/domain.ts";
import { bad, good, type Result } from "../../core/result.ts";
import { readPrivateKey } from "../../io/dkim/key-pair.ts";
import type { SigningKey } from "../../io/dkim/signer.ts";
import type { DkimKeyStore, StoredKeyPair } from "../../io/store/dkim-key-store.ts";
import type { Log } from "../log.ts";

export interface SigningKeys {
  /** No domain has any: nothing needs to be looked at. */
  readonly isEmpty: boolean;
  /** Those of a domain, maybe none; the problem says why they are of no use. */
  of(domain: Domain): Result<readonly SigningKey[], string>;
  /** Those that wait to be published. */
  readonly prepared: readonly StoredKeyPair[];
  /** Reads the store again; rejects where it cannot be read, and leaves all as it is. */
  refresh(): Promise<void>;
}

export interface SigningKeysOptions {
  readonly store: Pick<DkimKeyStore, "list">;
  readonly log: Log;
}

const none: Result<readonly SigningKey[], string> = good([]);

/** Reads them before it returns. */
export async function openSigningKeys({ store, log }: SigningKeysOptions): Promise<SigningKeys> {
  let byDomain: ReadonlyMap<Domain, Result<readonly SigningKey[], string>> = new Map();
  let prepared: readonly StoredKeyPair[] = [];
  // What has been read before needs no second look: a server may have many domains.
  let read: ReadonlyMap<string, ReturnType<typeof readPair>> = new Map();

  async function refresh(): Promise<void> {
    const pairs = await store.list();
    prepared = pairs.filter((pair) => stateOf(pair) === "prepared");
    const before = read;
    const active = pairs
      .filter((pair) => stateOf(pair) === "active")
      .map((pair) => ({ pair, text: textOf(pair) }));
    read = new Map(active.map(({ pair, text }) => [text, before.get(text) ?? readPair(pair)]));
    byDomain = new Map(active.map(({ pair, text }) => [pair.domain, read.get(text) ?? none]));
    for (const [domain, keys] of byDomain) {
      if (keys.ok) continue;
      log.error(
        { event: "dkim-key-broken", domain },
        `mail of ${domain} is put off: ${keys.problem}`,
      );
    }
  }

  await refresh();
  return {
    get isEmpty() {
      return byDomain.size === 0;
    },
    get prepared() {
      return prepared;
    },
    of: (domain) => byDomain.get(domain) ?? none,
    refresh,
  };
}

function textOf(pair: StoredKeyPair): string {
  return JSON.stringify([pair.domain, pair.name, pair.privateKeys]);
}

/** Both keys, or what is wrong with one. */
function readPair({
  domain,
  name,
  privateKeys,
}: StoredKeyPair): Result<readonly SigningKey[], string> {
  const keys: SigningKey[] = [];
  for (const algorithm of keyAlgorithms) {
    const key = readPrivateKey(privateKeys[algorithm], algorithm);
    const selector = selectorOf(name, algorithm);
    if (!key.ok) {
      return bad(
        `its signing key ${selector} cannot be used (${key.problem}); ` +
          `make another: bailiwick dkim retire ${domain} ${name}, then bailiwick dkim rotate ${domain}`,
      );
    }
    keys.push({ domain, selector, algorithm, key: key.value });
  }
  return good(keys);
}
