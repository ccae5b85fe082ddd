// The session's state. A drop exists only after a login, and only where the type says so.

import type { LoginVerdict } from "../login/verdict.ts";
import type { CredentialAnswer, CredentialQuestion } from "../sasl/credentials.ts";
import type { Challenge, Check, Outcome } from "../sasl/exchange.ts";
import type { AuthSettings } from "../sasl/offer.ts";
import type { TlsFacts } from "../tls-facts.ts";
import type { Maildrop, StoredMessage } from "./maildrop.ts";
import type { Reply } from "./reply.ts";

/** What one listener wants of its sessions. */
export interface SessionSettings {
  readonly hostname: string;
  readonly maxErrors: number;
  /** Commands before the login that bring none about. */
  readonly maxIdleCommands: number;
  /** TLS can be begun (RFC 2595 §4). */
  readonly startTls: boolean;
  readonly auth: AuthSettings;
}

export type Phase =
  /** RFC 1939 §4. `user`: whom USER has named. */
  | { readonly at: "authorization"; readonly user: string | undefined }
  /** A challenge was sent; the client's next line answers it. */
  | { readonly at: "authenticating"; readonly mechanism: string; readonly exchange: Challenge }
  /** The server was asked about credentials; input waits. */
  | { readonly at: "checking"; readonly mechanism: string; readonly exchange: Check }
  /** +OK was sent for STLS. Octets in clear are no input any more. */
  | { readonly at: "securing" }
  /** RFC 1939 §5. */
  | { readonly at: "transaction"; readonly drop: Maildrop }
  /** The rest of a reply is on its way to the client; input waits. */
  | { readonly at: "sending"; readonly drop: Maildrop }
  /** The server was asked; input waits. */
  | { readonly at: "asking"; readonly question: Question }
  | { readonly at: "closed" };

export interface Session {
  readonly phase: Phase;
  /** Undefined in the clear. */
  readonly tls: TlsFacts | undefined;
  /** Faulty commands so far. */
  readonly errors: number;
  readonly refusedLogins: number;
  /** Commands before the login that brought none about. */
  readonly idleCommands: number;
  /** The server is going away: close as soon as what is under way is done. */
  readonly leaving: boolean;
  /** The client sends nothing more; it may be gone. */
  readonly ended: boolean;
  /** A message, or the beginning of one, was sent. */
  readonly hasSent: boolean;
}

export const newSession: Session = {
  phase: { at: "authorization", user: undefined },
  tls: undefined,
  errors: 0,
  refusedLogins: 0,
  idleCommands: 0,
  leaving: false,
  ended: false,
  hasSent: false,
};

/** What the session cannot know or do itself. The server answers with an `Answer` of the same kind. */
export type Question =
  /** A login has come to this; what is the client told, and when? Nobody is logged in who has not
   * been found good, whatever the answer. */
  | { readonly kind: "login"; readonly mechanism: string; readonly outcome: Outcome }
  /** Lock the account's mailbox. */
  | { readonly kind: "open"; readonly account: string }
  /** Get the message ready to be sent. */
  | ({ readonly kind: "message"; readonly drop: Maildrop } & MessagePart)
  /** The client has said QUIT: remove these, and give the mailbox back (RFC 1939 §6). */
  | { readonly kind: "update"; readonly deleted: readonly number[] };

interface MessagePart {
  readonly index: number;
  /** Lines of the body behind the header; undefined for all of the message. */
  readonly bodyLines: number | undefined;
}

export type Answer =
  | { readonly kind: "login"; readonly verdict: LoginVerdict }
  | {
      readonly kind: "open";
      readonly result:
        | { readonly kind: "opened"; readonly messages: readonly StoredMessage[] }
        | { readonly kind: "in-use" }
        | { readonly kind: "unavailable" };
    }
  | { readonly kind: "message"; readonly result: "ready" | "gone" | "unreadable" }
  /** `failed`: how many are still there. */
  | { readonly kind: "update"; readonly failed: number };

export type Input =
  | { readonly kind: "line"; readonly text: string }
  /** A line that is none; the reply says why. */
  | { readonly kind: "bad-line"; readonly reply: Reply }
  | { readonly kind: "answer"; readonly answer: Answer }
  /** What is known of the credentials in question. */
  | { readonly kind: "checked"; readonly answer: CredentialAnswer }
  /** All of what was to be sent is. */
  | { readonly kind: "sent" }
  /** The handshake is done; also before all else, where TLS began with the connection. */
  | { readonly kind: "tls-up"; readonly tls: TlsFacts }
  /** The client is not served, and told why instead of greeted. */
  | { readonly kind: "turn-away"; readonly reply: Reply }
  | { readonly kind: "timeout" }
  | { readonly kind: "shutdown" }
  /** The client sends nothing more, and what it sent before is still to be done. */
  | { readonly kind: "ended" }
  /** The client has sent all that is to be done, or is gone. */
  | { readonly kind: "eof" };

/** What follows the first line of a reply, down to the dot at its end. */
export type Sending =
  | ({ readonly kind: "message" } & MessagePart)
  | { readonly kind: "sizes" | "uids"; readonly drop: Maildrop };

export type Output =
  | { readonly kind: "reply"; readonly reply: Reply }
  | { readonly kind: "ask"; readonly question: Question }
  | { readonly kind: "check"; readonly question: CredentialQuestion; readonly mechanism: string }
  | { readonly kind: "send"; readonly sending: Sending }
  /** The reply before this is the last one in clear. */
  | { readonly kind: "start-tls" }
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

/** Replies, and sends what follows the reply. */
export function send(session: Session, drop: Maildrop, reply: Reply, sending: Sending): Step {
  return {
    session: { ...session, phase: { at: "sending", drop } },
    outputs: [
      { kind: "reply", reply },
      { kind: "send", sending },
    ],
  };
}
