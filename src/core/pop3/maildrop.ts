// The drop as a session sees it: the messages that were there when it was opened, and which of them
// the client has marked as deleted. Numbers are from 1 on, and stay (RFC 1939 §5).

import { bad, good, type Result } from "../result.ts";
import { isMarked, mark, type Marks, noMarks } from "./marks.ts";
import { replies } from "./replies.ts";
import type { Reply } from "./reply.ts";

export interface StoredMessage {
  /** Octets with every line ended by CR LF, and no dot doubled. */
  readonly size: number;
  /** What UIDL says: 1 to 70 characters from `!` to `~` (RFC 1939 §7). */
  readonly uid: string;
}

export interface Maildrop {
  readonly messages: readonly StoredMessage[];
  /** Of all messages. */
  readonly allOctets: number;
  readonly deleted: Marks;
  /** Of the messages that are not deleted. */
  readonly octets: number;
}

export function openedDrop(messages: readonly StoredMessage[]): Maildrop {
  const octets = messages.reduce((total, { size }) => total + size, 0);
  return { messages, allOctets: octets, deleted: noMarks, octets };
}

/** Messages that are not deleted. */
export function countOf({ messages, deleted }: Maildrop): number {
  return messages.length - deleted.count;
}

export function withDeleted(drop: Maildrop, index: number): Maildrop {
  const octets = drop.octets - (drop.messages[index]?.size ?? 0);
  return { ...drop, deleted: mark(drop.deleted, index), octets };
}

/** RFC 1939 §5, RSET. */
export function withoutDeleted(drop: Maildrop): Maildrop {
  return { ...drop, deleted: noMarks, octets: drop.allOctets };
}

export interface FoundMessage extends StoredMessage {
  readonly index: number;
}

/** The message that a client's word names; what the client is told where it names none. */
export function findMessage(drop: Maildrop, word: string): Result<FoundMessage, Reply> {
  const number = readNumber(word);
  if (number === undefined) return bad(replies.badMessageNumber);
  const index = number - 1;
  const message = drop.messages[index];
  if (message === undefined) return bad(replies.noSuchMessage(drop.messages.length));
  if (isMarked(drop.deleted, index)) return bad(replies.messageDeleted(number));
  return good({ index, ...message });
}

/** Digits alone, and no more of them than a number can hold. */
export function readNumber(word: string): number | undefined {
  return /^[0-9]{1,15}$/.test(word) ? Number(word) : undefined;
}
