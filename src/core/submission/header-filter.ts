// A submitted message on its way in: its header is edited, its body passes as it is.

import type { ContentTraits } from "../mail/envelope.ts";
import { type AddedFields, editHeader } from "./edit-header.ts";
import { createHeaderGate } from "./header-gate.ts";

export interface HeaderFilter {
  /** Octets of the message, which hold no bare CR or LF. */
  take(octets: Uint8Array): void;
  /** The message is whole; hands on what is still held. */
  finish(): void;
  /** What the whole message says of itself; to be asked after `finish`. */
  readonly findings: HeaderFindings;
  /** Traits of what was handed on. @param before those of what was taken. */
  traitsAfter(before: ContentTraits): ContentTraits;
}

export interface HeaderFindings {
  /** Nothing was handed on of such a message. */
  readonly isTooLong: boolean;
  /** What each From field says, as text. */
  readonly from: readonly string[];
  readonly sender: readonly string[];
}

/** @param pass takes the octets that go on; they are valid during the call only. */
export function createHeaderFilter(
  added: AddedFields,
  pass: (octets: Uint8Array) => void,
): HeaderFilter {
  let from: readonly string[] = [];
  let sender: readonly string[] = [];
  let size = 0;
  // Where an octet above 127 was taken out, it matters whether others are left.
  let looksForEightBit = false;
  let eightBitLeft = false;

  function handOn(octets: Uint8Array): void {
    size += octets.length;
    if (looksForEightBit && !eightBitLeft) eightBitLeft = hasEightBit(octets);
    pass(octets);
  }

  const gate = createHeaderGate({
    header(octets, end) {
      const edited = editHeader(octets, end, added);
      ({ from, sender } = edited);
      looksForEightBit = edited.removed.some(hasEightBit);
      for (const piece of edited.pieces) handOn(piece);
    },
    body: handOn,
  });

  return {
    take: (octets) => gate.take(octets),
    finish: () => gate.finish(),
    get findings() {
      return { isTooLong: gate.isTooLong, from, sender };
    },
    traitsAfter: ({ eightBit }) => ({ size, eightBit: looksForEightBit ? eightBitLeft : eightBit }),
  };
}

function hasEightBit(octets: Uint8Array): boolean {
  return octets.some((octet) => octet > 127);
}
