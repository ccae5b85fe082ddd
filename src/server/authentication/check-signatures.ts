// The signatures of a message that has come whole, against the keys of those who have made them.

import { type ArcChain, sealedText } from "../../core/authentication/arc/chain.ts";
import { signedText } from "../../core/authentication/dkim/canonical-header.ts";
import { type DkimKey, readKey } from "../../core/authentication/dkim/key.ts";
import {
  isBelow,
  keyName,
  type MessageSignature,
  type Signature,
} from "../../core/authentication/dkim/signature.ts";
import { textToOctets } from "../../core/mail/header-fields.ts";
import { checkSignature } from "../../io/authentication/signatures.ts";
import type { LookUps } from "./look-ups.ts";
import type { Contents } from "./signed-message.ts";

type Texts = LookUps["texts"];

export interface SignatureVerdict {
  readonly result: "pass" | "fail" | "policy" | "neutral" | "temperror" | "permerror";
  /** For people. */
  readonly why?: string;
  /** Absent where its field could not be read. */
  readonly signature?: MessageSignature;
}

/** In the header's order. Never rejects where `texts` does not. */
export function checkDkim(contents: Contents, texts: Texts): Promise<readonly SignatureVerdict[]> {
  return Promise.all(
    contents.signatures.map(async (read): Promise<SignatureVerdict> => {
      if (!read.ok) return { result: read.problem.result, why: read.problem.why };
      const signature = read.value;
      return { ...(await checkOne(signature, contents, texts)), signature };
    }),
  );
}

async function checkOne(
  signature: MessageSignature,
  contents: Contents,
  texts: Texts,
): Promise<SignatureVerdict> {
  const key = await findKey(signature, texts);
  if ("result" in key) return key;
  // RFC 6376 §3.6.1, `t=s`.
  if (key.isStrict && signature.userDomain !== signature.domain) {
    return { result: "permerror", why: "the key is not for domains below" };
  }
  const verdict = checkMessage(signature, key, contents);
  if (!key.isTesting) return verdict;
  return { ...verdict, why: [verdict.why, "the signer is testing"].filter(Boolean).join("; ") };
}

/** A length that the signature gives is not looked at: it has to be over the whole body (§8.2). */
function checkMessage(
  signature: MessageSignature,
  key: DkimKey,
  { fields, bodyHashes }: Contents,
): SignatureVerdict {
  if (bodyHashes.get(signature.bodyForm) !== signature.bodyHash) {
    return { result: "fail", why: "the body is not the one that was signed" };
  }
  const { field, names, headerForm } = signature;
  const others = fields.filter((one) => one !== field);
  return checkText(signature, key, signedText(others, names, field, headerForm));
}

function checkText(signature: Signature, key: DkimKey, text: string): SignatureVerdict {
  const fits = checkSignature(signature, key, textToOctets(text));
  if (!fits.ok) return fits.problem;
  return fits.value ? { result: "pass" } : { result: "fail", why: "the signature does not fit" };
}

async function findKey(signature: Signature, texts: Texts): Promise<DkimKey | SignatureVerdict> {
  const found = await texts(keyName(signature));
  if (!found.ok) return { result: "temperror", why: found.problem };
  const key = readKey(found.value);
  return key.ok ? key.value : { result: "permerror", why: key.problem };
}

export type ArcVerdict =
  | { readonly result: "none" }
  | { readonly result: "fail"; readonly why: string }
  | { readonly result: "pass"; readonly chain: ArcChain };

/** RFC 8617 §5.2: the last signature over the message, and each seal. What cannot be found out now is a
 * failure there. */
export async function checkArc(contents: Contents, texts: Texts): Promise<ArcVerdict> {
  const { arc } = contents;
  if (arc === undefined) return { result: "none" };
  if (!arc.ok) return { result: "fail", why: arc.problem };
  const chain = arc.value;
  const last = await checkOne(chain.message, contents, texts);
  if (last.result !== "pass") return { result: "fail", why: `last signature: ${last.why ?? ""}` };
  for (const seal of chain.seals) {
    // oxlint-disable-next-line no-await-in-loop -- those that matter were asked for before
    const key = await findKey(seal, texts);
    const verdict = "result" in key ? key : checkText(seal, key, sealedText(chain, seal));
    if (verdict.result !== "pass") {
      return { result: "fail", why: `seal i=${seal.instance}: ${verdict.why ?? ""}` };
    }
  }
  return { result: "pass", chain };
}

/** Whether all who have sealed a chain are, or are below, one of these domains. */
export function isSealedBy({ seals }: ArcChain, trusted: readonly string[]): boolean {
  return seals.every(({ domain }) => trusted.some((above) => isBelow(domain, above)));
}
