// Sends one message as a mail client would, from a local address of our choice.

import { type Address, formatAddress } from "../../core/mail/address.ts";
import { formatDate } from "../../core/mail/date.ts";
import type { Endpoint } from "../../core/config/settings.ts";
import type { Reply } from "../../core/smtp/reply.ts";
import type { RecipientOutcome } from "../../core/smtp/client/failure.ts";
import { systemClock } from "../../io/process/clock.ts";
import { connect } from "../../io/net/connect.ts";
import { Peer } from "../../server/delivery/peer.ts";

export interface Letter {
  readonly from: string;
  readonly server: Endpoint;
  readonly sender: Address;
  readonly recipient: Address;
  readonly subject: string;
  /** UTC milliseconds. */
  readonly now: number;
}

/** What the server said to the recipient, or to the message. */
export async function send(letter: Letter): Promise<Reply> {
  const { server, from } = letter;
  const socket = await connect({ endpoint: server, timeout: 5_000, from });
  if (!socket.ok) throw new Error(socket.problem.said);
  const content = compose(letter);
  const outcome = await new Promise<RecipientOutcome | undefined>((resolve) => {
    const peer = new Peer(
      socket.value,
      {
        name: "demo",
        session: { hostname: "client.example", tls: "off" },
        elapsed: systemClock.elapsed,
        now: systemClock.now,
      },
      {
        onIdle(_, messages) {
          if (messages > 0) return peer.quit();
          peer.send({ ...jobOf(letter, content), report: () => {} });
        },
        onSettled: (_peer, _job, [first]) => resolve(first),
        onHostFailed: () => resolve(undefined),
        onClosed: () => resolve(undefined),
      },
    );
    peer.start();
  });
  return replyOf(outcome);
}

function compose({ sender, recipient, subject, now }: Letter): Uint8Array {
  return new TextEncoder().encode(
    `From: <${formatAddress(sender)}>\r\nTo: <${formatAddress(recipient)}>\r\n` +
      `Subject: ${subject}\r\nDate: ${formatDate(now)}\r\n\r\nHello from the demonstration.\r\n`,
  );
}

function jobOf({ sender, recipient, now }: Letter, content: Uint8Array) {
  const common = { attempts: 0, waited: 0, index: 0 };
  const recipients = [{ address: recipient, kind: "relay" as const, ...common }];
  const message = { id: 0, receivedAt: now, sender, smtputf8: false, recipients };
  return {
    message: { ...message, size: content.length, eightBit: false },
    recipients,
    content: () => [content],
  };
}

function replyOf(outcome: RecipientOutcome | undefined): Reply {
  if (outcome?.kind === "delivered") return outcome.reply;
  if (outcome !== undefined && outcome.kind !== "untried" && outcome.why.kind === "refused") {
    return outcome.why.reply;
  }
  throw new Error(`the server gave no answer: ${JSON.stringify(outcome)}`);
}
