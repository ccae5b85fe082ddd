// `submission`: what is done to the mail of clients that have logged in.

import { z } from "zod";
import { accountOrDomainExpected, readAccountOrDomain } from "../values/account.ts";
import { complain, duration, named, prose, section } from "./fields.ts";

const priorityExpected = complain("a priority from 0 to 9");
const priority = z
  .int({ error: priorityExpected })
  .min(0, { error: priorityExpected })
  .max(9, { error: priorityExpected })
  .meta({ title: "priority" });

export const submission = section({
  "check-from": z
    .boolean({ error: complain("true or false") })
    .prefault(true)
    .meta({
      title: "true or false",
      description: prose(
        "Whether the addresses in the message's From and Sender fields must be the login's own, as that",
        "of the envelope must be. A message with another one, without From, or with a From that cannot",
        "be read for certain is refused. With `false`, users write into From what they like.",
      ),
    }),
  "hide-client": z
    .boolean({ error: complain("true or false") })
    .prefault(false)
    .meta({
      title: "true or false",
      description: prose(
        "Whether the Received field leaves out the client's address and what it calls itself, so that",
        "recipients do not learn where the user was. The log has the address, with the message's id.",
      ),
    }),
  priorities: named(accountOrDomainExpected, readAccountOrDomain, priority)
    .prefault({})
    .meta({
      title: "mapping of accounts and domains to priorities",
      description: prose(
        "The highest priority that an account, or any account of a domain, may give its messages",
        "(MT-PRIORITY, RFC 6710): up to 9, where most mail has 0. More urgent messages leave first where many",
        "wait for one destination. Whoever is not named here can make messages less urgent alone: of a",
        "higher priority 0 is left, and the answer says so. Without any name, priorities are not offered.",
      ),
    }),
  "hold-at-most": duration()
    .prefault("7d")
    .meta({
      description: prose(
        "How long users may have a message wait here before it is sent (FUTURERELEASE, RFC 4865).",
      ),
    }),
})
  .prefault({})
  .meta({
    description: prose(
      "What is done to the mail of clients that have logged in, on any listener (RFC 6409). A Date and a",
      "Message-ID are added where they are missing, and Bcc fields are removed; all else stays as it is.",
    ),
  });
