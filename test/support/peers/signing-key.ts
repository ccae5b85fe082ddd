// A key that a peer signs its mail with.

import { generateKeyPairSync } from "node:crypto";
import { formatKeyRecord } from "../../../src/core/dkim/key-record.ts";

export interface SigningKey {
  readonly domain: string;
  readonly selector: string;
  /** PEM. */
  readonly key: string;
  /** The text that publishes it. */
  readonly record: string;
}

export function makeSigningKey(domain: string, selector: string): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const published = publicKey.export({ type: "spki", format: "der" }).toString("base64");
  return {
    domain,
    selector,
    key: privateKey.export({ type: "pkcs1", format: "pem" }).toString(),
    record: formatKeyRecord("rsa", published),
  };
}
