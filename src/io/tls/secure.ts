// Puts TLS on an accepted connection: at once on a port of its own, or after STARTTLS.

import { createHash } from "node:crypto";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { bad, good, type Result } from "../../core/result.ts";
import { type Certificates, sniCallback } from "./certificates.ts";

export interface SecureOptions {
  readonly certificates: Certificates;
  /** The protocol spoken inside (RFC 7301): a client that names others and not this one is turned
   * away in the handshake, so that a browser cannot be lured into talking SMTP. */
  readonly protocol: "smtp" | "pop3" | "imap";
  /** Asks clients for a certificate; none is required. */
  readonly asksForCertificate: boolean;
}

/** What is known of a connection once its handshake is done. */
export interface SecureFacts {
  /** Such as `TLSv1.3`. */
  readonly version: string;
  /** The IANA name, such as `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string;
  /** Channel bindings for SCRAM-…-PLUS. */
  readonly bindings: {
    /** RFC 9266: TLS 1.3 only, where each connection has its own. */
    readonly "tls-exporter"?: Uint8Array;
    /** RFC 5929 §4.1: the hash of our certificate. */
    readonly "tls-server-end-point": Uint8Array;
  };
  /** The client's certificate, where it showed one that our authorities vouch for. */
  readonly clientCertificate?: ClientCertificate;
}

export interface ClientCertificate {
  /** Mail addresses in it (subjectAltName), in lower case. */
  readonly addresses: readonly string[];
  readonly commonName?: string;
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
): Promise<Result<SecureFacts, string>> {
  return new Promise((resolve) => {
    socket.once("secure", () => resolve(good(factsOf(socket, certificates))));
    socket.once("error", (error) => resolve(bad(error.message)));
    socket.once("close", () => resolve(bad("the client closed the connection")));
  });
}

function factsOf(socket: TLSSocket, certificates: Certificates): SecureFacts {
  const version = socket.getProtocol() ?? "unknown";
  const exporter = version === "TLSv1.3" ? exportedKey(socket) : undefined;
  const clientCertificate = socket.authorized ? clientOf(socket) : undefined;
  const { leaf } = certificates.find(askedName(socket));
  return {
    version,
    cipher: socket.getCipher().standardName,
    bindings: {
      ...(exporter !== undefined && { "tls-exporter": exporter }),
      "tls-server-end-point": createHash(endPointHash(leaf.signatureAlgorithm))
        .update(leaf.raw)
        .digest(),
    },
    ...(clientCertificate !== undefined && { clientCertificate }),
  };
}

/** RFC 9266 §4.2. */
function exportedKey(socket: TLSSocket): Uint8Array {
  return socket.exportKeyingMaterial(32, "EXPORTER-Channel-Binding", Buffer.alloc(0));
}

/** RFC 5929 §4.1: the hash of the signature, but nothing weaker than SHA-256. */
function endPointHash(signatureAlgorithm: string | undefined): string {
  const bits = /sha-?(384|512)/i.exec(signatureAlgorithm ?? "")?.[1] ?? "256";
  return `sha${bits}`;
}

/** Node's types leave the server's side out. */
function askedName(socket: TLSSocket): string {
  const name: unknown = Reflect.get(socket, "servername");
  return typeof name === "string" ? name : "";
}

function clientOf(socket: TLSSocket): ClientCertificate | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  const addresses = [...(certificate.subjectAltName ?? "").matchAll(/email:([^\s,"]+)/g)].map(
    ([, address = ""]) => address.toLowerCase(),
  );
  const commonName = /^CN=(.+)$/m.exec(certificate.subject)?.[1];
  return { addresses, ...(commonName !== undefined && { commonName }) };
}
