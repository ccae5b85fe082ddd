// The commands of a mail transaction (RFC 5321 §3.3). The answers come in the order of the commands;
// PIPELINING (RFC 2920) only moves the moment of writing, from one at a time to all at once.

import { formatAddress, formatReversePath } from "../../mail/address.ts";
import type { Reply } from "../reply.ts";
import { startContent } from "./content.ts";
import { becomeIdle, conclude, hangUp, settled } from "./ending.ts";
import { type Failure, isRefusal, type RecipientOutcome, refusal } from "./failure.ts";
import { findObstacle, travelsWithSmtpUtf8 } from "./obstacle.ts";
import { hasAccepted, outcomes, taken } from "./outcomes.ts";
import { mailNoticeParameters, recipientNoticeParameters } from "./notice-parameters.ts";
import type {
  CommandState,
  OutgoingMessage,
  OutgoingRecipient,
  Peer,
  Step,
  Transaction,
} from "./session-values.ts";
import { timingParameters } from "./timing-parameters.ts";
import { waits } from "./wait.ts";

/** Begins to send a message, or finds that this host cannot take it. */
export function begin(peer: Peer, message: OutgoingMessage): Step {
  const obstacle = findObstacle(message, peer);
  if (obstacle !== undefined) {
    const outcome: RecipientOutcome = { kind: "permanent", why: { kind: "local", ...obstacle } };
    const hindered = message.recipients.map(() => outcome);
    return becomeIdle(peer, { kind: "settled", outcomes: hindered });
  }
  const { recipientsMax } = peer.extensions;
  const transaction: Transaction = {
    peer: { ...peer, messages: peer.messages + 1 },
    message,
    count: Math.min(message.recipients.length, recipientsMax),
    recipients: [],
    finals: [],
  };
  const at = peer.open ? "reset" : "mail";
  const text = peer.extensions.pipelining ? group(transaction) : command(transaction, at);
  return {
    state: { at, transaction },
    outputs: [{ kind: "write", data: text }, waits[at]],
  };
}

/** All that can be written before the first answer: RFC 2920 §3.1 lets DATA end it. BDAT waits for
 * the answers, so that no content travels for nothing. */
function group(transaction: Transaction): string {
  const { peer, message, count } = transaction;
  let text = (peer.open ? "RSET\r\n" : "") + mailCommand(transaction);
  for (const recipient of message.recipients.slice(0, count)) {
    text += recipientCommand(recipient, peer);
  }
  return peer.extensions.chunking || message.asksOnly === true ? text : `${text}DATA\r\n`;
}

/** The next command by itself. */
function command(transaction: Transaction, at: CommandState["at"]): string {
  switch (at) {
    case "reset":
      return "RSET\r\n";
    case "mail":
      return mailCommand(transaction);
    case "recipient": {
      const { message, recipients, peer } = transaction;
      const [recipient] = message.recipients.slice(recipients.length);
      return recipient === undefined ? "" : recipientCommand(recipient, peer);
    }
    case "data":
      return "DATA\r\n";
  }
}

function mailCommand({ message, peer }: Transaction): string {
  const { size, eightBitMime } = peer.extensions;
  let text = `MAIL FROM:<${formatReversePath(message.sender)}>`;
  if (size !== undefined && message.asksOnly !== true) text += ` SIZE=${message.size}`;
  if (message.eightBit && eightBitMime) text += " BODY=8BITMIME";
  if (travelsWithSmtpUtf8(message)) text += " SMTPUTF8";
  if (message.requireTls === true && peer.keepsRequireTls) text += " REQUIRETLS";
  text += mailNoticeParameters(message, peer.extensions);
  return `${text}${timingParameters(message, peer.extensions)}\r\n`;
}

function recipientCommand(recipient: OutgoingRecipient, { extensions }: Peer): string {
  const parameters = recipientNoticeParameters(recipient, extensions);
  return `RCPT TO:<${formatAddress(recipient.address)}>${parameters}\r\n`;
}

/** Takes the answer to the command at which the transaction stands. */
export function onCommandReply({ at, transaction }: CommandState, reply: Reply): Step {
  switch (at) {
    case "reset":
      return proceed(transaction, "mail");
    case "mail":
      return afterMail({ ...transaction, mail: reply });
    case "recipient":
      return afterRecipient({ ...transaction, recipients: [...transaction.recipients, reply] });
    case "data":
      return afterData(transaction, reply);
  }
}

/** Goes on to a command, which PIPELINING has written already. */
function proceed(transaction: Transaction, at: CommandState["at"]): Step {
  const state: CommandState = { at, transaction };
  if (transaction.peer.extensions.pipelining) return { state, outputs: [waits[at]] };
  return { state, outputs: [{ kind: "write", data: command(transaction, at) }, waits[at]] };
}

function afterMail(transaction: Transaction): Step {
  const { peer, message, mail } = transaction;
  const refused = mail !== undefined && isRefusal(mail);
  if (refused && !peer.extensions.pipelining) {
    return message.asksOnly === true ? endAsking(transaction) : giveUp(transaction);
  }
  return proceed(transaction, "recipient");
}

function afterRecipient(transaction: Transaction): Step {
  const { peer, message, recipients, count } = transaction;
  if (recipients.length < count) return proceed(transaction, "recipient");
  if (message.asksOnly === true) return endAsking(transaction);
  const { chunking, pipelining } = peer.extensions;
  if (chunking) return hasAccepted(transaction) ? startContent(transaction) : giveUp(transaction);
  // With PIPELINING, DATA is on its way and will be answered.
  if (pipelining || hasAccepted(transaction)) return proceed(transaction, "data");
  return giveUp(transaction);
}

function afterData(transaction: Transaction, reply: Reply): Step {
  if (isRefusal(reply)) {
    return hasAccepted(transaction)
      ? conclude(transaction, refusal("data", reply), true)
      : giveUp(transaction);
  }
  if (hasAccepted(transaction)) return startContent(transaction);
  // RFC 2033 §4.2: never in LMTP, where nobody would be left to answer for.
  if (transaction.peer.answersEach) return hangUp(settled(transaction, { kind: "untried" }));
  // RFC 2920 §3.1: a host may say 354 to nobody's mail. It gets an empty content, and its answer
  // changes nothing, as every recipient has been refused already.
  return {
    state: { at: "final", transaction, unanswered: 0 },
    outputs: [{ kind: "write", data: ".\r\n" }, waits.final],
  };
}

/** Ends a transaction that was begun for the answers to RCPT alone. */
function endAsking(transaction: Transaction): Step {
  const { peer, message, mail, recipients } = transaction;
  if (mail !== undefined && isRefusal(mail)) {
    // Whoever does not hear the question says nothing of the recipients, whatever the code.
    const why: Failure = { kind: "refused", stage: "mail", reply: mail };
    const unheard = message.recipients.map((): RecipientOutcome => ({ kind: "temporary", why }));
    return becomeIdle({ ...peer, open: false }, { kind: "settled", outcomes: unheard });
  }
  const heard = outcomes(transaction, { kind: "untried" }).map((outcome, index) => {
    const reply = recipients[index];
    const isTaken = reply !== undefined && !isRefusal(reply);
    return isTaken ? taken(reply, peer) : outcome;
  });
  return becomeIdle({ ...peer, open: true }, { kind: "settled", outcomes: heard });
}

/** Ends a transaction in which everybody has been refused. */
function giveUp(transaction: Transaction): Step {
  const { mail } = transaction;
  return conclude(transaction, { kind: "untried" }, mail !== undefined && !isRefusal(mail));
}
