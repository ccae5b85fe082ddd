import { good } from "../../core/result.ts";
import type { DestinationBounds } from "../../core/config/transport-settings.ts";
import type { Terms } from "../../server/delivery/opening.ts";

/** What the operator lets go over one connection, beside what the host takes. */
export function boundedTerms(
  terms: Terms,
  { messagesPerConnection, recipientsPerMessage }: DestinationBounds,
): Terms {
  return {
    ...terms,
    async forHost(candidate) {
      const found = await terms.forHost(candidate);
      if (!found.ok) return found;
      const session = { ...found.value.session, messagesPerConnection, recipientsPerMessage };
      return good({ ...found.value, session });
    },
  };
}
