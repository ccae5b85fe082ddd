// The server session's state. Recipients exist only inside a transaction, and a transaction only
// where the type says so: what cannot be is not representable.

import type { Address, ReversePath } from "../../mail/address.ts";
import type { ContentTraits } from "../../mail/envelope.ts";
import type { MessageRequest, RecipientRequest } from "../../mail/notice-request.ts";
import type { NewRecipient } from "../../queue/message.ts";
import type { CredentialAnswer, CredentialQuestion } from "../../sasl/credentials.ts";
import type { Challenge, Check, Outcome } from "../../sasl/exchange.ts";
import type { TlsFacts } from "../../tls-facts.ts";
import type { Reply } from "../reply.ts";
import type { TimingGranted, TimingSettings } from "./timing.ts";
import type { AuthSettings } from "../../sasl/offer.ts";

/** What one listener wants of its sessions. */
export interface SessionSettings {
  readonly hostname: string;
  /** Octets. */
  readonly maxMessageSize: number;
  readonly maxRecipients: number;
  readonly maxErrors: number;
  readonly maxIdleCommands: number;
  /** Refused recipients; Infinity for clients who may have as many as they like. */
  readonly maxRefusedRecipients: number;
  /** TLS can be begun (RFC 3207). */
  readonly startTls?: boolean;
  /** Messages whose sender wants it go on under TLS alone (RFC 8689). */
  readonly requireTls?: boolean;
  /** Who may say what is to be told of a message (RFC 3461): every client of this session, or only one
   * that has logged in; absent: nobody. */
  readonly notices?: "all" | "logins";
  /** What clients may ask of the time at which their messages go; absent: nothing. */
  readonly timing?: TimingSettings;
  /** Clients can log in (RFC 4954). */
  readonly auth?: AuthSettings;
}

interface Hello {
  readonly name: string;
  /** EHLO rather than HELO. */
  readonly extended: boolean;
}

/** One AUTH command. */
export interface LoginAttempt {
  readonly hello: Hello;
  readonly mechanism: string;
}

/** Between MAIL and the end of the message. */
export interface Transaction extends MessageRequest, TimingGranted {
  readonly hello: Hello;
  /** Undefined in the clear. */
  readonly tls: TlsFacts | undefined;
  /** The account that is logged in. */
  readonly login: string | undefined;
  readonly sender: ReversePath;
  readonly smtputf8: boolean;
  /** The message may go on under TLS alone (RFC 8689 §4.1). */
  readonly requireTls: boolean;
  readonly recipients: readonly NewRecipient[];
}

export type Phase =
  /** Greeted by us, no HELO or EHLO yet. */
  | { readonly at: "fresh" }
  | { readonly at: "ready"; readonly hello: Hello }
  /** MAIL was taken; RCPTs are being collected. */
  | { readonly at: "transaction"; readonly transaction: Transaction }
  /** 354 was sent; the message arrives up to its final dot. */
  | { readonly at: "data"; readonly transaction: Transaction }
  /** The octets of one BDAT arrive. */
  | { readonly at: "chunk"; readonly transaction: Transaction; readonly chunk: Chunk }
  /** Between two BDATs of one message. */
  | { readonly at: "chunks"; readonly transaction: Transaction }
  /** The octets of a refused BDAT arrive and are thrown away; then `reply` is sent. */
  | { readonly at: "swallow"; readonly octets: number; readonly reply: Reply; readonly next: Phase }
  /** 334 was sent; the client's next line answers it. */
  | { readonly at: "authenticating"; readonly attempt: LoginAttempt; readonly exchange: Challenge }
  /** The server was asked about credentials; input waits. */
  | { readonly at: "checking"; readonly attempt: LoginAttempt; readonly exchange: Check }
  /** 220 was sent for STARTTLS. Octets in clear are no input any more. */
  | { readonly at: "securing" }
  /** The server was asked; input waits. */
  | { readonly at: "asking"; readonly question: Question }
  | { readonly at: "closed" };

export interface Chunk {
  readonly octets: number;
  readonly last: boolean;
}

export interface Session {
  readonly phase: Phase;
  /** Undefined in the clear. */
  readonly tls: TlsFacts | undefined;
  /** The account that is logged in, as the server named it. */
  readonly login: string | undefined;
  /** Faulty commands so far. */
  readonly errors: number;
  readonly refusedLogins: number;
  /** Commands since the last message that brought none forward. */
  readonly idleCommands: number;
  /** Recipients refused for good since the last message. */
  readonly refusedRecipients: number;
  /** The server is going away: close as soon as the current message is done. */
  readonly leaving: boolean;
}

export const newSession: Session = {
  phase: { at: "fresh" },
  tls: undefined,
  login: undefined,
  errors: 0,
  refusedLogins: 0,
  idleCommands: 0,
  refusedRecipients: 0,
  leaving: false,
};

/** What the session cannot know itself. The server answers with an `Answer`. */
export type Question =
  /** May this recipient have the message? */
  | {
      readonly kind: "recipient";
      readonly transaction: Transaction;
      readonly recipient: Address;
      /** What the sender wants to be told of it. */
      readonly request: RecipientRequest;
    }
  /** May the message's octets come now? `chunk`: they come with BDAT. */
  | {
      readonly kind: "content";
      readonly transaction: Transaction;
      readonly chunk: Chunk | undefined;
    }
  /** The message is whole: keep it. A 250 is a promise. */
  | { readonly kind: "message"; readonly transaction: Transaction; readonly traits: ContentTraits }
  /** A login has come to this; what is the client told, and when? Nobody is logged in who has not
   * been found good, whatever the answer. */
  | { readonly kind: "login"; readonly attempt: LoginAttempt; readonly outcome: Outcome };

export interface Answer {
  /** 2xx (354 for `content`) is yes, all else is no. */
  readonly reply: Reply;
  /** To `recipient` and yes: who is added to the transaction, with what its sender wants to be told. */
  readonly recipient?: NewRecipient;
}

export type Input =
  | { readonly kind: "line"; readonly text: string }
  /** A line that is none; the reply says why. */
  | { readonly kind: "bad-line"; readonly reply: Reply }
  /** The final dot came, or the last octet of a BDAT; `refusal` where the content is faulty. */
  | {
      readonly kind: "content-end";
      readonly traits: ContentTraits;
      readonly refusal: Reply | undefined;
    }
  | { readonly kind: "swallowed" }
  | { readonly kind: "answer"; readonly answer: Answer }
  /** What is known of the credentials in question. */
  | { readonly kind: "checked"; readonly answer: CredentialAnswer }
  /** The handshake is done; also before all else, where TLS began with the connection. */
  | { readonly kind: "tls-up"; readonly tls: TlsFacts }
  /** The client is not served, and told why instead of greeted. */
  | { readonly kind: "turn-away"; readonly reply: Reply }
  | { readonly kind: "timeout" }
  | { readonly kind: "shutdown" }
  | { readonly kind: "eof" };

export type Output =
  | { readonly kind: "reply"; readonly reply: Reply }
  | { readonly kind: "ask"; readonly question: Question }
  | { readonly kind: "check"; readonly question: CredentialQuestion; readonly mechanism: string }
  /** The replies before this are the last ones in clear. */
  | { readonly kind: "start-tls" }
  /** The message that was being received will not be: forget its octets. */
  | { readonly kind: "abandon" }
  | { readonly kind: "close" };

export interface Step {
  readonly session: Session;
  readonly outputs: readonly Output[];
}

/** Replies and goes to `phase`. */
export function respond(session: Session, phase: Phase, reply: Reply): Step {
  return { session: { ...session, phase }, outputs: [{ kind: "reply", reply }] };
}

/** Replies with what is the client's fault and counts it; the phase stays. */
export function fault(session: Session, reply: Reply): Step {
  return {
    session: { ...session, errors: session.errors + 1 },
    outputs: [{ kind: "reply", reply }],
  };
}

export function ask(session: Session, question: Question): Step {
  return {
    session: { ...session, phase: { at: "asking", question } },
    outputs: [{ kind: "ask", question }],
  };
}
