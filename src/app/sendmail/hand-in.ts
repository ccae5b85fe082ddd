// Hands a message to the running server by SMTP, as any client on this machine could: the server decides,
// and its word on each recipient comes back.

import type { Endpoint } from "../../core/config/settings.ts";
import { type Address, needsSmtpUtf8, type ReversePath } from "../../core/mail/address.ts";
import type { MessageRequest, RecipientRequest } from "../../core/mail/notice-request.ts";
import type { Failure, RecipientOutcome } from "../../core/smtp/client/failure.ts";
import { bad, good, type Result } from "../../core/result.ts";
import { connect } from "../../io/net/connect.ts";
import { systemClock } from "../../io/process/clock.ts";
import type { Job } from "../../server/delivery/job.ts";
import { Peer, type PeerOptions } from "../../server/delivery/peer.ts";

export interface Submission {
  readonly sender: ReversePath;
  /** At least one. */
  readonly recipients: readonly Address[];
  readonly pieces: readonly Uint8Array[];
  readonly message: MessageRequest;
  readonly notices: RecipientRequest;
}

export interface RecipientWord {
  readonly address: Address;
  readonly outcome: Exclude<RecipientOutcome, { readonly kind: "untried" }>;
}

export type HandInProblem =
  /** Nobody listens there. */
  | { readonly kind: "no-server"; readonly said: string }
  | { readonly kind: "failed"; readonly why: Failure };

/** Milliseconds until the connection must stand. */
const connectTime = 10_000;

/** @param hostname what we call ourselves */
export async function handIn(
  server: Endpoint,
  hostname: string,
  submission: Submission,
): Promise<Result<readonly RecipientWord[], HandInProblem>> {
  const socket = await connect({ endpoint: server, timeout: connectTime });
  if (!socket.ok) return bad({ kind: "no-server", said: socket.problem.said });
  const words: RecipientWord[] = [];
  let left: Job["recipients"] = jobOf(submission).recipients;
  return new Promise((resolve) => {
    const peer = new Peer(socket.value, optionsOf(hostname), {
      onIdle() {
        if (left.length === 0) peer.quit();
        else peer.send(jobOf(submission, left));
      },
      onSettled(_, job, outcomes) {
        left = job.recipients.filter((recipient, index) => {
          const outcome = outcomes[index];
          if (outcome === undefined || outcome.kind === "untried") return true;
          words.push({ address: recipient.address, outcome });
          return false;
        });
      },
      onHostFailed(_, why) {
        if (words.length === 0) resolve(bad({ kind: "failed", why }));
      },
      // What the server took stays taken, also where the connection ends before the rest is sent.
      onClosed: () => resolve(good(left.length === 0 ? words : [...words, ...left.map(lost)])),
    });
    peer.start();
  });
}

function lost({ address }: { readonly address: Address }): RecipientWord {
  return { address, outcome: { kind: "temporary", why: { kind: "lost", stage: "reset" } } };
}

function optionsOf(hostname: string): PeerOptions {
  const { elapsed, now } = systemClock;
  return { name: "the server", session: { hostname, tls: "off" }, elapsed, now };
}

function jobOf(submission: Submission, recipients?: Job["recipients"]): Job {
  const { sender, pieces, message, notices } = submission;
  const to =
    recipients ??
    submission.recipients.map((address, index) => ({
      ...notices,
      address,
      kind: "relay" as const,
      index,
      attempts: 0,
      waited: 0,
    }));
  const paths = [...submission.recipients, ...(sender === null ? [] : [sender])];
  return {
    message: {
      ...message,
      id: 0,
      receivedAt: 0,
      sender,
      smtputf8: paths.some(needsSmtpUtf8),
      recipients: to,
      size: pieces.reduce((sum, piece) => sum + piece.length, 0),
      eightBit: pieces.some((piece) => piece.some((octet) => octet > 127)),
    },
    recipients: to,
    content: () => pieces,
    report: () => {},
  };
}
