// Seals what is sent on, in the name of the forward's domain, where that domain has a key and we have
// looked at the message as it came.

import { errorText } from "../../core/error-text.ts";
import { readOwnResults } from "../../core/forwards/own-results.ts";
import type { Domain } from "../../core/mail/domain.ts";
import { type SealOptions, sealContent } from "../../io/arc/seal.ts";
import type { Octets } from "../delivery/job.ts";
import type { Log } from "../log.ts";

export type SealingKey = Pick<SealOptions, "selector" | "key">;

export interface SealingOptions {
  readonly hostname: () => string;
  /** The one that signs the domain's mail with RSA at the moment. */
  readonly keyOf: (domain: Domain) => SealingKey | undefined;
  /** UTC milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

/** Brings the fields for the message's top; none where it is not to be sealed. Never rejects: better
 * without a seal than not at all.
 * @param header the message's, without its empty line */
export type Seal = (domain: Domain, header: Uint8Array, content: () => Octets) => Promise<string>;

export function createSealing({ hostname, keyOf, now, log }: SealingOptions): Seal {
  return async (domain, header, content) => {
    const key = keyOf(domain);
    if (key === undefined) return "";
    const own = readOwnResults(Buffer.from(header).toString("latin1"), hostname());
    if (own === undefined) return "";
    try {
      return await sealContent({ ...own, ...key, domain, content: content(), now: now() });
    } catch (error) {
      const why = errorText(error);
      log.warn({ event: "unsealed", domain, why }, `a message is sent on without a seal: ${why}`);
      return "";
    }
  };
}
