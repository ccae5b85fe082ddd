// A message's octets as a filter is told of them: each field, the end of the header, pieces of the body.

import { splitHeader } from "../mail/header-fields.ts";
import { bad, good, type Result } from "../result.ts";
import { createHeaderGate } from "../submission/header-gate.ts";
import type { Packet } from "./packet.ts";
import { tell } from "./words.ts";

export interface MessagePackets {
  take(octets: Uint8Array): readonly Packet[];
  /** The message is over; the problem is a sentence about it. */
  finish(): Result<readonly Packet[], string>;
  /** Nothing more of the body is wanted. */
  skipBody(): void;
}

/** Octets of the body in one packet: libmilter's buffer. */
const largestPiece = 65_535;

export function messagePackets(): MessagePackets {
  let packets: Packet[] = [];
  let isSkipped = false;
  let hasEmptyLine = false;

  const gate = createHeaderGate({
    header(octets, end) {
      hasEmptyLine = end === "empty-line";
      for (const { text } of splitHeader(octets)) {
        packets.push({ letter: tell.field, data: field(text) });
      }
      packets.push({ letter: tell.endOfHeader, data: new Uint8Array(0) });
    },
    body(octets) {
      // The line between header and body is neither's; it comes whole.
      const from = hasEmptyLine ? octets.indexOf(10) + 1 : 0;
      hasEmptyLine = false;
      if (isSkipped) return;
      for (let at = from; at < octets.length; at += largestPiece) {
        packets.push({ letter: tell.body, data: octets.slice(at, at + largestPiece) });
      }
    },
  });

  function drain(): readonly Packet[] {
    const drained = packets;
    packets = [];
    return drained;
  }

  return {
    take(octets) {
      gate.take(octets);
      return drain();
    },
    finish() {
      gate.finish();
      return gate.isTooLong ? bad("the header is too long for it") : good(drain());
    },
    skipBody() {
      isSkipped = true;
    },
  };
}

/** @param text one character for each octet, line ends included */
function field(text: string): Uint8Array {
  const colon = text.indexOf(":");
  const name = text.slice(0, colon).trimEnd();
  const value = text
    .slice(colon + 1)
    .replace(/\r?\n$/, "")
    .replace(/^[ \t]/, "")
    .replaceAll("\r\n", "\n");
  const words = `${name}\0${value.replaceAll("\0", "")}\0`;
  return Uint8Array.from(words, (character) => character.charCodeAt(0));
}
