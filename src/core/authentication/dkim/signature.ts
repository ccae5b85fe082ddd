// A signature as its field has it: DKIM-Signature (RFC 6376 §3.5), and those of ARC, which are much the
// same (RFC 8617 §4.1). What makes one void before any key is asked for is found here.

import { type Domain, parseDomain } from "../../mail/domain.ts";
import { bad, good, type Result } from "../../result.ts";
import { type HeaderField, valueOf } from "../../mail/header-fields.ts";
import type { Canonicalization } from "./canonical-header.ts";
import { colonList, parseTagList, type TagList, withoutBlanks } from "./tag-list.ts";

/** What every signature has. */
export interface Signature {
  readonly field: HeaderField;
  readonly algorithm: "rsa-sha256" | "ed25519-sha256";
  /** The signer's. */
  readonly domain: Domain;
  readonly selector: Domain;
  /** In base64. */
  readonly value: string;
}

/** One over fields and the body. */
export interface MessageSignature extends Signature {
  readonly headerForm: Canonicalization;
  readonly bodyForm: Canonicalization;
  /** In lower case, in their order. */
  readonly names: readonly string[];
  /** In base64. */
  readonly bodyHash: string;
  /** The domain of the user for whom it is: the signer's, or one below. */
  readonly userDomain: Domain;
}

/** `policy`: it may be good, but we do not take it; RFC 8601 §2.7.1. */
export interface Unfit {
  readonly result: "permerror" | "policy" | "neutral";
  readonly why: string;
}

type Read<Kind> = Result<Kind, Unfit>;

/** Names of fields that one signature is over at most: each is looked for. */
const mostNames = 500;

/** @param now UTC milliseconds */
export function readDkimSignature(field: HeaderField, now: number): Read<MessageSignature> {
  const tags = parseTagList(valueOf(field));
  if (tags === undefined) return unfit("its field cannot be read");
  if (tags.get("v") !== "1") return unfit("its version is not known");
  const read = readMessageSignature(field, tags);
  if (!read.ok) return read;
  const { names, domain } = read.value;
  // RFC 6376 §6.1.1 in its order.
  if (!names.includes("from")) return unfit("it leaves out From");
  const user = tags.get("i") ?? `@${domain}`;
  const userDomain = parseDomain(user.slice(user.lastIndexOf("@") + 1));
  if (userDomain === undefined || !isBelow(userDomain, domain)) {
    return unfit("it is for a user of another domain");
  }
  const late = problemOfTime(tags, now);
  return late === undefined ? good({ ...read.value, userDomain }) : unfit(late);
}

/** A signature over fields and the body, without what only one kind has. */
export function readMessageSignature(field: HeaderField, tags: TagList): Read<MessageSignature> {
  const signature = readSignature(field, tags);
  if (!signature.ok) return signature;
  const [headerForm, bodyForm = "simple"] = (tags.get("c") ?? "simple").toLowerCase().split("/");
  if (!isForm(headerForm) || !isForm(bodyForm)) return unfit("its canonicalization is not known");
  const names = colonList(tags.get("h") ?? "").map((name) => name.toLowerCase());
  if (names.length > mostNames) return unfit("it names too many fields");
  const bodyHash = withoutBlanks(tags.get("bh") ?? "");
  if (names[0] === "" || bodyHash === "") return unfit("a tag is missing");
  const methods = colonList(tags.get("q") ?? "dns/txt").map((method) => method.toLowerCase());
  if (!methods.includes("dns/txt")) return unfit("its key is not in the DNS");
  const { domain } = signature.value;
  return good({ ...signature.value, headerForm, bodyForm, names, bodyHash, userDomain: domain });
}

export function readSignature(field: HeaderField, tags: TagList): Read<Signature> {
  const algorithm = (tags.get("a") ?? "").toLowerCase();
  // RFC 8301 §3.1.
  if (algorithm === "rsa-sha1") return unfit("rsa-sha1 is no longer safe");
  if (algorithm !== "rsa-sha256" && algorithm !== "ed25519-sha256") {
    return bad({ result: "neutral", why: "its algorithm is not known" });
  }
  const domain = parseDomain(tags.get("d") ?? "");
  const selector = parseDomain(tags.get("s") ?? "");
  if (domain === undefined || selector === undefined) return unfit("its domain cannot be read");
  const value = withoutBlanks(tags.get("b") ?? "");
  if (value === "") return unfit("a tag is missing");
  return good({ field, algorithm, domain, selector, value });
}

export function keyName({ selector, domain }: Signature): Domain {
  return `${selector}._domainkey.${domain}`;
}

function problemOfTime(tags: TagList, now: number): string | undefined {
  const [made, ends] = [tags.get("t"), tags.get("x")].map((time) =>
    time === undefined || !/^[0-9]{1,12}$/.test(time) ? undefined : Number(time),
  );
  if (ends === undefined) return undefined;
  if (made !== undefined && ends <= made) return "it ends before it was made";
  return ends * 1000 < now ? "it has expired" : undefined;
}

export function isBelow(domain: Domain, above: Domain): boolean {
  return domain === above || domain.endsWith(`.${above}`);
}

function isForm(text: string | undefined): text is Canonicalization {
  return text === "simple" || text === "relaxed";
}

function unfit(why: string): { readonly ok: false; readonly problem: Unfit } {
  return bad({ result: "permerror", why });
}
