// A message as it is sent on: to whom, and in whose name.

import { type Address, formatAddress, needsSmtpUtf8, type ReversePath } from "../mail/address.ts";
import type { Domain } from "../mail/domain.ts";
import type {
  MessageId,
  NewMessage,
  NewRecipient,
  QueuedMessage,
  RecipientKind,
} from "../queue/message.ts";
import { bad, good, type Result } from "../result.ts";
import type { Srs } from "../srs/srs.ts";

/** Where mail is sent on to. */
export interface Onward {
  readonly targets: readonly Address[];
  /** In whose name a list sends; null: in that of whoever wrote. */
  readonly owner: Address | null;
}

export interface OnwardOptions {
  readonly srs: Srs;
  /** Whether mail from addresses there comes from us. */
  readonly isOurs: (domain: Domain) => boolean;
  /** How mail to that address travels. */
  readonly kindOf: (target: Address) => RecipientKind;
  readonly nextId: () => MessageId;
  /** UTC milliseconds. */
  readonly now: number;
}

/** Recipients of one message: so many share a copy of its content. */
const recipientsTogether = 1_000;

/** Octets of a path, without its brackets (RFC 5321 §4.5.3.1.3). */
const longestPath = 254;

/** The messages that take the content of `message`, with `head` before it, from its recipient to all
 * targets: those in other domains from a sender whose domain is ours, so that SPF holds. Fails where
 * no such sender can be made. */
export function sendOn(
  message: QueuedMessage,
  recipient: Address,
  { targets, owner }: Onward,
  head: Uint8Array<ArrayBuffer>,
  options: OnwardOptions,
): Result<readonly NewMessage[], string> {
  const recipients = targets.map((address) => ({ address, kind: options.kindOf(address) }));
  const local = recipients.filter(({ kind }) => kind === "local");
  const foreign = recipients.filter(({ kind }) => kind === "relay");
  // Never answer mail from nobody, and never make it somebody's (RFC 5321 §4.5.5).
  const sender = message.sender === null ? null : (owner ?? message.sender);
  const abroad = foreignSender(sender, recipient.domain, options);
  if (foreign.length > 0 && abroad !== null && formatAddress(abroad).length > longestPath) {
    return bad("its sender's address is too long to be packed into one of ours");
  }
  const make = (from: ReversePath) => (page: readonly NewRecipient[]) =>
    compose(message, from, page, head, options);
  return good([...inPages(local).map(make(sender)), ...inPages(foreign).map(make(abroad))]);
}

function foreignSender(
  sender: ReversePath,
  domain: Domain,
  { srs, isOurs, now }: OnwardOptions,
): ReversePath {
  if (sender === null || isOurs(sender.domain)) return sender;
  return srs.forward(sender, domain, now);
}

function compose(
  message: QueuedMessage,
  sender: ReversePath,
  recipients: readonly NewRecipient[],
  head: Uint8Array<ArrayBuffer>,
  { nextId, now }: OnwardOptions,
): NewMessage {
  const { id, size, eightBit, smtputf8, tlsWish, isJunk } = message;
  const addresses = recipients.map(({ address }) => address);
  const isInternational = [...addresses, ...(sender === null ? [] : [sender])].some(needsSmtpUtf8);
  return {
    id: nextId(),
    receivedAt: now,
    sender,
    smtputf8: smtputf8 || isInternational,
    size: size + head.length,
    eightBit: eightBit || head.some((octet) => octet > 0x7f),
    // Not the login of whoever wrote: members that are gone are none of their mistakes.
    origin: {},
    ...(tlsWish !== undefined && { tlsWish }),
    ...(isJunk && { isJunk }),
    recipients,
    stashed: 0,
    content: [head],
    copyOf: id,
  };
}

function inPages(recipients: readonly NewRecipient[]): readonly (readonly NewRecipient[])[] {
  const pages: NewRecipient[][] = [];
  for (let at = 0; at < recipients.length; at += recipientsTogether) {
    pages.push(recipients.slice(at, at + recipientsTogether));
  }
  return pages;
}
