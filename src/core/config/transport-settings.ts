// How mail goes to the next host: which one, what protects it, who we are there, from which address,
// and how much at once. Durations are milliseconds, paths are absolute.

import type { Rate } from "../limits/bucket.ts";
import type { RouteKeys } from "../routes/route-keys.ts";
import type { TlsLevel } from "../smtp/client/protection.ts";
import type { SecretPlace } from "./login-settings.ts";
import type { Endpoint, Place } from "./settings.ts";

/** A host by name or address, or a socket of this machine by its path. */
export type NextHost = Endpoint | { readonly socket: string };

/** In the order of preference; the hosts of one group are equals. None is empty. */
export type HostGroups = readonly (readonly NextHost[])[];

/** Which mail goes where; the first one that fits counts. */
export type RouteSettings = RouteKeys & { readonly place: Place } & (
    | SmartHost
    /** The domain's own hosts, as DNS says. */
    | { readonly via: "mx"; readonly leaving?: Leaving }
  );

/** A host that the operator names, with all that is said of the way to it. */
export interface SmartHost {
  readonly via: HostGroups;
  readonly transport: TransportSettings;
  /** Absent: as all mail leaves. */
  readonly leaving?: Leaving;
}

export interface TransportSettings {
  /** Absent: SMTP. */
  readonly protocol?: "lmtp";
  readonly tls: TlsLevel;
  /** TLS begins with the connection, not with STARTTLS. */
  readonly implicitTls: boolean;
  /** Those that are trusted (PEM); absent: the system's. */
  readonly authorities?: string;
  readonly login?: HostLogin;
}

export type HostLogin = { readonly user: string } & (
  | { readonly password: SecretPlace }
  | { readonly oauth2: OauthClient }
);

/** We as a client of an authority that hands out tokens (RFC 6749). */
export interface OauthClient {
  readonly tokenUrl: string;
  readonly clientId: string;
  /** Absent for clients that can keep none (§2.1). */
  readonly clientSecret?: SecretPlace;
  readonly scope?: string;
  /** Holds the refresh token (§6), and is written where a new one comes; absent: the client's own
   * credentials are all that it takes (§4.4). */
  readonly refreshTokenFile?: string;
}

/** Where connections come from, and how much goes over them. */
export interface Leaving {
  /** Absent: the system's choice. */
  readonly sources?: SourceAddresses;
  /** Where they are not those of `queue`. */
  readonly bounds?: Partial<DestinationBounds>;
}

/** Our own addresses; hosts of a family without one are not connected to. */
export interface SourceAddresses {
  readonly ipv4?: string;
  readonly ipv6?: string;
}

/** For each destination by itself. */
export interface DestinationBounds {
  /** At once. */
  readonly connections: number;
  /** Messages over time; undefined: no limit. */
  readonly rate: Rate | undefined;
  readonly messagesPerConnection: number;
  readonly recipientsPerMessage: number;
}
