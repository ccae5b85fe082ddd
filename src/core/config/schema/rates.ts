// `limits.rates`: how many messages and recipients in how long.

import type { z } from "zod";
import type { Rate } from "../../limits/bucket.ts";
import { prose, rate, section } from "./fields.ts";

function limit(
  standard: string,
  description: string,
): z.ZodPrefault<z.ZodType<Rate | undefined, string>> {
  return rate().prefault(standard).meta({ description });
}

export const rates = section({
  client: section({
    messages: limit(
      "none",
      prose(
        "Messages from one address: an IPv4 address, or an IPv6 /64. There is none by default: what is",
        "plenty for a small host starves one that gets all its mail through a gateway.",
      ),
    ),
    recipients: limit(
      "none",
      prose(
        "Recipients from one address. With a low limit on messages and a higher one here, letters to",
        "many are possible and floods are not.",
      ),
    ),
  })
    .prefault({})
    .meta({
      description: prose(
        "For clients who neither logged in nor have just read mail here, and whom no line of this file",
        "lets relay: strangers who bring mail for our domains.",
      ),
    }),
  network: section({
    messages: limit(
      "none",
      "Messages from one network: an IPv4 /24, or an IPv6 /48, which one site gets at most.",
    ),
    recipients: limit("none", "Recipients from one network."),
  })
    .prefault({})
    .meta({
      description: prose(
        "For the same clients, all addresses of a network together: many senders of unwanted mail have",
        "more than one address. Set it some times higher than `limits.rates.client`.",
      ),
    }),
  login: section({
    messages: limit(
      "300 per 1h",
      prose(
        "Messages of one account. Raise it, or write `none`, where an application logs in and sends",
        "thousands.",
      ),
    ),
    recipients: limit("3000 per 1h", "Recipients of one account."),
  })
    .prefault({})
    .meta({
      description: prose(
        "For those who logged in, from wherever they come; their address does not count. It bounds what",
        "a stolen password can do before somebody notices.",
      ),
    }),
  grant: section({
    messages: limit("300 per 1h", "Messages under one account's permission."),
    recipients: limit("3000 per 1h", "Recipients under one account's permission."),
  })
    .prefault({})
    .meta({
      description: prose(
        "For those who may send because an account has just read its mail from their address; the",
        "address itself does not count.",
      ),
    }),
})
  .prefault({})
  .meta({
    description: prose(
      "Limits over time, as `100 per 1h`: so many at once, and from then on as many as come back with",
      "time, here one every 36 seconds. Whoever is over a limit is told 450 and may come back. A",
      "recipient counts when it is accepted, a message when its content may come. Clients in",
      "`relay.networks` are not counted. [limits.md](limits.md) says more.",
    ),
  });
