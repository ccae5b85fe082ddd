// The header section of a message in the queue, for its operator.

import type { QueueHeaders } from "./operations.ts";

/** Octets of it that are read. */
const most = 64 * 1024;

/** @param content the message's octets, chunk by chunk: no more of them are fetched than needed */
export async function readHeaderSection(content: AsyncIterable<Uint8Array>): Promise<QueueHeaders> {
  let octets = Buffer.alloc(0);
  for await (const chunk of content) {
    octets = Buffer.concat([octets, chunk]);
    const end = endOf(octets);
    if (end !== undefined && end <= most)
      return { text: textOf(octets.subarray(0, end)), isCut: false };
    if (octets.length >= most) return { text: textOf(octets.subarray(0, most)), isCut: true };
  }
  return { text: textOf(octets), isCut: false };
}

/** The first empty line; a message may begin with it (RFC 5322 §2.1). */
function endOf(octets: Buffer): number | undefined {
  if (octets.subarray(0, 2).equals(lineEnd)) return 0;
  const at = octets.indexOf("\r\n\r\n");
  return at === -1 ? undefined : at + lineEnd.length;
}

const lineEnd = Buffer.from("\r\n");

function textOf(octets: Buffer): string {
  return octets.toString("utf8").replaceAll("\r\n", "\n");
}
