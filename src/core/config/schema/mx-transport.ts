// `mx-transport`: what is made of the word of a domain on how its mail is to be protected.

import { z } from "zod";
import { complain, prose, section } from "./fields.ts";

export const mxTransport = section({
  dane: z
    .enum(["auto", "off"], { error: complain("auto, or off") })
    .prefault("auto")
    .meta({
      title: "word",
      description: prose(
        "`auto`: where a domain and its hosts are signed (DNSSEC) and have TLSA records, mail goes to a",
        "host whose certificate fits them, or it waits (RFC 7672). It needs a resolver that validates and",
        "whose word can be believed: see `dns.dnssec`. `off`: the records are not looked for.",
      ),
    }),
  "mta-sts": z
    .enum(["auto", "off"], { error: complain("auto, or off") })
    .prefault("auto")
    .meta({
      title: "word",
      description: prose(
        "`auto`: where a domain publishes a policy by HTTPS (RFC 8461) and enforces it, mail goes to a host",
        "that the policy lists and whose certificate is for its name, or it waits. Policies are kept as",
        "long as they say, a year at most. Where DANE speaks for a host, it goes before. `off`: policies are",
        "not looked for, and those that are known do not count.",
      ),
    }),
})
  .prefault({})
  .meta({
    description: prose(
      "How mail is protected on its way to hosts that the DNS names, where their domain says how. Routes",
      "and `relay-to` say it themselves (`tls`).",
    ),
  });
