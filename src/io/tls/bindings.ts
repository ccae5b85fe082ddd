// What binds a login to its TLS channel, on either side of it.

import type { TLSSocket } from "node:tls";

/** RFC 9266 §4.2. */
export function exportedKey(socket: TLSSocket): Uint8Array {
  return socket.exportKeyingMaterial(32, "EXPORTER-Channel-Binding", Buffer.alloc(0));
}

/** RFC 5929 §4.1: the hash of the signature, but nothing weaker than SHA-256. */
export function endPointHash(signatureAlgorithm: string | undefined): string {
  const bits = /sha-?(384|512)/i.exec(signatureAlgorithm ?? "")?.[1] ?? "256";
  return `sha${bits}`;
}
