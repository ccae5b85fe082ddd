// The settings of `logins`.

import type { Place } from "./settings.ts";
import type { DatabaseUrl } from "./values/database-url.ts";

export type LoginSettings = LoginPlace & {
  readonly adopt: boolean;
  /** Its passwords in the clear may be used (CRAM-MD5). */
  readonly clearPasswords: boolean;
  readonly place: Place;
};

type LoginPlace =
  | ({ readonly kind: "checkpassword" } & CheckpasswordSettings)
  | ({ readonly kind: "vpopmail-mysql" } & VpopmailMysqlSettings)
  | {
      readonly kind: "vpopmail-cdb";
      /** Absolute path. */
      readonly domains: string;
    }
  | ({ readonly kind: "oauth" } & OauthSettings);

interface CheckpasswordSettings {
  /** The first one is an absolute path. */
  readonly program: readonly [string, ...string[]];
  readonly timeout: number;
  readonly atOnce: number;
}

interface VpopmailMysqlSettings extends DatabaseUrl {
  readonly password: SecretPlace;
  readonly tables: "one" | "per-domain";
  readonly timeout: number;
  readonly atOnce: number;
}

/** An authority that hands out tokens. */
export interface OauthSettings {
  /** Its URL, as its tokens write it. */
  readonly issuer: string;
  /** A token must be for one of these, by the names that the issuer knows us under. */
  readonly audience: readonly string[];
  /** Where its keys are; absent: where its `openid-configuration` says. */
  readonly jwksUri?: string;
  /** The claim that holds the account's address. */
  readonly accountClaim: string;
}

/** Where a secret is: in a file by its absolute path, or in an environment variable. */
export type SecretPlace = { readonly file: string } | { readonly variable: string };
