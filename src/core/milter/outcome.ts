// What a filter makes of a message.

import { printable, reply, type Reply } from "../smtp/reply.ts";
import { messageReplies } from "../smtp/server/message-replies.ts";
import { type Packet, readTexts } from "./packet.ts";
import { answer } from "./words.ts";

export type MilterOutcome =
  /** `fields`: whole lines with their CR LF, for the top of the message. */
  | {
      readonly kind: "pass";
      readonly fields: string;
      /** How many changes to other fields it wanted, which are not made. */
      readonly ignored: number;
    }
  | { readonly kind: "refuse"; readonly reply: Reply };

/** The end that an answer puts to a message; undefined for answers after which it goes on. */
export function refusalBy({ letter, data }: Packet): Reply | undefined {
  switch (letter) {
    case answer.refuse:
      return messageReplies.refusedByFilter;
    case answer.later:
      return messageReplies.putOffByFilter;
    case answer.discard:
      return messageReplies.discardedByFilter;
    case answer.reply:
      return ownReply(readTexts(data)[0] ?? "");
    default:
      return undefined;
  }
}

const shape = /^([45]\d\d)[ -](?:([45]\.\d{1,3}\.\d{1,3})(?: |$))?(.*)$/;

/** Lines of one reply. One that is none, or that would let the message through, refuses it for now. */
function ownReply(text: string): Reply {
  const lines = text.split(/\r?\n/).filter((line) => line !== "");
  const found = lines.map((line) => shape.exec(line));
  const first = found[0] ?? undefined;
  if (first === undefined) return messageReplies.refusedByFilterForNow;
  const code = Number(first[1]);
  const words = found.map((line) => printable(line?.[3] ?? "").slice(0, 400));
  return reply(code, first[2] ?? `${Math.floor(code / 100)}.7.1`, ...words);
}

/** A field that a filter adds; undefined where it is none that may stand in a message. */
export function fieldOf({ letter, data }: Packet): string | undefined {
  const [name = "", value = ""] = readTexts(letter === answer.insertField ? data.slice(4) : data);
  if (!/^[!-9;-~]{1,76}$/.test(name)) return undefined;
  const lines = value.trimEnd().split(/\r?\n/);
  const isWhole = lines.every(
    (line, index) => !/[\r\n\0]/.test(line) && (index === 0 || /^[ \t]+\S/.test(line)),
  );
  if (!isWhole || value.length > mostOfField) return undefined;
  return `${name}: ${lines.join("\r\n")}\r\n`;
}

/** Characters of one field that a filter adds. */
const mostOfField = 32_768;
