// All that is found out about where one message comes from: SPF, DKIM, ARC, and with them DMARC.

import type { ArcChain } from "../../core/authentication/arc/chain.ts";
import { authorDomains } from "../../core/authentication/author-domains.ts";
import {
  type DmarcVerdict,
  findDmarcRecord,
  type Identity,
  judgeByDmarc,
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
  /** Why it was not found out whom the message says to be from: no honest message is like that. */
  readonly unreadable?: string;
  /** Why a reader may see another author than those, where that may be. */
  readonly flaw?: string;
}

export type AuthorVerdict = DmarcVerdict & { readonly domain: Domain };

export interface FindingsOptions {
  readonly contents: Contents;
  readonly lookUps: Pick<LookUps, "texts">;
  /** For the policies of the authors' domains alone: what else the message has us ask, which is up to whoever
   * wrote it, must not keep us from finding them. */
  readonly policies: Pick<LookUps, "texts">;
  readonly spf: Promise<Findings["spf"]>;
  readonly organizationOf: OrganizationOf;
}

/** More authors' domains no honest message has. */
const mostAuthors = 20;

/** Never rejects where the look-ups do not. */
export async function findAll(options: FindingsOptions): Promise<Findings> {
  const { contents, lookUps, policies, organizationOf } = options;
  const domains = authorDomains(contents.fields);
  const authors = domains.slice(0, mostAuthors).map((domain) => ({
    domain,
    // Now: signers and senders whose names are slow to find may use up the time.
    found: findDmarcRecord({ domain, organizationOf, ask: policies.texts }),
  }));
  const [spf, dkim, arc] = await Promise.all([
    options.spf,
    checkDkim(contents, lookUps.texts),
    checkArc(contents, lookUps.texts),
  ]);
  const identities = dkim.flatMap(({ result, signature }): Identity[] =>
    signature === undefined ? [] : [{ domain: signature.domain, result: identityResult(result) }],
  );
  const dmarc = await Promise.all(
    authors.map(async ({ domain, found }) => {
      const verdict = judgeByDmarc(await found, {
        domain,
        spf: { domain: spf.domain, result: identityResult(spf.result) },
        dkim: identities,
        organizationOf,
      });
      return { ...verdict, domain };
    }),
  );
  const unreadable = whyUnreadable(contents, domains);
  const flaw = flawOf(contents);
  return {
    spf,
    dkim,
    passedOver: contents.passedOver,
    arc,
    dmarc,
    ...(unreadable !== undefined && { unreadable }),
    ...(flaw !== undefined && { flaw }),
  };
}

function whyUnreadable({ isTooLong }: Contents, domains: readonly Domain[]): string | undefined {
  if (isTooLong) return "its header is too long";
  return domains.length > mostAuthors ? "it has too many authors" : undefined;
}

function flawOf({ fields, isBroken }: Contents): string | undefined {
  // Some programs take what follows such a line for more of the header.
  if (isBroken) return "its header has a line that is no field";
  // A signature is over the last one, and programs show the first.
  const isRepeated = fields.filter(({ name }) => name === "from").length > 1;
  return isRepeated ? "its header has several From fields" : undefined;
}

function identityResult(result: string): Identity["result"] {
  return result === "pass" || result === "temperror" ? result : "other";
}

/** Whether hosts that we trust vouch for the message having been authentic before they changed it, as
 * mailing lists do (RFC 8617 §7.2.1): all who have sealed it are trusted, and the first has found so. Of
 * another author than the one who stands in what was sealed they have said nothing. */
export function isVouchedFor({ arc, flaw }: Findings, trusted: readonly Domain[]): boolean {
  if (arc.result !== "pass" || trusted.length === 0) return false;
  if (flaw !== undefined || !arc.chain.message.names.includes("from")) return false;
  return isSealedBy(arc.chain, trusted) && saysDmarcPass(arc.chain);
}

function saysDmarcPass({ firstResults }: ArcChain): boolean {
  return /;[ \t]*dmarc[ \t]*=[ \t]*pass(?![a-z0-9-])/i.test(firstResults);
}
