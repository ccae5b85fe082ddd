// `submission`: what is done to the mail of clients that have logged in.

import { z } from "zod";
import { complain, prose, section } from "./fields.ts";

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
})
  .prefault({})
  .meta({
    description: prose(
      "What is done to the mail of clients that have logged in, on any listener (RFC 6409). A Date and a",
      "Message-ID are added where they are missing, and Bcc fields are removed; all else stays as it is.",
    ),
  });
