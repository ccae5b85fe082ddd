// `listeners`: the addresses and ports on which the server waits for clients.

import { z } from "zod";
import { bad, good } from "../../result.ts";
import { unfit } from "../problem.ts";
import { listenEndpoint } from "../values/endpoint.ts";
import { networkExpected } from "../values/network.ts";
import { readProxy } from "../values/proxy.ts";
import { complain, endpoint, list, named, prose, section, word } from "./fields.ts";

const roleExpected = "one of the roles mx, submission, pop3 and admin";

const tlsExpected = "one of implicit, required, offered and off";

const listener = section({
  role: z.enum(["mx", "submission", "pop3", "admin"], { error: complain(roleExpected) }).meta({
    title: "word",
    description: prose(
      "What the listener is for. `mx`: mail from other servers to the domains under `domains`,",
      "and from the clients in `relay.networks` to anywhere (RFC 5321). `submission`: mail of users,",
      "who all log in, wherever they are; networks, address rules and blocklists play no part here",
      "(RFC 6409). `pop3`: users read their mail (RFC 1939). `admin`: HTTP for the operator's programs",
      "and for other servers that tell of logins; bind it to loopback. On another address it needs",
      "`tls: implicit`: without that, the secret of `relay.roaming.events` crosses the network in clear.",
    ),
  }),
  tls: z
    .enum(["implicit", "required", "offered", "off"], { error: complain(tlsExpected) })
    .optional()
    .meta({
      title: "word",
      description: prose(
        "`implicit`: encrypted from the first octet, as on ports 465 and 995 (RFC 8314). `required`: no mail",
        "before STARTTLS; the default for submission. `offered`: STARTTLS (STLS) for those who want it; the",
        "default for mx, where other servers must be able to deliver, and for pop3, where nobody can log in",
        "without it. `off`: it is not offered; the default for admin.",
      ),
    }),
  "login-in-clear": z
    .enum(["never", "loopback"], { error: complain("never or loopback") })
    .prefault("never")
    .meta({
      title: "word",
      description: prose(
        "Whether a client may log in without TLS. `loopback`: clients on this host may, whose words",
        "nobody else can read; `tls: required` does not hold for them either.",
      ),
    }),
  listen: list(endpoint(listenEndpoint), listenEndpoint.expected)
    .min(1, {
      error: `the list is empty; write ${listenEndpoint.expected}, or take the listener out`,
    })
    .meta({
      title: "list of endpoints",
      description: prose(
        "IP addresses with ports, IPv6 in brackets. `0.0.0.0` is every IPv4 address of the host and",
        "`[::]` every IPv6 address. With port 0 the system chooses a free port, which `start` prints.",
      ),
    }),
  proxies: list(word(networkExpected, readProxy).meta({ title: "network" }), networkExpected)
    .min(1, { error: "the list is empty; write the addresses of your proxies, or take it out" })
    .optional()
    .meta({
      title: "list of networks",
      description: prose(
        "The load balancers in front of this listener. With this key, every connection must come from",
        "one of them and begin with a header of the PROXY protocol, version 1 or 2, which names the",
        "client; any other is closed. Rules, limits and logs see that client. The proxies' own",
        "addresses may relay nowhere and pass no blocklist, whatever else the configuration says of",
        "them: a connection of a proxy's own, such as a health check, is a stranger's.",
      ),
    }),
});

const nameExpected = "a name for the listener of letters, digits and -, such as mx";

export const listeners = named(
  "a mapping of listener names to listeners",
  (name) => (/^[a-z][a-z0-9-]*$/i.test(name) ? good(name) : bad(unfit(name, nameExpected))),
  listener,
)
  .refine((all) => Object.keys(all).length > 0, {
    error: "no listener is named, so no mail could come in; take the key out for the default",
  })
  .prefault({ mx: { role: "mx", listen: ["0.0.0.0:25", "[::]:25"] } })
  .meta({
    title: "listeners by name",
    description: prose(
      "Where the server listens. The names are yours; logs and decisions show them. Name the",
      "listeners here to bind to some of the host's addresses only, or to a port above 1023, which",
      "needs no root. What is written replaces the default as a whole.",
    ),
  });
