// Puts TLS on a connection that we have made to another host.

import { createHash, type X509Certificate } from "node:crypto";
import { isIP, type Socket } from "node:net";
import { connect, type SecureContext, type TLSSocket } from "node:tls";
import { errorText } from "../../../core/error-text.ts";
import { bad, good, type Result } from "../../../core/result.ts";
import type { HostTls } from "../../../core/smtp/client/protection.ts";
import { endPointHash, exportedKey } from "../bindings.ts";
import { findDoubt, type Judge } from "./doubt.ts";
import { explainFailure, type HandshakeProblem } from "./handshake-problem.ts";
import type { Seen, SessionCache } from "./session-cache.ts";

export interface SecureHostOptions {
  /** The name or address that the host is meant by. */
  readonly host: string;
  readonly port: number;
  /** Judges the certificate, where it is not to be by `host` and `authorities`. */
  readonly judge?: Judge | undefined;
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
  const { host, port, judge, authorities, sessions } = options;
  const key = judge === undefined ? `${host}:${port}` : `${host}:${port} ${judge.key}`;
  const known = sessions.find(authorities, key);
  const socket = connect({
    socket: clear,
    secureContext: authorities,
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined, // `findDoubt` does it, and says more
    ...(isIP(host) === 0 && { servername: judge?.serverName ?? host }), // RFC 6066 §3: no addresses
    ...(known !== undefined && { session: known.ticket }),
  });
  const { promise, resolve } = Promise.withResolvers<Result<HostTls, HandshakeProblem>>();
  let seen: Seen | undefined;
  socket.once("secureConnect", () => {
    const goesOn = socket.isSessionReused() && known !== undefined;
    try {
      seen = goesOn ? known.seen : inspect(socket, options);
      resolve(good(factsOf(socket, seen)));
    } catch (error) {
      // What a stranger's certificate holds must not end more than this connection.
      resolve(bad({ kind: "failed", detail: errorText(error) }));
    }
  });
  socket.on("session", (ticket) => {
    // With TLS 1.2 it comes before the handshake is done.
    queueMicrotask(() => {
      if (seen !== undefined) sessions.keep(authorities, key, { ticket, seen });
    });
  });
  socket.once("error", (error) => {
    if (seen === undefined) sessions.drop(authorities, key);
    resolve(bad(explainFailure(error)));
  });
  socket.once("close", () => resolve(bad({ kind: "lost" })));
  return { socket, done: promise };
}

function inspect(socket: TLSSocket, { host, judge, now }: SecureHostOptions): Seen {
  // To be asked for once: a second time Node has it no more.
  const certificate = socket.getPeerX509Certificate();
  // Node's types have an Error here; what is there is its code.
  const chainError: unknown = socket.authorizationError;
  const doubt = (judge?.findDoubt ?? findDoubt)({
    certificate,
    chainError: socket.authorized ? undefined : typeof chainError === "string" ? chainError : "?",
    host,
    now: now(),
  });
  return { doubt, endPoint: certificate && endPointOf(certificate) };
}

function endPointOf({ signatureAlgorithm, raw }: X509Certificate): Uint8Array {
  return createHash(endPointHash(signatureAlgorithm)).update(raw).digest();
}

function factsOf(socket: TLSSocket, { doubt, endPoint }: Seen): HostTls {
  const protocol = socket.getProtocol() ?? "unknown";
  const exporter = protocol === "TLSv1.3" ? exportedKey(socket) : undefined;
  return {
    protocol,
    cipher: socket.getCipher().standardName,
    channelBindings: {
      ...(exporter !== undefined && { "tls-exporter": exporter }),
      ...(endPoint !== undefined && { "tls-server-end-point": endPoint }),
    },
    doubt: doubt?.text,
    ...(doubt !== undefined && { flaw: doubt.flaw }),
  };
}
