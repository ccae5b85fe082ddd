// What the far host made of each recipient, and why a message or a whole host failed.

import { severity, type Reply } from "../reply.ts";

/** How far a session had come, and which answer it waited for. `final` is the answer to the end of
 * the content: the moment in which the responsibility changes hands (RFC 5321 §6.1). */
export type Stage =
  | "greeting"
  | "hello"
  | "starttls"
  | "handshake"
  | "login"
  | "reset"
  | "mail"
  | "recipient"
  | "data"
  | "content"
  | "final"
  | "quit";

export type Failure =
  /** The host said no. */
  | { readonly kind: "refused"; readonly stage: Stage; readonly reply: Reply }
  /** The connection ended without an answer. */
  | { readonly kind: "lost"; readonly stage: Stage }
  /** No answer within the stage's time. */
  | { readonly kind: "timeout"; readonly stage: Stage }
  /** An answer that is no SMTP, or none that this stage allows. */
  | { readonly kind: "malformed"; readonly stage: Stage; readonly detail: string }
  /** The handshake came to nothing: what TLS says of it. */
  | { readonly kind: "tls"; readonly detail: string }
  /** The login broke off: by its mechanism, not by the host's word. */
  | { readonly kind: "login"; readonly detail: string }
  /** Our own finding, whatever the host says: an enhanced status (RFC 3463) and a sentence. */
  | { readonly kind: "local"; readonly status: string; readonly text: string };

/** What became of one recipient. */
export type RecipientOutcome =
  /** `tells`: the host knows DSN, and what becomes of the message from now on is for it to tell;
   * `keepsTime`: it knows DELIVERBY. */
  | {
      readonly kind: "delivered";
      readonly reply: Reply;
      readonly tells: boolean;
      readonly keepsTime: boolean;
    }
  | { readonly kind: "temporary"; readonly why: Failure }
  | { readonly kind: "permanent"; readonly why: Failure }
  /** The host takes no more recipients in one transaction: send to this one again, at once. Some
   * other recipient of the same message was always taken up, so that this comes to an end. */
  | { readonly kind: "untried" };

/** The outcome that a refusal means, by its first digit. */
export function refusal(stage: Stage, reply: Reply): RecipientOutcome {
  const kind = severity(reply.code) === "permanent" ? "permanent" : "temporary";
  return { kind, why: { kind: "refused", stage, reply } };
}

export function isRefusal(reply: Reply): boolean {
  return reply.code >= 400;
}
