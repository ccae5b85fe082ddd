// What goes into and comes out of the client's side of a session, and what it remembers between.

import type { ContentTraits, Envelope } from "../../mail/envelope.ts";
import type { Reply } from "../reply.ts";
import type { Extensions } from "./extensions.ts";
import type { Failure, RecipientOutcome, Stage } from "./failure.ts";
import type { LinePosition } from "./framing.ts";

/** A message for the far host, with at least one recipient. Its content has exactly `size` octets, which come when asked for. */
export interface OutgoingMessage extends Envelope, ContentTraits {}

export type ClientEvent =
  | { readonly kind: "reply"; readonly reply: Reply }
  | { readonly kind: "malformed"; readonly detail: string }
  | ClientRequest;

/** What the driver has to say, beside the octets that it received. */
type ClientRequest =
  /** Sends a message; only after `idle`. */
  | { readonly kind: "send"; readonly message: OutgoingMessage }
  /** The next piece of the content; only after `want-content`. */
  | { readonly kind: "content"; readonly chunk: Uint8Array }
  /** The content that was wanted could not be read. */
  | { readonly kind: "content-failed" }
  /** Takes leave; only after `idle`. */
  | { readonly kind: "quit" }
  /** The time of the last `wait` is over. */
  | { readonly kind: "timeout" }
  /** The connection ended, in order or not. */
  | { readonly kind: "closed" };

export type ClientInput = { readonly kind: "bytes"; readonly bytes: Uint8Array } | ClientRequest;

export type ClientOutput =
  /** Text goes out as UTF-8; octets as they are. */
  | { readonly kind: "write"; readonly data: string | Uint8Array }
  /** From now on, at most `limit` ms until the host's next octets (RFC 5321 §4.5.3.2). */
  | { readonly kind: "wait"; readonly stage: Stage; readonly limit: number }
  /** Hand in the next piece of the content, when what was written has drained. */
  | { readonly kind: "want-content" }
  /** The message is done with: one outcome for each of its recipients, in their order. */
  | { readonly kind: "settled"; readonly outcomes: readonly RecipientOutcome[] }
  /** The host failed before a message was begun; a message in hand may go to another host. */
  | { readonly kind: "host-failed"; readonly why: Failure }
  /** A message may be sent; so many have been. */
  | { readonly kind: "idle"; readonly messages: number }
  /** Close the connection: nothing more is expected. */
  | { readonly kind: "close" };

/** The host, as far as this connection knows it. */
export interface Peer {
  readonly extensions: Extensions;
  /** Messages begun in this connection. */
  readonly messages: number;
  /** A transaction was left open, and RSET must precede the next. */
  readonly open: boolean;
}

export interface Transaction {
  readonly peer: Peer;
  readonly message: OutgoingMessage;
  /** How many of the message's recipients are in it. */
  readonly count: number;
  /** The answer to MAIL, once it is here. */
  readonly mail?: Reply;
  /** The answers to RCPT, as far as they are here. */
  readonly recipients: readonly Reply[];
}

/** A command of the transaction has been written, and its answer is awaited. */
export interface CommandState {
  readonly at: "reset" | "mail" | "recipient" | "data";
  readonly transaction: Transaction;
}

export interface ContentState {
  readonly at: "content";
  readonly transaction: Transaction;
  readonly position: LinePosition;
  /** Octets so far. */
  readonly sent: number;
  /** Chunks of BDAT that are not answered yet. */
  readonly unanswered: number;
}

export interface FinalState {
  readonly at: "final";
  readonly transaction: Transaction;
  /** Chunks of BDAT before the last one that are not answered yet. */
  readonly unanswered: number;
}

export type ClientState =
  | { readonly at: "greeting"; readonly hostname: string }
  | { readonly at: "hello"; readonly hostname: string; readonly verb: "EHLO" | "HELO" }
  | { readonly at: "idle"; readonly peer: Peer }
  | CommandState
  | ContentState
  | FinalState
  | { readonly at: "quit" }
  | { readonly at: "closed" };

export interface Step {
  readonly state: ClientState;
  readonly outputs: readonly ClientOutput[];
}
