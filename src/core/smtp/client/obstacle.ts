// Why a message cannot go to a host, found before anything of it is sent.

import { type Address, needsSmtpUtf8 } from "../../mail/address.ts";
import { tooLate } from "../../queue/timing.ts";
import type { Extensions } from "./extensions.ts";
import type { OutgoingMessage, Peer } from "./session-values.ts";

export interface Obstacle {
  /** Enhanced status (RFC 3463). */
  readonly status: string;
  readonly text: string;
}

/** Whether the message can only travel with SMTPUTF8 (RFC 6531 §3.1): for an address, or because it
 * came with SMTPUTF8 and some octets above 127 may be in its header. */
export function travelsWithSmtpUtf8(message: OutgoingMessage): boolean {
  return (
    (message.smtputf8 && message.eightBit) ||
    message.recipients.some(({ address }) => needsSmtpUtf8(address)) ||
    (message.sender !== null && needsSmtpUtf8(message.sender))
  );
}

/** The first thing that forbids sending `message` to this host. */
export function findObstacle(
  message: OutgoingMessage,
  {
    extensions,
    keepsRequireTls,
    endsHere,
  }: Pick<Peer, "extensions" | "keepsRequireTls" | "endsHere">,
): Obstacle | undefined {
  const { sender, recipients } = message;
  const { size, eightBitMime, smtputf8 } = extensions;
  if (
    recipients.some(({ address }) => breaksLine(address)) ||
    (sender !== null && breaksLine(sender))
  ) {
    return { status: "5.1.3", text: "an address holds control characters and cannot be sent" };
  }
  if (size !== undefined && message.size > size) {
    const text = `the message has ${message.size} octets, and the host takes at most ${size}`;
    return { status: "5.3.4", text };
  }
  // RFC 8689 §5: a bounce goes on all the same.
  if (message.requireTls === true && sender !== null && !keepsRequireTls && !endsHere) {
    const text = "its sender requires TLS (REQUIRETLS), which this connection cannot promise";
    return { status: "5.7.30", text };
  }
  const late = findDelay(message, extensions);
  if (late !== undefined) return late;
  if (travelsWithSmtpUtf8(message) && !smtputf8) {
    const text =
      "the message needs internationalized mail (SMTPUTF8), which the host does not offer";
    return { status: "5.6.7", text };
  }
  if (message.eightBit && !eightBitMime) {
    // RFC 6152 §3: convert or return. A relay that rewrites content breaks signatures.
    const text = "the message has 8-bit content (8BITMIME), which the host does not take";
    return { status: "5.6.3", text };
  }
  return undefined;
}

/** A message that returns where it is late must not go to a host that would not return it (RFC 2852
 * §4.1.4). */
function findDelay(
  { deliverBy, secondsLeft = 0 }: OutgoingMessage,
  { deliverBy: minimum }: Extensions,
): Obstacle | undefined {
  if (deliverBy?.missed !== "return") return undefined;
  if (secondsLeft <= 0) return tooLate;
  if (minimum === undefined) {
    const text =
      "its sender wants it back where it is late (DELIVERBY), which the host does not offer";
    return { status: "5.3.3", text };
  }
  if (secondsLeft >= minimum) return undefined;
  const text = `its sender left ${secondsLeft} seconds (DELIVERBY), and the host needs ${minimum}`;
  return { status: "5.4.7", text };
}

/** No address that was parsed holds these; a damaged one must not become a command. */
function breaksLine({ local, domain }: Address): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are the point
  return /[\u0000-\u001f\u007f]/.test(local + domain);
}
