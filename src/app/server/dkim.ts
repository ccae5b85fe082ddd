// The part of a running server that holds the keys which sign mail, and lets new ones sign once they are
// published.

import type { Settings } from "../../core/config/settings.ts";
import type { Domain } from "../../core/mail/domain.ts";
import { openPublishedLookups } from "../../io/dns/published-lookups.ts";
import type { Clock } from "../../io/process/clock.ts";
import type { Store } from "../../io/store/store.ts";
import { createDkimOperations } from "../../server/admin/dkim-operations.ts";
import type { DkimOperations } from "../../server/admin/operations.ts";
import { createKeyWatch, type KeyWatch } from "../../server/dkim/key-watch.ts";
import { isPublished } from "../../server/dkim/published.ts";
import { openSigningKeys, type SigningKeys } from "../../server/dkim/signing-keys.ts";
import type { Log } from "../../server/log.ts";

export interface Dkim {
  readonly keys: SigningKeys;
  readonly watch: KeyWatch;
}

export interface DkimParts {
  readonly store: Pick<Store, "dkimKeys">;
  readonly settings: () => Settings;
  readonly clock: Clock;
  readonly log: Log;
}

/** Reads the keys before it returns. */
export async function openDkim({ store, settings, clock, log }: DkimParts): Promise<Dkim> {
  const keys = await openSigningKeys({ store: store.dkimKeys, log });
  const watch = createKeyWatch({
    keys,
    store: store.dkimKeys,
    ask: () => openPublishedLookups(settings().dns.servers),
    now: clock.now,
    log,
  });
  return { keys, watch };
}

export interface DkimOperated {
  readonly store: Pick<Store, "dkimKeys">;
  readonly settings: () => Settings;
  readonly isOurs: (domain: Domain) => Promise<boolean>;
  /** UTC milliseconds. */
  readonly now: () => number;
  readonly onChanged: () => Promise<void>;
}

export function operateDkim({ store, settings, ...rest }: DkimOperated): DkimOperations {
  return createDkimOperations({
    store: store.dkimKeys,
    async isPublished(pair) {
      const questions = openPublishedLookups(settings().dns.servers);
      try {
        return await isPublished(pair, questions);
      } finally {
        questions.close();
      }
    },
    giveUpAfter: () => settings().queue.giveUpAfter,
    ...rest,
  });
}
