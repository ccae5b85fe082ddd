// What goes into and comes out of the client's side of a session, and what it remembers between.

import type { Address, ReversePath } from "../../mail/address.ts";
import type { ContentTraits } from "../../mail/envelope.ts";
import type { MessageRequest, RecipientRequest } from "../../mail/notice-request.ts";
import type { ClientMechanism } from "../../sasl/client/mechanism.ts";
import type { Derivation, Turn } from "../../sasl/client/turn.ts";
import type { DeliverBy } from "../../queue/timing.ts";
import type { Reply } from "../reply.ts";
import type { Extensions } from "./extensions.ts";
import type { Failure, RecipientOutcome, Stage } from "./failure.ts";
import type { LinePosition } from "./framing.ts";
import type { Opening } from "./opening.ts";
import type { HostTls, Protection } from "./protection.ts";

/** A message for the far host, with at least one recipient. Its content has exactly `size` octets, which come when asked for. */
export interface OutgoingMessage extends ContentTraits, MessageRequest {
  readonly sender: ReversePath;
  readonly recipients: readonly OutgoingRecipient[];
  /** SMTPUTF8 was asked for: addresses or header fields may be UTF-8 (RFC 6531). */
  readonly smtputf8: boolean;
  /** It may go on under TLS alone (RFC 8689). */
  readonly requireTls?: boolean;
  /** The host is only asked whether it would take the recipients: there is no content. */
  readonly asksOnly?: boolean;
  /** As in `MessageTiming`. */
  readonly priority?: number;
  readonly deliverBy?: Pick<DeliverBy, "missed" | "traced">;
  /** Until it is to be delivered, where there is such a time (RFC 2852). Never 0; less where it is
   * over. */
  readonly secondsLeft?: number;
}

export interface OutgoingRecipient extends RecipientRequest {
  readonly address: Address;
}

export type ClientEvent =
  /** `followed`: the host had said more already when this reply was read. */
  | { readonly kind: "reply"; readonly reply: Reply; readonly followed: boolean }
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
  /** The handshake is done. */
  | { readonly kind: "tls-up"; readonly tls: HostTls }
  /** There will be no TLS on this connection. */
  | { readonly kind: "tls-failed"; readonly detail: string }
  /** What was to be derived from the password. */
  | { readonly kind: "derived"; readonly salted: Uint8Array }
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
  /** Begin the handshake; what comes in the clear from now on is no input any more. */
  | { readonly kind: "start-tls" }
  /** What protects the connection is known, for good. */
  | { readonly kind: "protection"; readonly protection: Protection }
  /** Derive this from the password, which takes its time. */
  | { readonly kind: "derive"; readonly derivation: Derivation }
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
  /** It is who it should be, under TLS, and offers REQUIRETLS (RFC 8689 §4.2.1). */
  readonly keepsRequireTls: boolean;
  /** LMTP: each recipient that was accepted gets an answer to the content (RFC 2033 §4.2). */
  readonly answersEach: boolean;
  /** Nothing goes on from there. */
  readonly endsHere: boolean;
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
  /** The answers to the content where each recipient gets one, as far as they are here. */
  readonly finals: readonly Reply[];
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

/** AUTH is under way (RFC 4954 §4). */
export interface LoginState {
  readonly at: "login";
  readonly opening: Opening;
  readonly extensions: Extensions;
  readonly turn: Turn;
  /** What is to be said was too long for the line of AUTH, and the host is asked to ask for it. */
  readonly unsaid: boolean;
  /** The mechanisms that are left, if the host does not take this one. */
  readonly others: readonly ClientMechanism[];
}

export type HelloVerb = "EHLO" | "HELO" | "LHLO";

export type ClientState =
  | { readonly at: "greeting"; readonly opening: Opening }
  | { readonly at: "hello"; readonly opening: Opening; readonly verb: HelloVerb }
  | { readonly at: "starttls"; readonly opening: Opening; readonly extensions: Extensions }
  | { readonly at: "handshake"; readonly opening: Opening }
  | LoginState
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
