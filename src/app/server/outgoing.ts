// Wires what goes out: the queue with its deliveries, what other domains ask of them, and what those are
// told of it.

import type { Queue } from "../../server/delivery/queue.ts";
import { createDelivery, type DeliveryOptions } from "./delivery.ts";
import { createMtaSts } from "./mta-sts.ts";
import { createTlsReports } from "./tls-reports.ts";

export interface Outgoing {
  readonly queue: Queue;
  /** Begins what goes on by itself. */
  start(): void;
  /** Lets deliveries finish within `patience` ms. */
  stop(patience: number): Promise<void>;
}

export interface OutgoingOptions extends Omit<DeliveryOptions, "stsPolicies" | "onTls"> {
  /** Where other domains have their MTA-STS policies. */
  readonly policyPort: number;
  /** Milliseconds between two looks for reports that are due; by default five minutes. */
  readonly reportLookEvery: number | undefined;
}

export function createOutgoing(options: OutgoingOptions): Outgoing {
  const { now, elapsed, policyPort, reportLookEvery: lookEvery } = options;
  const parts = { ...options, clock: { now, elapsed } };
  const tlsReports = createTlsReports({ ...parts, ...(lookEvery !== undefined && { lookEvery }) });
  const mtaSts = createMtaSts({
    ...parts,
    onFetchFailed: tlsReports.onFetchFailed,
    httpsPort: policyPort,
  });
  const queue = createDelivery({
    ...options,
    stsPolicies: mtaSts.mxPolicies,
    onTls: tlsReports.onTls,
  });
  return {
    queue,
    start() {
      queue.poke();
      mtaSts.start();
      tlsReports.start(queue);
    },
    async stop(patience) {
      await queue.stop(patience);
      await Promise.all([mtaSts.close(), tlsReports.close()]);
    },
  };
}
