// Return paths (SRS) under the secret of a store.

import { createHmac, randomBytes } from "node:crypto";
import { createSrs, type Srs } from "../../core/srs/srs.ts";
import type { SecretStore } from "../../io/store/secret-store.ts";

/** Some 40 bits: nobody finds one by trying, at some dozen tries a minute. */
const hashLength = 8;
/** Days for which a bounce is taken: longer than any host tries. */
const maxAge = 21;

/** All hosts of a store read each other's. Throws where the store cannot answer. */
export async function openReturnPaths(secrets: SecretStore): Promise<Srs> {
  const secret = await secrets.settle("return-paths", randomBytes(32).toString("base64url"));
  return createReturnPaths(secret);
}

export function createReturnPaths(secret: string): Srs {
  return createSrs({
    hash: (texts) => createHmac("sha1", secret).update(texts.join("")).digest("base64"),
    hashLength,
    maxAge,
  });
}
