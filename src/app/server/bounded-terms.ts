import type { DestinationBounds } from "../../core/config/transport-settings.ts";
import { good } from "../../core/result.ts";
import type { Terms } from "../../server/delivery/opening.ts";

/** What the operator lets go over one connection, beside what the host takes. */
export function boundedTerms(
  terms: Terms,
  { messagesPerConnection, recipientsPerMessage }: DestinationBounds,
): Terms {
  return {
    ...terms,
    async forHost(candidate) {
      const host = await terms.forHost(candidate);
      if (!host.ok) return host;
      const session = { ...host.value.session, messagesPerConnection, recipientsPerMessage };
      return good({ ...host.value, session });
    },
  };
}
