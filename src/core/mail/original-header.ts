// The header of a returned message, as its notice encloses it (RFC 6522 §4, RFC 6533 §5).

/** Octets of the original's header that a notice returns at most. */
const maxOctets = 50_000;

export interface ReturnedHeader {
  /** Media type of the part. */
  readonly type: string;
  /** Whole lines, with their CR LF. */
  readonly octets: Uint8Array;
}

/** Takes the header from the beginning of a content: up to the empty line, and no more than 50,000
 * octets of whole lines. */
export function returnHeader(beginning: Uint8Array): ReturnedHeader {
  const octets = beginning.subarray(0, endOfHeader(beginning));
  return {
    type: isInternational(octets) ? "message/global-headers" : "text/rfc822-headers",
    octets,
  };
}

/** The media type of a message that is enclosed whole (RFC 6532 §3.7). */
export function messageType(content: Uint8Array): string {
  return isInternational(content.subarray(0, endOfHeader(content)))
    ? "message/global"
    : "message/rfc822";
}

function endOfHeader(content: Uint8Array): number {
  let lineStart = 0;
  for (;;) {
    const lineFeed = content.indexOf(10, lineStart);
    const isEmptyLine = lineFeed === lineStart + 1 && content[lineStart] === 13;
    if (lineFeed === -1 || isEmptyLine || lineFeed >= maxOctets) return lineStart;
    lineStart = lineFeed + 1;
  }
}

/** Octets above 127 that are UTF-8 make an internationalized header; others are what an old program
 * wrote in some charset of its own. */
function isInternational(octets: Uint8Array): boolean {
  if (octets.every((octet) => octet < 0x80)) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(octets);
    return true;
  } catch {
    return false;
  }
}
