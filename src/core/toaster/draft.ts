// A configuration on its way from an installation to a file: each value with where it came from.

import type { Domain } from "../mail/domain.ts";
import type { At } from "./report.ts";

export interface From<Value> {
  readonly value: Value;
  readonly at: At;
}

export interface Draft {
  readonly hostname: From<Domain> | undefined;
  readonly postmaster: From<string> | undefined;
  readonly listeners: readonly DraftListener[];
  /** A file with key and certificate. */
  readonly certificate: From<string> | undefined;
  readonly networks: readonly From<string>[];
  readonly rules: DraftRules | undefined;
  /** The rules are what they will be. */
  readonly settledRules: boolean;
  readonly roaming: From<DraftRoaming> | undefined;
  readonly domains: ReadonlyMap<Domain, From<DraftDomain>>;
  readonly logins: readonly From<DraftLogin>[];
  readonly blocklists: readonly From<DraftBlocklist>[];
  readonly routes: readonly From<DraftRoute>[];
  readonly limits: readonly From<readonly [key: string, value: string | number]>[];
  readonly giveUpAfter: From<number> | undefined;
}

export interface DraftRoaming {
  readonly minutes: number;
  /** The URL of the database in which vpopmail notes who has just read mail; undefined where it notes
   * that in a file, or where the database could not be asked. */
  readonly table: string | undefined;
}

export interface DraftListener {
  readonly name: string;
  readonly role: "mx" | "submission" | "pop3";
  readonly implicitTls: boolean;
  /** `0.0.0.0:25` */
  readonly listen: readonly string[];
  readonly at: At | undefined;
}

export interface DraftRules {
  /** An octet to a character; its lines are those of the original. */
  readonly text: string;
  readonly at: At;
}

/** `mailboxes`, or the host that the domain's mail is handed on to. */
export type DraftDomain =
  | { readonly kind: "mailboxes" }
  | { readonly kind: "relay"; readonly host: string };

export type DraftLogin =
  | {
      readonly kind: "database";
      readonly url: string;
      readonly password: string;
      readonly layout: "one" | "per-domain";
    }
  | { readonly kind: "files"; readonly folder: string }
  | { readonly kind: "checkpassword"; readonly program: readonly string[] };

export interface DraftBlocklist {
  readonly zone: Domain;
  readonly score: number;
}

export interface DraftRoute {
  /** `*`, a domain, or with a dot in front what is below it. */
  readonly to: Domain;
  /** A host, or `mx`. */
  readonly via: string;
  /** Who we are to that host. */
  readonly login?: DraftHostLogin;
}

export interface DraftHostLogin {
  readonly user: string;
  readonly password: string;
}
