// Whether a TLS server compresses what it sends (CRIME). Neither Node's OpenSSL nor Debian's can ask
// for that any more, so the question is written by hand.

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import type { Endpoint } from "./server.ts";

const deflate = 1;

/** Asks for DEFLATE first (RFC 3749), in TLS 1.2; resolves with the method that the server chooses, 0
 * for none. */
export async function chosenCompression({ host, port }: Endpoint): Promise<number> {
  const socket = connect(port, host);
  socket.setTimeout(10_000, () => socket.destroy(new Error("the server does not answer")));
  await once(socket, "connect");
  socket.write(clientHello());
  let received = Buffer.alloc(0);
  for await (const octets of socket) {
    received = Buffer.concat([received, octets]);
    const chosen = readServerHello(received);
    if (chosen !== undefined) return chosen;
  }
  throw new Error("the server said no hello");
}

/** RFC 5246 §7.4.1.2. */
function clientHello(): Buffer {
  const ciphers = [0xc0, 0x2b, 0xc0, 0x2f]; // ECDHE with AES-128-GCM, ECDSA or RSA
  const extensions = [
    [0x00, 0x0a, 0, 4, 0, 2, 0, 0x17], // group: P-256
    [0x00, 0x0d, 0, 6, 0, 4, 0x04, 0x03, 0x04, 0x01], // signatures: SHA-256 with ECDSA or RSA
  ].flat();
  const body = Buffer.concat([
    Buffer.of(3, 3), // TLS 1.2
    randomBytes(32),
    Buffer.of(0), // no session
    Buffer.of(0, ciphers.length, ...ciphers),
    Buffer.of(2, deflate, 0),
    Buffer.of(0, extensions.length, ...extensions),
  ]);
  const handshake = [1, 0, 0, body.length, ...body];
  return Buffer.from([22, 3, 1, 0, handshake.length, ...handshake]);
}

/** RFC 5246 §7.4.1.3: record, handshake, version, random, session, cipher, compression. */
function readServerHello(octets: Buffer): number | undefined {
  if (octets.length < 44) return undefined;
  if (octets[0] !== 22 || octets[5] !== 2) throw new Error(`no hello: ${octets.toString("hex")}`);
  const session = octets[43] ?? 0;
  return octets[44 + session + 2];
}
