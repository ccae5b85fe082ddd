// `admin`: the page and the HTTP API of listeners of the role `admin`.

import { z } from "zod";
import { domainExpected } from "../values/name.ts";
import { complain, domain, list, longDuration, prose, section } from "./fields.ts";

export const admin = section({
  hosts: list(domain(), domainExpected)
    .prefault([])
    .meta({
      title: "list of domains",
      description: prose(
        "Names under which browsers and programs may reach listeners of the role `admin`, beside",
        "`hostname`, `localhost`, IP addresses and names without dots: such as the one of a web server",
        "that stands before it. Requests with any other name are refused, so that no foreign site can",
        "make a browser act here.",
      ),
    }),
  metrics: z
    .enum(["token", "open"], { error: complain("token, or open") })
    .prefault("token")
    .meta({
      title: "word",
      description: prose(
        "Who may read `/metrics`. `token`: programs that show a token with the scope `metrics`. `open`:",
        "whoever reaches the listener; there are no addresses of mail in it, but names of blocklists,",
        "certificates and how much mail there is.",
      ),
    }),
  audit: longDuration()
    .prefault("400d")
    .meta({
      description: prose(
        "How long the audit log remembers who did what, by page, HTTP API or command line.",
      ),
    }),
})
  .prefault({})
  .meta({
    description: prose(
      "The page and the HTTP API for operators, on listeners of the role `admin`. Who may use them is",
      "said on the command line: `bailiwick operator add`, `bailiwick token add`.",
    ),
  });
