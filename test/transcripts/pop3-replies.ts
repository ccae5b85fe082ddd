// One of every reply of the POP3 session, for tests that must see each of them.

import type { LineFault } from "../../src/core/line-reader.ts";
import { lineFaultReply, replies } from "../../src/core/pop3/replies.ts";
import type { Reply } from "../../src/core/pop3/reply.ts";

/** One of each, as some dialogue has it. A reply or a fault that is added does not compile here. */
export const samples: Readonly<Record<keyof typeof replies, Reply>> = {
  ...replies,
  capabilities: replies.capabilities([]),
  challenge: replies.challenge(Buffer.from("Username:")),
  mechanisms: replies.mechanisms([]),
  opened: replies.opened(2, 42),
  stat: replies.stat(2, 42),
  listing: replies.listing(3),
  listed: replies.listed(2, "uid-2"),
  message: replies.message(23),
  deleted: replies.deleted(1),
  reset: replies.reset(3),
  noArgument: replies.noArgument("STAT"),
  badMessage: replies.badMessage("RETR"),
  noSuchMessage: replies.noSuchMessage(2),
  messageDeleted: replies.messageDeleted(1),
  badResponse: replies.badResponse("there must be two NULs"),
  notRemoved: replies.notRemoved(1, 2),
  connectingTooFast: replies.connectingTooFast("3 connections a minute from your address"),
};
export const lineFaults: Readonly<Record<LineFault, Reply>> = {
  "too-long": lineFaultReply("too-long"),
  "bare-cr": lineFaultReply("bare-cr"),
  "bare-lf": lineFaultReply("bare-lf"),
  "control-character": lineFaultReply("control-character"),
  "not-utf8": lineFaultReply("not-utf8"),
};
