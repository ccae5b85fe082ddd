// `relay.roaming`: relaying for those who have just read their mail (POP before SMTP).

import { z } from "zod";
import { complain, duration, prose, section } from "./fields.ts";

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
        "anyone, too.",
      ),
    }),
})
  .optional()
  .meta({
    description: prose(
      "Relaying without a login for the addresses from which users have just read their mail: POP before",
      "SMTP, for clients that cannot log in to send. Without this key nobody relays for having read mail.",
      "It holds on `mx` listeners alone.",
    ),
  });
