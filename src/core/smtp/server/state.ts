// The server session's state. Recipients exist only inside a transaction, and a transaction only
// where the type says so: what cannot be is not representable.

import type { Address, ReversePath } from "../../mail/address.ts";
import type { ContentTraits } from "../../mail/envelope.ts";
import type { NewRecipient } from "../../queue/message.ts";
import type { Reply } from "../reply.ts";

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
}

interface Hello {
  readonly name: string;
  /** EHLO rather than HELO. */
  readonly extended: boolean;
}

/** Between MAIL and the end of the message. */
export interface Transaction {
  readonly hello: Hello;
  readonly sender: ReversePath;
  readonly smtputf8: boolean;
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
  /** The server was asked; input waits. */
  | { readonly at: "asking"; readonly question: Question }
  | { readonly at: "closed" };

export interface Chunk {
  readonly octets: number;
  readonly last: boolean;
}

export interface Session {
  readonly phase: Phase;
  /** Faulty commands so far. */
  readonly errors: number;
  /** Commands since the last message that brought none forward. */
  readonly idleCommands: number;
  /** Recipients refused for good since the last message. */
  readonly refusedRecipients: number;
  /** The server is going away: close as soon as the current message is done. */
  readonly leaving: boolean;
}

export const newSession: Session = {
  phase: { at: "fresh" },
  errors: 0,
  idleCommands: 0,
  refusedRecipients: 0,
  leaving: false,
};

/** What the session cannot know itself. The server answers with an `Answer`. */
export type Question =
  /** May this recipient have the message? */
  | { readonly kind: "recipient"; readonly transaction: Transaction; readonly recipient: Address }
  /** May the message's octets come now? `chunk`: they come with BDAT. */
  | {
      readonly kind: "content";
      readonly transaction: Transaction;
      readonly chunk: Chunk | undefined;
    }
  /** The message is whole: keep it. A 250 is a promise. */
  | { readonly kind: "message"; readonly transaction: Transaction; readonly traits: ContentTraits };

export interface Answer {
  /** 2xx (354 for `content`) is yes, all else is no. */
  readonly reply: Reply;
  /** To `recipient` and yes: who is added to the transaction. */
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
  | { readonly kind: "timeout" }
  | { readonly kind: "shutdown" }
  | { readonly kind: "eof" };

export type Output =
  | { readonly kind: "reply"; readonly reply: Reply }
  | { readonly kind: "ask"; readonly question: Question }
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
