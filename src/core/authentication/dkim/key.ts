// A signer's public key, as the DNS has it (RFC 6376 §3.6.1, RFC 8463).

import { bad, good, type Result } from "../../result.ts";
import { colonList, parseTagList, withoutBlanks } from "./tag-list.ts";

export interface DkimKey {
  readonly type: "rsa" | "ed25519";
  /** In base64: the key's SubjectPublicKeyInfo (RSA), or its 32 octets. */
  readonly key: string;
  /** Signatures must not be for users of domains below. */
  readonly isStrict: boolean;
  /** The signer is trying out how it works. */
  readonly isTesting: boolean;
}

/** @param texts the TXT records of the key's name; of several, the first that is a key counts
 * The problem is for people. */
export function readKey(texts: readonly string[]): Result<DkimKey, string> {
  const [first, ...more] = texts.map(parseKey);
  if (first === undefined) return bad("no key for the signature");
  return [first, ...more].find(({ ok }) => ok) ?? first;
}

function parseKey(text: string): Result<DkimKey, string> {
  const tags = parseTagList(text);
  if (tags === undefined) return bad("the key's record cannot be read");
  const { v = "DKIM1", k = "rsa", p, h, s = "*", t = "" } = Object.fromEntries(tags);
  if (v !== "DKIM1" || p === undefined) return bad("the key's record is none");
  const key = withoutBlanks(p);
  if (key === "") return bad("the key was revoked");
  const type = k.toLowerCase();
  if (type !== "rsa" && type !== "ed25519") return bad("the key is of a kind that is not known");
  if (h !== undefined && !listed(h).includes("sha256")) return bad("the key is for other hashes");
  const services = listed(s);
  if (!services.includes("*") && !services.includes("email")) return bad("the key is not for mail");
  const flags = listed(t);
  return good({ type, key, isStrict: flags.includes("s"), isTesting: flags.includes("y") });
}

function listed(value: string): readonly string[] {
  return colonList(value).map((entry) => entry.toLowerCase());
}
