// `relay`, `domains` and `routes`: for whom mail is relayed, and whither.

import { z } from "zod";
import { bad, good } from "../../result.ts";
import { unfit } from "../problem.ts";
import { readDomain } from "../values/name.ts";
import { networkExpected, readAcknowledged, readNetwork } from "../values/network.ts";
import { addressRules } from "./address-rules.ts";
import {
  accountExpected,
  readAccount,
  readRecipients,
  readSender,
  recipientsExpected,
  senderExpected,
} from "../values/route-keys.ts";
import { complain, list, named, prose, section, word } from "./fields.ts";
import { hostLogin } from "./host-login.ts";
import { roaming } from "./roaming.ts";
import { hosts, hostsOrMx, transport } from "./transport.ts";

const network = word(networkExpected, readNetwork).meta({ title: "network" });
const acknowledged = word(networkExpected, readAcknowledged).meta({ title: "network" });

export const relay = section({
  networks: list(network, networkExpected)
    .prefault([])
    .meta({
      title: "list of networks",
      description: prose(
        "Clients from these networks may send mail to anyone through this host without logging in.",
        "List the hosts and networks that are yours and nothing else: every machine there, infected",
        "ones included, can send in your name. The policy is proven before it is served: a public",
        "network wider than /16 (IPv4) or /32 (IPv6) must be listed in `acknowledge` as well, networks",
        "that make up most of the Internet are refused in any case, and private ones (RFC 1918, 4193,",
        "6598, loopback, link-local) may be as wide as they are. In a container, a network with the",
        "container's gateway in it is refused, because all the world may arrive from there; on a host",
        "it is shown as a warning. `bailiwick check` prints who may relay, and the line that says so.",
      ),
    }),
  acknowledge: list(acknowledged, networkExpected)
    .prefault([])
    .meta({
      title: "list of networks",
      description: prose(
        "What you know to be right although it looks wrong: public networks that may relay and are",
        "wider than /16 (IPv4) or /32 (IPv6), each written as it is where it is allowed to relay, and",
        "addresses of gateways inside such a network from which strangers never come. This key allows",
        "nobody to relay by itself, and one entry never stands for another network inside it.",
      ),
    }),
  rules: addressRules,
  roaming,
})
  .prefault({})
  .meta({ description: "Who may send mail to domains that are not ours. Without it: nobody." });

const pathExpected = "the path of a file, such as ./recipients";

/** Keys of a domain with `relay-to`, beside those of a route. */
const recipientKeys = {
  recipients: z
    .enum(["ask", "all"], { error: complain("ask or all") })
    .optional()
    .meta({
      title: "word",
      description: prose(
        "Which recipients the host of `relay-to` has. `ask` (without this key, too): that host is asked",
        "with RCPT while the sender still waits, and its answers are remembered, so that mail which it",
        "would refuse is refused here: nothing is accepted that comes back. `all`: every recipient is",
        "accepted, for a host that takes mail for all of them.",
      ),
    }),
  "recipients-file": word(pathExpected, (text) =>
    /^\P{Cc}+$/u.test(text) ? good(text) : bad(unfit(text, pathExpected)),
  )
    .optional()
    .meta({
      title: "path",
      description: prose(
        "Instead of asking: a list of the recipients that there are, an address or the part before the",
        "`@` on a line, `#` before remarks. Copy it over from the other host as often as you like; it is",
        "read again when it changes, and a bad one leaves the old one in place.",
      ),
    }),
  "unsure-recipients": z
    .enum(["accept", "defer"], { error: complain("accept or defer") })
    .optional()
    .meta({
      title: "word",
      description: prose(
        "What becomes of mail to a recipient whom the host was never asked about, while it cannot be",
        "asked. `accept` (without this key, too): it is kept until the host is back, and may come back",
        "if there is no such recipient. `defer`: the sender is told to try again later (451).",
      ),
    }),
};

/** What says how mail is handed on, and for whom. */
const relayKeys = { ...transport, ...recipientKeys };

const ours = section({
  deliver: z
    .enum(["mailboxes", "none"], { error: complain("mailboxes or none") })
    .optional()
    .meta({
      title: "word",
      description: prose(
        "`mailboxes`: the domain's mail ends here, in the mailboxes of this server's accounts. Mail",
        "for an address without a mailbox is refused while the sender is still connected. `none`: the",
        "domain's accounts only send, and mail for it is refused, bounces included; for names such as",
        "news.example.org that applications send as. Without an MX record that says so as well (RFC",
        "7505: a null MX), others try in vain to reach it.",
      ),
    }),
  "relay-to": hosts.optional().meta({
    title: "endpoint or list of them",
    description: prose(
      "The domain's mail is accepted from anyone and handed on to this host: a secondary MX, or a",
      "gateway in front of another server. The port is 25 where none is written. Several hosts, and",
      "sockets of this machine, are written as in `routes[].via`.",
    ),
  }),
  ...relayKeys,
})
  .refine((entry) => (entry.deliver === undefined) !== (entry["relay-to"] === undefined), {
    error: ({ input }) => explainChoice(input),
  })
  .refine(
    (entry) =>
      entry["relay-to"] !== undefined || Object.keys(relayKeys).every((key) => !(key in entry)),
    {
      error: "`tls`, `recipients` and their like say how mail is handed on; they need `relay-to`",
    },
  )
  .refine(
    ({ "recipients-file": file, ...entry }) =>
      file === undefined ||
      (entry.recipients === undefined && entry["unsure-recipients"] === undefined),
    { error: "with `recipients-file` nobody is asked; leave out the other keys of recipients" },
  )
  .meta({ oneOf: [{ required: ["deliver"] }, { required: ["relay-to"] }] });

function explainChoice(entry: unknown): string {
  const isEmpty = typeof entry === "object" && entry !== null && !("deliver" in entry);
  return isEmpty
    ? "it is not said where the mail goes; write `deliver: mailboxes` or `relay-to: HOST`"
    : "`deliver` and `relay-to` exclude each other; keep one";
}

export const domains = named("a mapping of domain names to what happens there", readDomain, ours)
  .prefault({})
  .meta({
    title: "domains by name",
    description: prose(
      "The domains that are ours: mail to them is accepted from everyone. Each has exactly one of",
      "`deliver` and `relay-to`. Subdomains do not follow their parent, list each; names beyond",
      "ASCII may be written as they are read (RFC 5890). Mail to any other domain is relayed for",
      "`relay.networks` only.",
    ),
  });

const route = section({
  to: word(recipientsExpected, readRecipients)
    .optional()
    .meta({
      title: 'domain or "*"',
      description: prose(
        "A recipient domain, without its subdomains; with a dot in front (`.example.com`) its subdomains,",
        'without itself; or `"*"` for every domain, which is what it means to leave the key out.',
      ),
    }),
  from: word(senderExpected, readSender)
    .optional()
    .meta({
      title: "domain or address",
      description: prose(
        "The sender of the envelope (MAIL FROM): an address, a domain, a domain's subdomains with a dot in",
        'front, or `"<>"` for mail without one, such as bounces. Without this key: whoever.',
      ),
    }),
  account: word(accountExpected, readAccount)
    .optional()
    .meta({
      title: "address",
      description: prose(
        "The account that had logged in to send the message, or that had just read mail where that lets a",
        "client relay (`relay.roaming`). Without this key: any, or none.",
      ),
    }),
  via: hostsOrMx.meta({
    title: "endpoint, list of them, or mx",
    description: prose(
      "The smart host that takes the mail. It is connected to directly, its MX records are not",
      "looked up; a name is resolved to its addresses. The port is 25 where none is written, in LMTP 24. Of several",
      'hosts (`["a.example:587", "b.example:587"]`) the first that answers gets it; hosts in a list of',
      'their own (`[["a.example", "b.example"], "c.example"]`) are equals, and each takes its share. A',
      "host that did not answer is passed over for a while. A socket of this machine is",
      "`unix:/run/dovecot/lmtp`. `mx` is the way that mail takes without a route, for exceptions.",
    ),
  }),
  ...transport,
  login: hostLogin,
})
  .refine(
    ({ to, from, account }) => to !== undefined || from !== undefined || account !== undefined,
    { error: 'it is not said which mail goes here; write `to`, `from` or `account`, or `to: "*"`' },
  )
  .meta({ anyOf: ["to", "from", "account"].map((key) => ({ required: [key] })) });

export const routes = list(route, "with `to` and `via`")
  .prefault([])
  .meta({
    title: "list of routes",
    description: prose(
      "Where mail for domains that are not ours goes. All of `to`, `from` and `account` that a route has",
      'must fit, and the first route of the file that fits counts, so `"*"` comes last; a route that can',
      "never be reached is an error. Mail that no route fits goes to its domain's MX (RFC 5321 §5.1). Use",
      "them to hand all outgoing mail to a provider, where port 25 is closed or the address has no name.",
      "[routes.md](routes.md) has recipes.",
    ),
  });
