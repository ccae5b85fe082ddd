// Opens connections to the one server that is tested, up to its greeting.

import type { Endpoint } from "../../core/config/settings.ts";
import { describeReply, type Reply, severity } from "../../core/smtp/reply.ts";
import { connect } from "../net/connect.ts";
import { Dialog, DialogError } from "./dialog.ts";

export interface OpenOptions {
  /** A name or an IP address. */
  readonly endpoint: Endpoint;
  /** TLS comes before the greeting (RFC 8314 §3.3). */
  readonly implicitTls: boolean;
  /** Milliseconds for the connection, and for each reply. */
  readonly timeLimit: number;
  /** Cuts the connection. */
  readonly signal: AbortSignal;
}

export interface Opened {
  readonly dialog: Dialog;
  readonly greeting: Reply;
  /** IP addresses of the two sides. */
  readonly server: string;
  readonly client: string;
}

/** Connects and reads the greeting. @throws {DialogError} where there is none, or none that invites */
export async function open(options: OpenOptions): Promise<Opened> {
  const { endpoint, implicitTls, timeLimit, signal } = options;
  const made = await connect({ endpoint, timeout: timeLimit, signal });
  if (!made.ok) throw new DialogError(made.problem.said);
  const socket = made.value;
  const { remoteAddress: server = "", localAddress: client = "" } = socket;
  const dialog = new Dialog(socket, timeLimit);
  try {
    if (implicitTls) await dialog.startTls();
    const greeting = await dialog.reply();
    if (severity(greeting.code) === "positive") return { dialog, greeting, server, client };
    throw new DialogError(`it wants no mail from here: ${describeReply(greeting)}`);
  } catch (error) {
    dialog.close();
    throw error;
  }
}
