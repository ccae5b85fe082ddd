// How mail is handed to a host that the configuration names: TLS, and a login.

import { z } from "zod";
import { complain, prose, section, text } from "./fields.ts";
import { hasOnePassword, onePasswordNeeded, variable } from "./password.ts";

const levels = ["opportunistic", "required", "verified", "off"] as const;

/** Keys of a route, and of a domain with `relay-to`. */
export const transport = {
  tls: z
    .enum(levels, { error: complain(`one of ${levels.join(", ")}`) })
    .optional()
    .meta({
      title: "word",
      description: prose(
        "`opportunistic`: encrypted where the host can (STARTTLS), whoever it is; where the handshake",
        "fails, the same host gets the mail in the clear at once. `required`: encrypted or not at all,",
        "still without a look at the host's name. `verified`: as well, and only to a host whose",
        "certificate is for its name here, has not expired, and comes from an authority that is trusted.",
        "`off`: in the clear. Mail that cannot go so waits, the queue says why, and it comes back when it",
        "has waited too long. Without this key: `verified` where there is a `login`, else `opportunistic`.",
      ),
    }),
  "implicit-tls": z
    .boolean({ error: complain("true or false") })
    .optional()
    .meta({
      title: "true or false",
      description: prose(
        "`true`: TLS begins with the connection (RFC 8314), not with STARTTLS; there is no going back to",
        "the clear then. Without this key: `true` on port 465.",
      ),
    }),
  authorities: text("the path of a PEM file, such as ./authorities.pem")
    .optional()
    .meta({
      title: "path",
      description: prose(
        "The authorities that are trusted to vouch for the host (PEM), instead of this machine's; for a",
        "host with a certificate of its own making, that certificate. Read at start and at each reload.",
      ),
    }),
};

const userExpected = "the user's name there, such as relay@example.org";
const fileExpected = "the path of a file, such as /etc/bailiwick/smart-host.secret";
export const hostLogin = section({
  user: text(userExpected).meta({
    title: "word",
    description: "The user's name, as the host knows it.",
  }),
  "password-file": text(fileExpected)
    .optional()
    .meta({
      title: "path",
      description: prose(
        "The file with the password on its one line. Nobody else may be able to read it (`chmod 0600`).",
        "It is looked at when the server starts, and read anew for each connection, so that a changed",
        "password needs no reload.",
      ),
    }),
  "password-variable": variable("SMART_HOST_PASSWORD").optional().meta({
    title: "name",
    description: "The environment variable that holds the password, instead of a file.",
  }),
})
  .refine(hasOnePassword, { error: onePasswordNeeded })
  .optional()
  .meta({
    description: prose(
      "Logs in to the host (AUTH) before mail is handed over: with SCRAM-SHA-256, bound to the TLS channel",
      "where the host can, SCRAM-SHA-1, PLAIN or LOGIN, the first of these that it offers. The password",
      "goes to a verified host, or with `tls: required` to an encrypted one, and in the clear to this",
      "machine alone. A login that is refused is not tried again for five minutes, then ten and so on up to",
      "an hour, or until the password is another; the mail waits.",
    ),
  });
