// Seals a message that is sent on (RFC 8617 §5.1), with mailauth, as it passes: no more than its header is
// held.

import type { KeyObject } from "node:crypto";
import { Readable } from "node:stream";
import { sealMessage } from "mailauth/lib/arc/index.js";
import type { OwnResults } from "../../core/forwards/own-results.ts";
import type { Domain } from "../../core/mail/domain.ts";

export interface SealOptions extends OwnResults {
  readonly content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  /** In whose name, and with which key: RSA, which all who verify know. */
  readonly domain: Domain;
  readonly selector: string;
  readonly key: KeyObject;
  /** UTC milliseconds. */
  readonly now: number;
}

/** What the seal is over: what readers see, and the signatures that those before us made. */
const signed =
  "From:Reply-To:Subject:Date:Message-ID:To:Cc:MIME-Version:Content-Type:Content-Transfer-Encoding:" +
  "In-Reply-To:References:List-Id:List-Unsubscribe:List-Unsubscribe-Post:DKIM-Signature";

/** Three fields for the message's top, each ended by CR LF. Rejects where the content cannot be read, or
 * the key not be used. */
export async function sealContent(options: SealOptions): Promise<string> {
  const { content, domain, selector, key, results, chain, now } = options;
  const seal = {
    signingDomain: domain,
    selector,
    privateKey: key.export({ type: "pkcs8", format: "pem" }),
    algorithm: "rsa-sha256",
    signTime: new Date(now),
    // The library reads a text here, whatever its types say.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    headerList: signed as unknown as string[],
    authResults: results,
    cv: chain,
  };
  const fields = await sealMessage(Readable.from(content), seal);
  return fields.toString("latin1");
}
