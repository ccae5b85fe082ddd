import type { DestinationBounds } from "../../core/config/transport-settings.ts";
import type { Terms } from "../../server/delivery/opening.ts";

/** What the operator lets go over one connection, beside what the host takes. */
export function boundedTerms(
  terms: Terms,
  { messagesPerConnection, recipientsPerMessage }: DestinationBounds,
): Terms {
  return {
    ...terms,
    session: (candidate) => ({
      ...terms.session(candidate),
      messagesPerConnection,
      recipientsPerMessage,
    }),
  };
}
