// How much goes to one destination: for all of them in `queue`, for one in its route.

import { count, prose, rate } from "./fields.ts";

const rateText = prose(
  "Messages to one destination over time, as `100 per 1m`: so many at once, and from then on as many as",
  "come back with time. A message for several recipients counts once for each transaction that it takes.",
  "What is over it waits for its turn. Each host of several that share a store counts by itself.",
);

/** Keys of `queue`, with their defaults. */
export const queueBounds = {
  "connections-per-destination": count()
    .prefault(20)
    .meta({
      description: prose(
        "Connections to one destination at once. Lower it where a host answers that there are too",
        "many; `connections` of a route does so for its hosts alone.",
      ),
    }),
  "rate-per-destination": rate()
    .prefault("none")
    .meta({ description: `${rateText} A route's \`rate\` overrides it.` }),
  "messages-per-connection": count()
    .prefault(1_000)
    .meta({
      description: prose(
        "Messages over one connection before another one is made, which spreads them over the hosts of a",
        "destination. What a host itself states (LIMITS, RFC 9422) holds as well.",
      ),
    }),
  "recipients-per-message": count()
    .prefault(100)
    .meta({
      description: prose(
        "Recipients of one message in one transaction; the others follow in the next. RFC 5321",
        "§4.5.3.1.8 has every host take 100.",
      ),
    }),
};

/** Keys of a route, and of a domain with `relay-to`. */
export const hostBounds = {
  connections: count().optional().meta({
    description:
      "Connections to it at once. Without this key: `queue.connections-per-destination`.",
  }),
  rate: rate()
    .optional()
    .meta({ description: `${rateText} Without this key: \`queue.rate-per-destination\`.` }),
  "messages-per-connection": count().optional().meta({
    description: "Messages over one connection. Without this key: that of `queue`.",
  }),
  "recipients-per-message": count().optional().meta({
    description: "Recipients of one message in one transaction. Without this key: that of `queue`.",
  }),
};
