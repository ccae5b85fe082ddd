// One of every reply of the server session, for tests that must see each of them.

import type { LineFault } from "../../src/core/line-reader.ts";
import type { ContentFault } from "../../src/core/smtp/framing/content-check.ts";
import type { Reply } from "../../src/core/smtp/reply.ts";
import { commands } from "../../src/core/smtp/server/commands.ts";
import { contentFaultReply, lineFaultReply, replies } from "../../src/core/smtp/server/replies.ts";
import { loginSamples } from "./logins.ts";

/** One of each, as some dialogue has it. A reply or a fault that is added does not compile here. */
export const samples: Readonly<Record<keyof typeof replies, Reply>> = {
  ...replies,
  ...loginSamples,
  chunkOk: replies.chunkOk(5),
  connectingTooFast: replies.connectingTooFast("3 connections a minute from your address"),
  help: replies.help([...commands.keys()]),
  noArgument: replies.noArgument("DATA"),
  badHello: replies.badHello("EHLO"),
  badParameter: replies.badParameter("SIZE"),
  deliverByTooSoon: replies.deliverByTooSoon(60),
  heldTooLong: replies.heldTooLong(3_600),
  unknownParameter: replies.unknownParameter("AUTH"),
  messageTooBig: replies.messageTooBig(1000),
};
export const lineFaults: Readonly<Record<LineFault, Reply>> = {
  "too-long": lineFaultReply("too-long"),
  "bare-cr": lineFaultReply("bare-cr"),
  "bare-lf": lineFaultReply("bare-lf"),
  "control-character": lineFaultReply("control-character"),
  "not-utf8": lineFaultReply("not-utf8"),
};
export const contentFaults: Readonly<Record<ContentFault, Reply>> = {
  "bare-cr": contentFaultReply("bare-cr", 1000),
  "bare-lf": contentFaultReply("bare-lf", 1000),
  "too-big": contentFaultReply("too-big", 1000),
};
