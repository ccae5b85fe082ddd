// `authentication`: what is found out about strangers' mail, and what follows from it.

import { z } from "zod";
import { complain, domain, list, prose, section } from "./fields.ts";

const dmarcModes = ["mark", "quarantine", "reject"] as const;

const dmarcExpected = "mark, quarantine or reject";

export const authentication = section({
  verify: z
    .boolean({ error: complain("true or false") })
    .prefault(true)
    .meta({
      title: "true or false",
      description: prose(
        "Whether mail from strangers on mx listeners is verified: by SPF (RFC 7208), DKIM (RFC 6376), ARC",
        "(RFC 8617) and DMARC (RFC 7489). The results stand in an Authentication-Results field at the",
        "message's top, under the name of `hostname`, and in the log (`authenticated`). A field that claims",
        "to be our own word is taken out of all mail that comes in. Strangers are those who may not",
        "relay: neither logged in nor let in by a network, an address rule or a grant; nothing is",
        "verified for clients on this host either. List the hosts that take mail for you and hand it",
        "on (a secondary MX) in `relay.networks`: of what they bring, SPF would be about them.",
      ),
    }),
  dmarc: z
    .enum(dmarcModes, { error: complain(dmarcExpected) })
    .prefault("mark")
    .meta({
      title: dmarcExpected,
      description: prose(
        "What is done with mail that fails DMARC where the holder of its From domain wants something",
        "done. `mark`: nothing, the results say so. `quarantine`: it is delivered into the Junk folder",
        "of mailboxes here, which POP3 does not show, whether the domain wants quarantine or reject. `reject`: it is refused with 550",
        "5.7.26 where the domain wants that, and is junk where it wants quarantine. Mailing lists that",
        "change messages break what authenticates them: `reject` loses mail of those whose senders have",
        "a policy, unless they seal what they change (see `trusted-sealers`). What could not be found",
        "out, because the DNS did not answer, never counts against a message.",
      ),
    }),
  "trusted-sealers": list(domain(), "domains")
    .prefault([])
    .meta({
      title: "list of domains",
      description: prose(
        "Domains of forwarders and mailing lists whose word is believed (ARC): a message that fails DMARC is",
        "let through where its chain of seals is whole, all who sealed it are in this list (or below a",
        "domain in it), and the first of them found that it passed.",
      ),
    }),
})
  .prefault({})
  .meta({
    description: prose(
      "What is found out about where strangers' mail comes from, and what follows from it.",
      "[authentication.md](authentication.md) says more.",
    ),
  });
