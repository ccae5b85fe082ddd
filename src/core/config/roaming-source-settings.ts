// The settings of `relay.roaming.relay-table` and `relay.roaming.logs`.

import type { LogFormatName } from "../grants/log-formats/formats.ts";
import type { SecretPlace } from "./login-settings.ts";
import type { Place } from "./settings.ts";
import type { DatabaseUrl } from "./values/database-url.ts";

export interface RelayTableSettings extends DatabaseUrl {
  readonly password: SecretPlace;
  readonly table: string;
  /** How long a row counts. */
  readonly lifetime: number;
  /** Between two readings of the table. */
  readonly every: number;
  /** What opens relaying here is written there. */
  readonly write: boolean;
  readonly place: Place;
}

export interface RoamingLogSettings {
  /** Absolute path. */
  readonly file: string;
  readonly reads: LogReading;
}

/** A server's own format, or a pattern that `checkOwnPattern` has passed. */
export type LogReading = { readonly format: LogFormatName } | { readonly pattern: string };
