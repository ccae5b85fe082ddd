// What the DNS has, as far as it was asked.

import type { Result } from "../result.ts";
import type { Domain } from "../mail/domain.ts";
import type { ServiceData, TlsaData } from "./record.ts";

/** Empty where there is nothing; the problem says why nobody knows. */
export type Looked<Found> = Result<readonly Found[], string>;

export interface MxFound {
  readonly preference: number;
  /** Empty for the null MX. */
  readonly host: Domain;
}

/** By name, or by address. */
export interface PublishedRecords {
  readonly mx: Looked<MxFound>;
  readonly addresses: ReadonlyMap<Domain, Looked<string>>;
  readonly names: ReadonlyMap<string, Looked<Domain>>;
  readonly texts: ReadonlyMap<string, Looked<string>>;
  readonly services: ReadonlyMap<string, Looked<ServiceData>>;
  readonly tlsa: ReadonlyMap<string, Looked<TlsaData>>;
  /** What a receiver makes of the domain's SPF for mail from each of our addresses. */
  readonly spf: ReadonlyMap<string, SpfVerdict>;
}

export interface SpfVerdict {
  /** RFC 7208 §2.6. */
  readonly result: string;
  /** For people, where something is wrong. */
  readonly why: string;
}

/** Of a question that was not asked. */
const notAsked: Looked<never> = { ok: false, problem: "it was not asked" };

export function lookedUp<Found>(
  table: ReadonlyMap<string, Looked<Found>>,
  key: string,
): Looked<Found> {
  return table.get(key) ?? notAsked;
}
