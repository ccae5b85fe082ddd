// Wires what this server does for the domains of other hosts: asks those for their recipients, and looks
// whether they are back.

import type { Settings } from "../../core/config/settings.ts";
import type { Store } from "../../io/store/store.ts";
import type { Queue } from "../../server/delivery/queue.ts";
import { targetKey, targetOf } from "../../server/delivery/target.ts";
import { createAnswers, createCallout } from "../../server/recipients/callout.ts";
import { KnownRecipients } from "../../server/recipients/known-recipients.ts";
import {
  type AwayPrimary,
  createPrimaryWatch,
  type PrimaryWatch,
} from "../../server/recipients/primary-watch.ts";
import { createAskingLanes, type HostOptions } from "./delivery.ts";
import type { Policy } from "./policy.ts";

export interface Primaries {
  readonly recipients: KnownRecipients;
  /** Begins what goes on by itself. */
  start(queue: Pick<Queue, "lineDown" | "tryNow">): void;
  close(): void;
}

export function createPrimaries(hosts: HostOptions & { readonly store: Store }): Primaries {
  const { store, policy, elapsed, now, log } = hosts;
  const lanes = createAskingLanes(hosts);
  const recipients = new KnownRecipients({
    store: store.recipients,
    callout: createCallout({ lanes, elapsed }),
    now,
    log,
  });
  let watch: PrimaryWatch | undefined;
  return {
    recipients,
    start(queue) {
      recipients.start();
      watch = createPrimaryWatch({
        away: () => awayPrimaries(policy(), queue),
        answers: createAnswers(lanes),
        tryNow: (lines) => queue.tryNow(lines),
        log,
      });
      watch.start();
    },
    close() {
      watch?.close();
      recipients.close();
      lanes.closeAll();
      lanes.cut();
    },
  };
}

function awayPrimaries(
  { settings, directory }: { readonly settings: Settings; readonly directory: Policy["directory"] },
  queue: Pick<Queue, "lineDown">,
): readonly AwayPrimary[] {
  const found = new Map<number, AwayPrimary>();
  for (const { name: domain, deliver } of settings.domains) {
    if (deliver.to !== "relay") continue;
    const address = { local: "postmaster", domain };
    const recipient = { address, kind: "relay", index: 0, attempts: 0, waited: 0 } as const;
    const target = targetOf(recipient, { sender: null }, directory, settings.routes);
    const line = queue.lineDown(targetKey(target));
    if (line !== undefined) found.set(line, { domain, deliver, line });
  }
  return [...found.values()];
}
