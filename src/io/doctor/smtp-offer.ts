// What a host offers to whoever would hand it mail: its greeting, TLS, logins. Nothing is sent.

import type { SecureContext, TLSSocket } from "node:tls";
import type { Socket } from "node:net";
import type { Endpoint } from "../../core/config/settings.ts";
import type { SmtpOffer } from "../../core/doctor/smart-host.ts";
import { isLoopback, parseIp } from "../../core/mail/ip.ts";
import { parseExtensions } from "../../core/smtp/client/extensions.ts";
import { describeReply, severity } from "../../core/smtp/reply.ts";
import { connect } from "../net/connect.ts";
import type { Clock } from "../process/clock.ts";
import { Dialog, DialogError } from "../relay-test/dialog.ts";
import { secureHost, type Securing } from "../tls/client/secure-host.ts";
import { createSessionCache } from "../tls/client/session-cache.ts";

export interface OfferOptions {
  /** The name by which the host is meant, and the port. */
  readonly host: Endpoint;
  /** IP address of it. */
  readonly address: string;
  /** Our own name, for EHLO. */
  readonly hostname: string;
  readonly implicitTls: boolean;
  /** False: TLS is not even tried. */
  readonly wantsTls: boolean;
  readonly authorities: SecureContext;
  /** Milliseconds for the connection, and for each reply. */
  readonly timeLimit: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/** @throws {DialogError} where it does not answer, or turns us away. */
export async function askOffer(options: OfferOptions): Promise<SmtpOffer> {
  const { host, address, timeLimit, signal, implicitTls } = options;
  const endpoint = { host: address, port: host.port };
  const made = await connect({ endpoint, timeout: timeLimit, signal });
  if (!made.ok) throw new DialogError(made.problem.said);
  const dialog = new Dialog(made.value, timeLimit);
  const ip = parseIp(address);
  const common = { isLoopback: ip !== undefined && isLoopback(ip) };
  try {
    if (implicitTls) {
      const tls = await startTls(dialog, options);
      if (tls.kind !== "up") return { ...common, tls, auth: [] };
      await greeting(dialog);
      return { ...common, tls, auth: (await hello(dialog, options)).auth };
    }
    await greeting(dialog);
    const first = await hello(dialog, options);
    if (!options.wantsTls || !first.startTls) {
      return { ...common, tls: { kind: "not-offered" }, auth: first.auth };
    }
    const begun = await dialog.command("STARTTLS");
    if (severity(begun.code) !== "positive") {
      const why = `it answers ${describeReply(begun)} to STARTTLS`;
      return { ...common, tls: { kind: "failed", why }, auth: first.auth };
    }
    const tls = await startTls(dialog, options);
    const auth = tls.kind === "up" ? (await hello(dialog, options)).auth : [];
    return { ...common, tls, auth };
  } finally {
    dialog.close();
  }
}

async function greeting(dialog: Dialog): Promise<void> {
  const reply = await dialog.reply();
  if (severity(reply.code) === "positive") return;
  throw new DialogError(`it greets with ${describeReply(reply)}`);
}

async function hello(dialog: Dialog, { hostname }: OfferOptions) {
  const reply = await dialog.command(`EHLO ${hostname}`);
  if (severity(reply.code) === "positive") return parseExtensions(reply);
  throw new DialogError(`it answers ${describeReply(reply)} to EHLO`);
}

async function startTls(dialog: Dialog, options: OfferOptions): Promise<SmtpOffer["tls"]> {
  const { host, authorities, clock } = options;
  let securing: Securing | undefined;
  const secure = (socket: Socket): TLSSocket => {
    const sessions = createSessionCache(clock.elapsed);
    securing = secureHost(socket, { ...host, authorities, sessions, now: clock.now });
    return securing.socket;
  };
  try {
    await dialog.startTls(secure);
  } catch (error) {
    if (!(error instanceof DialogError)) throw error;
    return { kind: "failed", why: error.message };
  }
  const done = await securing?.done;
  if (done === undefined || !done.ok) return { kind: "failed", why: "the handshake failed" };
  return { kind: "up", doubt: done.value.doubt };
}
