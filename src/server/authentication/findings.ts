// All that is found out about where one message comes from: SPF, DKIM, ARC, and with them DMARC.

import type { ArcChain } from "../../core/authentication/arc/chain.ts";
import { authorDomains } from "../../core/authentication/author-domains.ts";
import {
  checkDmarc,
  type DmarcVerdict,
  type Identity,
} from "../../core/authentication/dmarc/check.ts";
import type { SpfVerdict } from "../../core/authentication/spf/check.ts";
import type { Domain } from "../../core/mail/domain.ts";
import type { OrganizationOf } from "../../io/authentication/organization.ts";
import {
  type ArcVerdict,
  checkArc,
  checkDkim,
  isSealedBy,
  type SignatureVerdict,
} from "./check-signatures.ts";
import type { LookUps } from "./look-ups.ts";
import type { Contents } from "./signed-message.ts";

export interface Findings {
  readonly spf: SpfVerdict & { readonly domain: Domain };
  readonly dkim: readonly SignatureVerdict[];
  /** Signatures that were not looked at. */
  readonly passedOver: number;
  readonly arc: ArcVerdict;
  /** One for each domain that the message says to be from. */
  readonly dmarc: readonly AuthorVerdict[];
}

export type AuthorVerdict = DmarcVerdict & { readonly domain: Domain };

export interface FindingsOptions {
  readonly contents: Contents;
  readonly lookUps: LookUps;
  readonly spf: Promise<Findings["spf"]>;
  readonly organizationOf: OrganizationOf;
}

/** Never rejects where the look-ups do not. */
export async function findAll(options: FindingsOptions): Promise<Findings> {
  const { contents, lookUps, organizationOf } = options;
  const [spf, dkim, arc] = await Promise.all([
    options.spf,
    checkDkim(contents, lookUps.texts),
    checkArc(contents, lookUps.texts),
  ]);
  const identities = dkim.flatMap(({ result, signature }): Identity[] =>
    signature === undefined ? [] : [{ domain: signature.domain, result: identityResult(result) }],
  );
  const dmarc = await Promise.all(
    authorDomains(contents.fields).map(async (domain) => {
      const verdict = await checkDmarc({
        domain,
        spf: { domain: spf.domain, result: identityResult(spf.result) },
        dkim: identities,
        organizationOf,
        ask: lookUps.texts,
      });
      return { ...verdict, domain };
    }),
  );
  return { spf, dkim, passedOver: contents.passedOver, arc, dmarc };
}

function identityResult(result: string): Identity["result"] {
  return result === "pass" || result === "temperror" ? result : "other";
}

/** Whether hosts that we trust vouch for the message having been authentic before they changed it, as
 * mailing lists do (RFC 8617 §7.2.1): all who have sealed it are trusted, and the first has found so. */
export function isVouchedFor({ arc }: Findings, trusted: readonly Domain[]): boolean {
  if (arc.result !== "pass" || trusted.length === 0) return false;
  return isSealedBy(arc.chain, trusted) && saysDmarcPass(arc.chain);
}

function saysDmarcPass({ firstResults }: ArcChain): boolean {
  return /;[ \t]*dmarc[ \t]*=[ \t]*pass(?![a-z0-9-])/i.test(firstResults);
}
