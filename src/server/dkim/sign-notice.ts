// Signs the notices that we write ourselves: they are from our own name.

import type { Domain } from "../../core/mail/domain.ts";
import { createSigner } from "../../io/dkim/signer.ts";
import type { Log } from "../log.ts";
import type { SigningKeys } from "./signing-keys.ts";

export interface NoticeSigning {
  readonly keys: Pick<SigningKeys, "isEmpty" | "of">;
  /** UTC milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

/** The fields to put on top of a notice; empty where neither the domain that it is from nor one above it
 * has keys. Never rejects: an unsigned notice is better than none. */
export async function signNotice(
  content: Uint8Array,
  { keys, now, log }: NoticeSigning,
): Promise<string> {
  if (keys.isEmpty) return "";
  const signer = createSigner({ keysOf: (domain) => keysAbove(domain, keys), now });
  signer.take(content);
  const fields = await signer.finish();
  if (fields.ok) return fields.value;
  log.warn({ event: "notice-unsigned" }, `a notice goes out unsigned: ${fields.problem}`);
  return "";
}

/** For DMARC a domain may sign for those below it (RFC 7489 §3.1.1). */
function keysAbove(domain: Domain, keys: NoticeSigning["keys"]): ReturnType<SigningKeys["of"]> {
  const found = keys.of(domain);
  const above = domain.slice(domain.indexOf(".") + 1);
  const isFound = !found.ok || found.value.length > 0;
  return isFound || above === domain || !above.includes(".") ? found : keysAbove(above, keys);
}
