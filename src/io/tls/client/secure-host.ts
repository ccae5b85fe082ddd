// Puts TLS on a connection that we have made to another host.

import { createHash } from "node:crypto";
import { isIP, type Socket } from "node:net";
import { connect, type SecureContext, type TLSSocket } from "node:tls";
import type { ChannelBindings } from "../../../core/sasl/context.ts";
import { bad, good, type Result } from "../../../core/result.ts";
import type { HostTls } from "../../../core/smtp/client/protection.ts";
import { endPointHash, exportedKey } from "../bindings.ts";
import { findDoubt } from "./doubt.ts";
import { explainFailure, type HandshakeProblem } from "./handshake-problem.ts";
import type { SessionCache } from "./session-cache.ts";

export interface SecureHostOptions {
  /** The name or address that the host is meant by. */
  readonly host: string;
  readonly port: number;
  readonly authorities: SecureContext;
  /** Of the destination's connections: a session that was verified need not be so again. */
  readonly sessions: SessionCache;
  /** UTC milliseconds. */
  readonly now: () => number;
}

export interface Securing {
  /** What is read and written from now on; errors on it are the caller's to take. */
  readonly socket: TLSSocket;
  readonly done: Promise<Result<HostTls, HandshakeProblem>>;
}

/** Takes the socket over, and begins the handshake. Whoever the host is, the handshake goes through:
 * what is wrong with its certificate is said in the result. */
export function secureHost(clear: Socket, options: SecureHostOptions): Securing {
  const { host, port, authorities, sessions } = options;
  const key = `${host}:${port}`;
  const known = sessions.find(authorities, key);
  const socket = connect({
    socket: clear,
    secureContext: authorities,
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined, // `findDoubt` does it, and says more
    ...(isIP(host) === 0 && { servername: host }), // RFC 6066 §3: no addresses
    ...(known !== undefined && { session: known.ticket }),
  });
  const { promise, resolve } = Promise.withResolvers<Result<HostTls, HandshakeProblem>>();
  let verdict: { readonly doubt: string | undefined } | undefined;
  socket.once("secureConnect", () => {
    // A session that goes on carries the verdict of the handshake that began it.
    const doubt =
      socket.isSessionReused() && known !== undefined ? known.doubt : doubtAbout(socket, options);
    verdict = { doubt };
    resolve(good(factsOf(socket, doubt)));
  });
  socket.on("session", (ticket) => {
    // With TLS 1.2 it comes before the handshake is done.
    queueMicrotask(() => {
      if (verdict !== undefined) sessions.keep(authorities, key, { ticket, doubt: verdict.doubt });
    });
  });
  socket.once("error", (error) => {
    if (verdict === undefined) sessions.drop(authorities, key);
    resolve(bad(explainFailure(error)));
  });
  socket.once("close", () => resolve(bad({ kind: "lost" })));
  return { socket, done: promise };
}

function doubtAbout(socket: TLSSocket, { host, now }: SecureHostOptions): string | undefined {
  // Node's types have an Error here; what is there is its code.
  const chainError: unknown = socket.authorizationError;
  return findDoubt({
    certificate: socket.getPeerX509Certificate(),
    chainError: socket.authorized ? undefined : String(chainError ?? "unknown"),
    host,
    now: now(),
  });
}

function factsOf(socket: TLSSocket, doubt: string | undefined): HostTls {
  const protocol = socket.getProtocol() ?? "unknown";
  return {
    protocol,
    cipher: socket.getCipher().standardName,
    channelBindings: bindingsOf(socket, protocol),
    doubt,
  };
}

function bindingsOf(socket: TLSSocket, protocol: string): ChannelBindings {
  if (protocol === "TLSv1.3") return { "tls-exporter": exportedKey(socket) };
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return {};
  const hash = createHash(endPointHash(certificate.signatureAlgorithm));
  return { "tls-server-end-point": hash.update(certificate.raw).digest() };
}
