// `oauth` among the `logins`: an authority whose tokens are taken instead of passwords.

import {
  authorityUrlExpected,
  checkAuthorityUrl,
  readAuthorityUrl,
} from "../values/authority-url.ts";
import { list, prose, section, text, word } from "./fields.ts";

const audienceExpected = "a name, such as mail.example.org";
const claimExpected = "the name of a claim, such as preferred_username";

export const oauth = section({
  issuer: word(authorityUrlExpected, readAuthorityUrl).meta({
    title: "URL",
    description: prose(
      "Who signs the tokens, octet by octet as it stands in them (`iss`), a last slash included. Where",
      "its keys are is read from `.well-known/openid-configuration` below it.",
    ),
  }),
  audience: list(text(audienceExpected), audienceExpected)
    .min(1, { error: `the list is empty; write ${audienceExpected}` })
    .meta({
      title: "list of names",
      description: prose(
        "Whom a token must be for (`aud`): the names under which the issuer knows this mail server. With",
        "the name of another service here, that service could log in here as each of its users.",
      ),
    }),
  "jwks-uri": word(authorityUrlExpected, checkAuthorityUrl).optional().meta({
    title: "URL",
    description: "Where the issuer's keys are (JWKS), for one that does not say.",
  }),
  "account-claim": text(claimExpected)
    .prefault("email")
    .meta({
      title: "name",
      description: prose(
        "The claim that holds the account's address. `email` counts unless `email_verified` says that it",
        "is not. Take another one only if users cannot change it themselves: `preferred_username` often",
        "can be, and then everyone logs in as anyone.",
      ),
    }),
})
  .optional()
  .meta({
    description: prose(
      "An authority that hands out tokens, such as Keycloak: clients log in with OAUTHBEARER or XOAUTH2.",
      "Tokens are JSON Web Tokens, signed with RSA (2,048 bits or more), ECDSA or EdDSA; they are checked",
      "with the issuer's keys, which are fetched by HTTPS when they are first needed, kept for ten minutes,",
      "and used for an hour where the issuer does not answer. Until it does, clients are told to come back.",
      "The account must be one that we have. See docs/decisions/0013-tokens.md.",
    ),
  });
