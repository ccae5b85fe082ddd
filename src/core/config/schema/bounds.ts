// `limits` and `queue`: how much, how long, how often.

import { durationExpected } from "../values/duration.ts";
import { queueBounds } from "./destination-bounds.ts";
import { count, duration, list, prose, rate, section, size } from "./fields.ts";
import { breaker, guessing } from "./guessing.ts";
import { rates } from "./rates.ts";

export const limits = section({
  connections: count()
    .prefault(200)
    .meta({
      description: prose(
        "Clients connected at once, over all listeners; one more is told 421 and may come back.",
        "Each needs a file descriptor and some memory.",
      ),
    }),
  "connections-per-client": count()
    .prefault(20)
    .meta({
      description: prose(
        "Connections from one address at once; one more is told 421. Raise it where many users",
        "share one address, lower it to leave more of `connections` to the others.",
      ),
    }),
  "connection-rate": rate()
    .prefault("300 per 5m")
    .meta({
      description: prose(
        "New connections from one address, an IPv4 address or an IPv6 /64: so many at once, and from",
        "then on as many as come back with time, here one a second. Above it the client is told 421.",
        "Clients in `relay.networks` may connect as often as they like.",
      ),
    }),
  "message-size": size()
    .prefault("25MB")
    .meta({
      description: prose(
        "Octets of one message, header included. EHLO announces it (SIZE, RFC 1870), and a larger",
        "message is refused with 552. Attachments grow by about a third on their way, so 25MB",
        "carries files of 18 MB.",
      ),
    }),
  recipients: count()
    .prefault(100)
    .meta({
      description: prose(
        "Recipients of one message; for the rest the client is told 452 and sends another copy.",
        "RFC 5321 §4.5.3.1.8 asks for at least 100.",
      ),
    }),
  "refused-recipients": count()
    .prefault(20)
    .meta({
      description: prose(
        "Recipients refused for good in one connection since its last message that was taken; with",
        "the last of them the connection is closed with 421. Whoever guesses addresses is slowed down",
        "by it. It does not hold for clients in `relay.networks`.",
      ),
    }),
  memory: size()
    .prefault("512MB")
    .meta({
      description: prose(
        "Octets of message bodies held in memory at any moment, over all connections. When they are",
        "used up, new messages are put off with a temporary error. Keep it well below the host's",
        "memory.",
      ),
    }),
  errors: count()
    .prefault(10)
    .meta({
      description: prose(
        "Faulty commands (unknown, misspelt, out of order) in one connection, after which it is",
        "closed with 421 (POP3: -ERR). Real mail servers make none; probing programs make many.",
      ),
    }),
  "idle-commands": count()
    .prefault(100)
    .meta({
      description: prose(
        "Commands in one connection that bring no message forward (NOOP, RSET, VRFY and the like),",
        "after which it is closed with 421; at POP3, commands before the login.",
      ),
    }),
  "command-time": duration()
    .prefault("5m")
    .meta({
      description: prose(
        "How long the next command may take to arrive, after which the connection is closed with 421.",
        "RFC 5321 §4.5.3.2.7 asks for at least 5m; less frees connections sooner under attack.",
        "POP3 closes without a word, and who has logged in there has at least 10m (RFC 1939 §3).",
      ),
    }),
  "message-time": duration()
    .prefault("30m")
    .meta({
      description: prose(
        "How long a whole message may take to arrive after DATA, so that a client that sends an octet",
        "a second does not stay for ever. Raise it for large messages over slow lines.",
      ),
    }),
  rates,
  guessing,
  breaker,
})
  .prefault({})
  .meta({
    description: prose(
      "Bounds on what clients may use. At a bound the newest work is turned away with a temporary",
      "error, and what was accepted goes on.",
    ),
  });

export const queue = section({
  retry: list(duration(), durationExpected)
    .min(1, { error: `the list is empty; write at least one wait, ${durationExpected}` })
    .prefault(["1m", "5m", "15m", "1h", "3h", "6h"])
    .meta({
      title: "list of durations",
      description: prose(
        "The waits between attempts to deliver a message: the first after the first failure, and so",
        "on; the last one repeats. The short ones suit greylisting hosts, which take a message a few",
        "minutes later; RFC 5321 §4.5.4.1 asks for 30 minutes and more between the later ones.",
        "A destination that is down is tried by the same waits, but once an hour at least, for all",
        "that waits for it.",
      ),
    }),
  "warn-after": duration()
    .prefault("4h")
    .meta({
      description: prose(
        "How long a message waits before its sender is told, once, that it is late and still being",
        "tried. With the time of `give-up-after`, or a longer one, senders are told only of the end.",
      ),
    }),
  "give-up-after": duration()
    .prefault("5d")
    .meta({
      description: prose(
        "How long a message may wait before it goes back to its sender. RFC 5321 §4.5.4.1 asks for 4",
        "to 5 days, so that a host that is down over a weekend loses nothing.",
      ),
    }),
  ...queueBounds,
})
  .prefault({})
  .meta({ description: "How mail that is on its way is tried, and for how long." });
