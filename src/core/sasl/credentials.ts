// What a mechanism asks of whoever knows the accounts, and what it is told.

import type { ScramHash, ScramKeys } from "./scram/keys.ts";

/** Names are as SASLprep leaves them. `actAs` is there only where a login may act as another
 * (`SaslContext.mayActAs`) and the client named one: then the answer is about the account of that
 * name, and "rejected" unless the user may act for it. */
export type CredentialQuestion =
  | {
      readonly kind: "password";
      readonly user: string;
      readonly actAs: string | undefined;
      readonly password: Password;
    }
  | {
      readonly kind: "scram-keys";
      readonly hash: ScramHash;
      readonly user: string;
      readonly actAs: string | undefined;
    }
  /** For CRAM-MD5, which cannot do with less. */
  | { readonly kind: "clear-password"; readonly user: string }
  /** `user`: whom the token must be good for; undefined is whom it names itself. */
  | { readonly kind: "token"; readonly user: string | undefined; readonly token: string }
  /** `user`: whom the certificate must be good for; undefined is whom it names itself. */
  | {
      readonly kind: "certificate";
      readonly user: string | undefined;
      readonly certificate: string;
    };

interface Password {
  /** As the client sent it: for classic stores. */
  readonly sent: string;
  /** As SASLprep leaves it (RFC 4616 §2): for our own. */
  readonly prepared: string;
}

export type CredentialAnswer =
  /** To a password, a token or a certificate: it is good. */
  | { readonly kind: "account"; readonly account: string }
  | { readonly kind: "scram-keys"; readonly account: string; readonly keys: ScramKeys }
  | { readonly kind: "clear-password"; readonly account: string; readonly password: string }
  /** It is not good, or there is no such user, or the user has none of this kind. */
  | { readonly kind: "rejected" }
  /** The store does not answer. */
  | { readonly kind: "unavailable" };
