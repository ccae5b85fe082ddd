// Puts TLS on an accepted connection: at once on a port of its own, or after STARTTLS.

import { createHash } from "node:crypto";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { certificateName } from "../../core/login/certificate-name.ts";
import { bad, good, type Result } from "../../core/result.ts";
import type { TlsFacts } from "../../core/tls-facts.ts";
import { endPointHash, exportedKey } from "./bindings.ts";
import { type Certificates, sniCallback } from "./certificates.ts";

export interface SecureOptions {
  readonly certificates: Certificates;
  /** The protocol spoken inside (RFC 7301): a client that names others and not this one is turned
   * away in the handshake, so that a browser cannot be lured into talking SMTP. */
  readonly protocol: "smtp" | "pop3" | "imap" | "http/1.1";
  /** Asks clients for a certificate; none is required. */
  readonly asksForCertificate: boolean;
}

/** Takes the socket over: nobody else may read from it or write to it any more. The handshake begins
 * at once; a failed one is an `error` of the new socket. */
export function secure(socket: Socket, options: SecureOptions): TLSSocket {
  const { certificates, protocol, asksForCertificate } = options;
  return new TLSSocket(socket, {
    isServer: true,
    secureContext: certificates.find("").context,
    SNICallback: sniCallback(certificates),
    ALPNProtocols: [protocol],
    requestCert: asksForCertificate,
    rejectUnauthorized: false,
  });
}

/** Resolves with the facts after the handshake, or with why there was none. */
export function handshake(
  socket: TLSSocket,
  { certificates }: Pick<SecureOptions, "certificates">,
): Promise<Result<TlsFacts, string>> {
  return new Promise((resolve) => {
    socket.once("secure", () => resolve(good(factsOf(socket, certificates))));
    socket.once("error", (error) => resolve(bad(error.message)));
    socket.once("close", () => resolve(bad("the client closed the connection")));
  });
}

function factsOf(socket: TLSSocket, certificates: Certificates): TlsFacts {
  const version = socket.getProtocol() ?? "unknown";
  const exporter = version === "TLSv1.3" ? exportedKey(socket) : undefined;
  const { leaf } = certificates.find(askedName(socket));
  return {
    version,
    cipher: socket.getCipher().standardName,
    channelBindings: {
      ...(exporter !== undefined && { "tls-exporter": exporter }),
      "tls-server-end-point": createHash(endPointHash(leaf.signatureAlgorithm))
        .update(leaf.raw)
        .digest(),
    },
    certificate: isVerified(socket) ? clientName(socket) : undefined,
  };
}

/** Node's types leave the server's side out. */
function askedName(socket: TLSSocket): string {
  const name: unknown = Reflect.get(socket, "servername");
  return typeof name === "string" ? name : "";
}

/** Whether one of our authorities vouches for the client's certificate. `authorized` is set by
 * `tls.Server` alone; what it asks itself is behind the same property. */
function isVerified(socket: TLSSocket): boolean {
  const handle: unknown = Reflect.get(socket, "ssl");
  if (typeof handle !== "object" || handle === null) return false;
  const verifyError: unknown = Reflect.get(handle, "verifyError");
  // Null for a good one, and for none at all.
  return typeof verifyError === "function" && Reflect.apply(verifyError, handle, []) === null;
}

/** Whom the client's certificate is for. */
function clientName(socket: TLSSocket): string | undefined {
  const certificate = socket.getPeerX509Certificate();
  return certificate === undefined ? undefined : certificateName(certificate);
}
