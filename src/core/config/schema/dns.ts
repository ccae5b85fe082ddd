// `dns`: who answers our questions, and what the answers are worth.

import { z } from "zod";
import { dnsEndpoint } from "../values/endpoint.ts";
import { complain, endpoint, list, prose, section } from "./fields.ts";

export const dns = section({
  servers: list(endpoint(dnsEndpoint), dnsEndpoint.expected)
    .prefault([])
    .meta({
      title: "list of endpoints",
      description: prose(
        "The resolvers to ask, in this order; the port is 53 where none is written. An empty list",
        "means the system's own. A resolver on this host answers fastest and is not rate limited.",
      ),
    }),
  dnssec: z
    .enum(["auto", "trusted", "off"], { error: complain("one of auto, trusted, off") })
    .prefault("auto")
    .meta({
      title: "word",
      description: prose(
        "Whether the resolvers are believed when they say that an answer was validated (DNSSEC; the AD",
        "bit). Whoever stands between us and them could say so as well. `auto`: where all of them are",
        "on this host (127.0.0.0/8, ::1). `trusted`: always, for a way to them that nobody can tamper",
        "with. `off`: never. They have to validate; we do not.",
      ),
    }),
})
  .prefault({})
  .meta({ description: "How names are looked up." });
