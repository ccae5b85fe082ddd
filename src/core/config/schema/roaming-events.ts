// `relay.roaming.events`: what other servers tell of logins.

import { bad, good } from "../../result.ts";
import { unfit } from "../problem.ts";
import { domain, prose, section, word } from "./fields.ts";

const secretExpected = "the path of a file, such as ./roaming.secret";

export const roamingEvents = section({
  "secret-file": word(secretExpected, (text) =>
    /^\P{Cc}+$/u.test(text) ? good(text) : bad(unfit(text, secretExpected)),
  ).meta({
    title: "path",
    description: prose(
      "A file with the secret that the other servers send along, on one line: at least 16 characters of",
      "ASCII without spaces, such as `openssl rand -hex 24` makes. The user that the server works as",
      "must be able to read it, and not everybody; it is read at the start and at each reload.",
    ),
  }),
  "default-domain": domain()
    .optional()
    .meta({
      description: prose(
        "The domain of accounts whose names have none, as those of system users: `alice` is",
        "alice@DOMAIN. Without it, what is told of them opens nothing.",
      ),
    }),
})
  .optional()
  .meta({
    description: prose(
      "Lets other servers tell of the logins that they have seen, over the listener of the role `admin`:",
      "Dovecot, without patches, and any program that can send an HTTP request. Whoever knows the secret",
      "can open relaying for any address. docs/roaming.md says what the other server needs.",
    ),
  });
