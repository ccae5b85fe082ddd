// Keys for SCRAM as text (RFC 5803 §2): `SCRAM-SHA-256$iterations:salt$storedkey:serverkey`, all but
// the iterations in base64.

import type { ScramHash, ScramKeys } from "../../core/sasl/scram/keys.ts";

const schemes: Readonly<Record<ScramHash, string>> = {
  sha256: "SCRAM-SHA-256",
  sha1: "SCRAM-SHA-1",
};

/** Octets of a digest. */
export const digestOctets: Readonly<Record<ScramHash, number>> = { sha256: 32, sha1: 20 };

export function formatScramKeys(hash: ScramHash, keys: ScramKeys): string {
  const { iterations, salt, storedKey, serverKey } = keys;
  return `${schemes[hash]}$${iterations}:${base64(salt)}$${base64(storedKey)}:${base64(serverKey)}`;
}

const shape =
  /^(?<scheme>SCRAM-SHA-(?:1|256))\$(?<iterations>[1-9][0-9]{0,8}):(?<salt>[A-Za-z0-9+/]+={0,2})\$(?<storedKey>[A-Za-z0-9+/]+={0,2}):(?<serverKey>[A-Za-z0-9+/]+={0,2})$/;

/** Undefined for what `formatScramKeys` does not write for this hash. */
export function readScramKeys(hash: ScramHash, text: string): ScramKeys | undefined {
  const found = shape.exec(text)?.groups;
  if (found === undefined || found["scheme"] !== schemes[hash]) return undefined;
  const octets = (name: string): Uint8Array => Buffer.from(found[name] ?? "", "base64");
  const keys = {
    iterations: Number(found["iterations"]),
    salt: octets("salt"),
    storedKey: octets("storedKey"),
    serverKey: octets("serverKey"),
  };
  const isWhole = [keys.storedKey, keys.serverKey].every(
    ({ length }) => length === digestOctets[hash],
  );
  return isWhole ? keys : undefined;
}

function base64(octets: Uint8Array): string {
  return Buffer.from(octets).toString("base64");
}
