// Questions and answers of the DNS as packets (RFC 1035 §4), with the extension that asks whether an
// answer was validated (RFC 4035 §3.2, RFC 6840 §5.7).

import {
  type Answer,
  AUTHENTIC_DATA,
  decode,
  type DecodedPacket,
  encode,
  RECURSION_DESIRED,
} from "dns-packet";
import { errorText } from "../../../core/error-text.ts";
import { bad, good, type Result } from "../../../core/result.ts";

export interface Question {
  /** In lower case, without a dot at the end. */
  readonly name: string;
  readonly type: "A" | "AAAA" | "CNAME" | "MX" | "TLSA";
}

export interface Response {
  /** RCODE (RFC 1035 §4.1.1), with its upper bits where there are any (RFC 6891 §6.1.3). */
  readonly code: number;
  readonly isTruncated: boolean;
  /** The server says that all of it was validated. */
  readonly isAuthentic: boolean;
  /** Octets. */
  readonly size: number;
  readonly answers: readonly Answer[];
  readonly authorities: readonly Answer[];
}

/** Octets that an answer over UDP may have: those pass every network unbroken (DNS flag day 2020). */
const udpSize = 1232;

/** @param extended with EDNS; there are servers that take it for an error. */
export function encodeQuery(id: number, { name, type }: Question, extended: boolean): Buffer {
  return encode({
    type: "query",
    id,
    flags: RECURSION_DESIRED | AUTHENTIC_DATA,
    questions: [{ name, type, class: "IN" }],
    additionals: extended
      ? [
          {
            type: "OPT",
            name: ".",
            udpPayloadSize: udpSize,
            extendedRcode: 0,
            ednsVersion: 0,
            flags: dnssecOk,
            flag_do: true,
            options: [],
          },
        ]
      : [],
  });
}

const dnssecOk = 1 << 15;

/** Whether a name can stand in a packet. */
export function fitsPacket(name: string): boolean {
  const labels = name.split(".").map((label) => Buffer.byteLength(label));
  return labels.every((octets) => octets > 0 && octets <= 63) && Buffer.byteLength(name) <= 253;
}

/** Reads what may be the answer to a question. The problem is why it is none: whoever sent it may
 * not be the server. */
export function readResponse(
  packet: Buffer,
  id: number,
  question: Question,
): Result<Response, string> {
  try {
    const read = decode(packet);
    if (!answers(read, id, question)) return bad("an answer to no question of ours");
    return good({
      code: codeOf(read),
      isTruncated: read.flag_tc,
      isAuthentic: read.flag_ad,
      size: packet.length,
      answers: read.answers ?? [],
      authorities: read.authorities ?? [],
    });
  } catch (error) {
    return bad(`an answer that cannot be read: ${errorText(error)}`);
  }
}

function answers(read: DecodedPacket, id: number, { name, type }: Question): boolean {
  const [question, ...more] = read.questions ?? [];
  return (
    read.flag_qr &&
    read.id === id &&
    opcodeOf(read) === 0 &&
    more.length === 0 &&
    question?.class === "IN" &&
    question.type === type &&
    question.name.toLowerCase() === name
  );
}

function opcodeOf({ flags = 0 }: DecodedPacket): number {
  return (flags >> 11) & 0xf;
}

function codeOf({ flags = 0, additionals = [] }: DecodedPacket): number {
  const extension = additionals.find((each) => each.type === "OPT");
  return (flags & 0xf) | ((extension?.extendedRcode ?? 0) << 4);
}
