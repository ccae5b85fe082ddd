// What a client is told of a whole message by the rooms that look at it and keep it. What its header
// must have at submission is said in core/submission/refusals.ts.

import { reply, type Reply } from "../reply.ts";

export const messageReplies = {
  kept: (id: string): Reply => reply(250, "2.0.0", `Ok: queued as ${id}`),
  /** The priority is not the one asked for (RFC 6710 §4.1, X.3.6). */
  keptWithPriority: (priority: number, id: string): Reply =>
    reply(250, "2.3.6", `${priority} is the priority of this message; queued as ${id}`),

  loop: (hops: number): Reply =>
    reply(554, "5.4.6", `Mail loop: more than ${hops} Received fields`),
  noMemory: reply(452, "4.3.1", "No room for the message now; try again later"),
  full: reply(452, "4.3.1", "The disk is full; try again later"),
  storeFailed: reply(451, "4.3.0", "The message could not be stored; try again later"),

  /** RFC 3463 §3.8: cryptographic failure. Unsigned, the message might be lost at its recipients,
   * who may have been told to refuse such mail of this domain. */
  notSigned: reply(451, "4.7.5", "The message could not be signed; try again later"),

  refusedByFilter: reply(550, "5.7.1", "The message is refused by a filter here"),
  /** Our 250 is a promise to deliver. What a filter would drop in silence is refused. */
  discardedByFilter: reply(550, "5.7.1", "The message is not wanted here"),
  putOffByFilter: reply(451, "4.7.1", "A filter here wants the message later; try again"),
  /** The filter has words of its own, and they are no reply. */
  refusedByFilterForNow: reply(451, "4.7.1", "A filter here refuses the message for now"),
  notSeenByFilter: reply(451, "4.7.1", "The message cannot be checked now; try again later"),

  /** RFC 7372 §3.3. */
  failsDmarc: (domain: string, found: string, id: string): Reply =>
    reply(
      550,
      "5.7.26",
      `The message says to be from ${domain}, but is not (${found}),`,
      `and ${domain} asks all hosts to refuse such mail (DMARC)`,
      `If you are its postmaster: the message was ${id} here`,
    ),
  authorUnknown: (why: string, id: string): Reply =>
    reply(
      550,
      "5.7.26",
      `Whom the message says to be from was not found out: ${why} (message ${id} here)`,
    ),
} as const;
