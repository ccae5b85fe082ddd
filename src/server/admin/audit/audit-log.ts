// Who did what, written down as it was done.

import { errorText } from "../../../core/error-text.ts";
import { formatIp } from "../../../core/mail/ip.ts";
import { auditId } from "../../../io/store/audit.ts";
import type { AuditStore } from "../../../io/store/audit-store.ts";
import type { Log } from "../../log.ts";
import type { Actor } from "../actor.ts";

export interface AuditLogOptions {
  readonly store: AuditStore;
  /** The name of this host. */
  readonly node: string;
  /** UTC milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

export interface Done {
  readonly act: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Why it was not done; absent where it was. */
  readonly error?: string;
}

/** Rows in one unit of work. */
const batchSize = 500;

export class AuditLog {
  readonly #options: AuditLogOptions;
  #last = 0;

  constructor(options: AuditLogOptions) {
    this.#options = options;
  }

  /** Never rejects: what was done is done, whether it can be written down or not. */
  async note({ via, name: who, client }: Actor, done: Done): Promise<void> {
    const { store, node, now, log } = this.#options;
    const at = now();
    // In the order in which it was done, also within a millisecond.
    this.#last = Math.max(at, this.#last + 1);
    const from = client === undefined ? {} : { client: formatIp(client) };
    try {
      await store.keep({ id: auditId(this.#last), at, via, who, ...from, ...done, node });
    } catch (error) {
      const fields = { event: "audit-failed", via, who, ...done, why: errorText(error) };
      log.error(fields, "an act could not be written into the audit log");
    }
  }

  /** Drops what is older than so many milliseconds. */
  async prune(keepFor: number): Promise<void> {
    const { store, now } = this.#options;
    let dropped: number;
    do {
      // oxlint-disable-next-line no-await-in-loop -- a little at a time
      dropped = await store.dropBefore(now() - keepFor, batchSize);
    } while (dropped === batchSize);
  }
}
