// The short id of a decision: the connection's id and the decision's number in it, `0fk3v9d2m4a.1`.
// Refused clients see it in brackets at the end of the reply, and the operator looks it up.

import { type MessageId, parseMessageId } from "../queue/message.ts";

export type DecisionId = string;

/** @param session the connection's id, as people see it.
 *  @param count the decision's number among those of its connection, from 1. */
export function formatDecisionId(session: string, count: number): DecisionId {
  return `${session}.${count}`;
}

/** The id in what somebody pasted: alone, in brackets, or at the end of a whole reply. Of several
 * the last one; undefined where there is none. */
export function findDecisionId(text: string): DecisionId | undefined {
  const found = text
    .toLowerCase()
    .matchAll(/(?<![a-z0-9.-])([a-z0-9]{11})\.([1-9][0-9]{0,9})(?![a-z0-9-])/g);
  return [...found]
    .filter(([, session = ""]) => parseMessageId(session) !== undefined)
    .map(([id]) => id)
    .at(-1);
}

/** The connection in which the decision was made; 0 where the text is no id. */
export function sessionOf(id: DecisionId): MessageId {
  return parseMessageId(id.split(".")[0] ?? "") ?? 0;
}
