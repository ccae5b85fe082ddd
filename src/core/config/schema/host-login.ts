// `login` of a route: who we are to the next host.

import { checkAuthorityUrl } from "../values/authority-url.ts";
import { prose, section, text, word } from "./fields.ts";
import { variable } from "./password.ts";

const urlExpected = "a URL with https, such as https://login.example.org/token";
const secretFileExpected = "the path of a file, such as /etc/bailiwick/client.secret";

const oauth2 = section({
  "token-url": word(urlExpected, checkAuthorityUrl).meta({
    title: "URL",
    description: prose(
      "Where tokens are handed out (the token endpoint, RFC 6749 §3.2). By HTTPS, with a certificate",
      "that this machine's authorities vouch for; `http` to this machine alone.",
    ),
  }),
  "client-id": text("the client's name, as the authority has it").meta({
    title: "word",
    description: "The name under which this server is registered there.",
  }),
  "client-secret-file": text(secretFileExpected)
    .optional()
    .meta({
      title: "path",
      description: prose(
        "The file with the client's secret on its one line, which nobody else may be able to read",
        "(`chmod 0600`). It is read anew for each token. It may be missing where there is a refresh",
        "token, for clients that were given none.",
      ),
    }),
  "client-secret-variable": variable("OAUTH2_CLIENT_SECRET").optional().meta({
    title: "name",
    description: "The environment variable that holds the client's secret, instead of a file.",
  }),
  scope: text("what the token is for, such as https://outlook.office365.com/.default")
    .optional()
    .meta({
      title: "words",
      description: "What the token is to be good for, with spaces between, as the host wants it.",
    }),
  "refresh-token-file": text("the path of a file, such as /var/lib/bailiwick/refresh.token")
    .optional()
    .meta({
      title: "path",
      description: prose(
        "The file with a refresh token (RFC 6749 §6) on its one line, readable for nobody else. Where",
        "the authority answers with a new one, it is written there in place of the old, so its folder",
        "must be the server's to write to. Without this key the client's own credentials are used (§4.4).",
      ),
    }),
})
  .refine(
    (entry) =>
      entry["client-secret-file"] === undefined || entry["client-secret-variable"] === undefined,
    {
      error:
        "its secret comes from one place; keep `client-secret-file` or `client-secret-variable`",
    },
  )
  .refine(
    (entry) =>
      entry["client-secret-file"] !== undefined ||
      entry["client-secret-variable"] !== undefined ||
      entry["refresh-token-file"] !== undefined,
    { error: "nothing here is secret; write `client-secret-file`, or `refresh-token-file`" },
  )
  .optional()
  .meta({
    description: prose(
      "Logs in with a token instead of a password (OAUTHBEARER, RFC 7628, or XOAUTH2), as Microsoft 365",
      "and Google want it. One token serves all connections; it is renewed before it expires. While none",
      "can be had, the mail waits and the queue says why. See [routes.md](routes.md).",
    ),
  });

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
  oauth2,
})
  .refine(
    (entry) =>
      [entry["password-file"], entry["password-variable"], entry.oauth2].filter(
        (one) => one !== undefined,
      ).length === 1,
    {
      error:
        "its secret comes from one place; write `password-file`, `password-variable` or `oauth2`",
    },
  )
  .optional()
  .meta({
    description: prose(
      "Logs in to the host (AUTH) before mail is handed over: with SCRAM-SHA-256, bound to the TLS channel",
      "where the host can, SCRAM-SHA-1, PLAIN or LOGIN, the first of these that it offers, or with a token.",
      "The password or token goes to a verified host, or with `tls: required` to an encrypted one, and in",
      "the clear to this machine alone. A login that is refused is not tried again for five minutes, then",
      "ten and so on up to an hour, or until the password is another; the mail waits.",
    ),
  });
