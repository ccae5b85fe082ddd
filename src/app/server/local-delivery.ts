// Wires what delivers to addresses of ours: mailboxes and forwards.

import { join } from "node:path";
import type { Domain } from "../../core/mail/domain.ts";
import type { MessageId } from "../../core/queue/message.ts";
import { createMaildirs } from "../../io/maildir/deliver.ts";
import type { Store } from "../../io/store/store.ts";
import type { Lane } from "../../server/delivery/job.ts";
import { createMailboxLane } from "../../server/delivery/mailbox.ts";
import { createForwarding } from "../../server/forwards/forwarding.ts";
import type { SigningKeys } from "../../server/dkim/signing-keys.ts";
import { createSealing, type SealingKey } from "../../server/forwards/sealing.ts";
import type { Log } from "../../server/log.ts";
import { addresseeIn } from "./addressee.ts";
import type { Policy } from "./policy.ts";

export interface LocalDeliveryOptions {
  readonly store: Pick<Store, "forwards">;
  readonly policy: () => Policy;
  /** The keys that sign our domains' mail. */
  readonly sealing: Pick<SigningKeys, "of">;
  readonly nextId: () => MessageId;
  /** UTC milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

export function createLocalLane({
  policy,
  store,
  sealing,
  nextId,
  now,
  log,
}: LocalDeliveryOptions): Lane {
  const { data, hostname } = policy().settings;
  const maildirs = createMaildirs({
    root: join(data, "mail"),
    hostname,
    processId: process.pid,
    now,
  });
  return createMailboxLane({
    find: (recipient, { sender, receivedAt }) =>
      policy().directory.way(recipient, sender, receivedAt),
    maildirs,
    forwarding: createForwarding({
      find: (key) => store.forwards.find(key),
      maildirs,
      srs: () => policy().srs,
      isOurs: (domain) => isOurs(domain, policy()),
      kindOf: (target) => addresseeIn(policy().directory)(target).kind,
      seal: createSealing({
        hostname: () => policy().settings.hostname,
        keyOf: (domain) => rsaKeyOf(domain, sealing),
        now,
        log,
      }),
      nextId,
      now,
    }),
  });
}

/** Keys that are of no use are told of where they are read. */
function rsaKeyOf(domain: Domain, keys: Pick<SigningKeys, "of">): SealingKey | undefined {
  const found = keys.of(domain);
  return found.ok ? found.value.find(({ algorithm }) => algorithm === "rsa") : undefined;
}

/** Those whose mail comes from us alone: of one that is handed on we may only be a gateway. */
function isOurs(domain: Domain, { directory }: Policy): boolean {
  const place = directory.domain(domain)?.deliver.to;
  return place === "mailboxes" || place === "none";
}
