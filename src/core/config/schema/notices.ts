// `notices`: who may ask to be told what becomes of a message.

import { z } from "zod";
import { complain, prose, section } from "./fields.ts";

export const notices = section({
  "for-strangers": z
    .boolean({ error: complain("true or false") })
    .prefault(false)
    .meta({
      title: "true or false",
      description: prose(
        "Whether clients that may not relay through us, such as those that bring mail from the Internet,",
        "may ask for notices, too. Whoever forges a sender would have us send it notices of success, and",
        "would learn which addresses have a mailbox. Without it, the host that hands us a stranger's",
        "message tells its sender that it was handed on.",
      ),
    }),
})
  .prefault({})
  .meta({
    description: prose(
      "Who may ask to be told what becomes of a message: that it has arrived, that it is late, that it has",
      "failed, or nothing at all (DSN, RFC 3461). Whoever has logged in may, and clients that may relay by",
      "their address. That a message has failed or is late, every sender is told that did not forbid it.",
    ),
  });
