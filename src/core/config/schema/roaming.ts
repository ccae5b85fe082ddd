// `relay.roaming`: relaying for those who have just read their mail (POP before SMTP).

import { z } from "zod";
import { accountOrDomainExpected, readAccountOrDomain } from "../values/account.ts";
import { complain, count, duration, list, prose, section, word } from "./fields.ts";
import { roamingEvents } from "./roaming-events.ts";
import { logs, relayTable } from "./roaming-sources.ts";

export const roaming = section({
  lifetime: duration()
    .prefault("180m")
    .meta({
      description: prose(
        "How long an address may relay after the end of the session in which a user read mail from it.",
        "While the session lasts, so does the permission.",
      ),
    }),
  senders: z
    .enum(["own", "any"], { error: complain("own or any") })
    .prefault("own")
    .meta({
      title: "word",
      description: prose(
        "`own`: the client may send as the addresses of the account that logged in. `any`: as anyone,",
        "as it was with vpopmail: whoever shares the address with a user, or gets it next, sends as",
        "anyone, too. A source that names no account, as vpopmail's relay table, lets the client send",
        "as any of our mailboxes (`own`), or as anyone.",
      ),
    }),
  "shared-after": count()
    .prefault(4)
    .meta({
      title: "number",
      description: prose(
        "An address from which more accounts than so many have read their mail in the last day lets",
        "none of them relay: it is that of a hotel, or of a provider that puts many customers behind",
        "one address, and stands for nobody in particular. Its users are told to log in on port 587.",
      ),
    }),
  ipv6: z
    .enum(["address", "network"], { error: complain("address or network") })
    .prefault("address")
    .meta({
      title: "word",
      description: prose(
        "Whether reading mail from an IPv6 address lets that address relay (`address`) or its whole /64",
        "(`network`): for clients that come from a new address every few hours (RFC 8981), and share",
        "their network with nobody.",
      ),
    }),
  exclude: list(word(accountOrDomainExpected, readAccountOrDomain), accountOrDomainExpected)
    .prefault([])
    .meta({
      title: "list of accounts and domains",
      description: prose(
        "Accounts that cannot relay for having read mail, and domains of which that is true for every",
        "account: they log in to send.",
      ),
    }),
  events: roamingEvents,
  "relay-table": relayTable,
  logs,
})
  .optional()
  .meta({
    description: prose(
      "Relaying without a login for the addresses from which users have just read their mail: POP before",
      "SMTP, for clients that cannot log in to send. Without this key nobody relays for having read mail.",
      "It holds on `mx` listeners alone, never for loopback, proxies (`proxies`) and gateways.",
      "[roaming.md](roaming.md) says more.",
    ),
  });
