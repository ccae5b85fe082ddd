// The record that publishes a key (RFC 6376 §3.6.1).

import { parseTagList } from "../mail/tag-list.ts";
import type { Domain } from "../mail/domain.ts";
import { type KeyAlgorithm, selectorOf } from "./key.ts";

export function keyRecordName(domain: Domain, name: string, algorithm: KeyAlgorithm): string {
  return `${selectorOf(name, algorithm)}._domainkey.${domain}`;
}

export function formatKeyRecord(algorithm: KeyAlgorithm, publicKey: string): string {
  return `v=DKIM1; k=${algorithm}; p=${publicKey}`;
}

/** What keeps a published text from verifying our signatures by this key; undefined where nothing does. */
export function keyRecordProblem(
  text: string,
  algorithm: KeyAlgorithm,
  publicKey: string,
): string | undefined {
  const tags = parseTagList(text);
  if (tags === undefined) return "it is no key record";
  if ((tags.get("v") ?? "DKIM1") !== "DKIM1") return "its version is not DKIM1";
  const key = tags.get("p")?.replaceAll(/\s+/g, "");
  if (key === undefined) return "it has no key (p=)";
  if (key === "") return "it says that the key was withdrawn (p= is empty)";
  const kind = tags.get("k") ?? "rsa";
  if (kind !== algorithm) return `it is for a key of another kind (k=${kind})`;
  if (key !== publicKey) return "it has another key";
  if (!listHas(tags.get("h"), "sha256")) return "it does not allow SHA-256 (h=)";
  if (!listHas(tags.get("s"), "email", "*")) return "it is not for mail (s=)";
  if ((tags.get("t") ?? "").split(":").some((flag) => flag.trim() === "y"))
    return "it says that signatures are only being tried (t=y)";
  return undefined;
}

/** A list that is absent allows everything. */
function listHas(list: string | undefined, ...wanted: readonly string[]): boolean {
  return list === undefined || list.split(":").some((item) => wanted.includes(item.trim()));
}
