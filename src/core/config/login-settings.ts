// The settings of `logins`.

import type { Place } from "./settings.ts";
import type { DatabaseUrl } from "./values/database-url.ts";

export type LoginSettings = LoginPlace & {
  readonly adopt: boolean;
  readonly place: Place;
};

type LoginPlace =
  | ({ readonly kind: "checkpassword" } & CheckpasswordSettings)
  | ({ readonly kind: "vpopmail-mysql" } & VpopmailMysqlSettings)
  | {
      readonly kind: "vpopmail-cdb";
      /** Absolute path. */
      readonly domains: string;
    };

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

/** Where a secret is: in a file by its absolute path, or in an environment variable. */
export type SecretPlace = { readonly file: string } | { readonly variable: string };
