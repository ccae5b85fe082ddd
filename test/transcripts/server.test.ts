// The server session against every dialogue in server/, however the client paces itself, the network
// cuts its octets, and the server takes time to answer.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { formatReply, type Reply } from "../../src/core/smtp/reply.ts";
import type { ContentFault } from "../../src/core/smtp/framing/content-check.ts";
import type { LineFault } from "../../src/core/line-reader.ts";
import { commands } from "../../src/core/smtp/server/commands.ts";
import {
  contentFaultReply,
  greeting,
  lineFaultReply,
  replies,
} from "../../src/core/smtp/server/replies.ts";
import { anyCuts, inPieces, octetByOctet } from "../support/pieces.ts";
import { readDialogues } from "./dialogue.ts";
import { loginSamples } from "./logins.ts";
import type { Style } from "./acts.ts";
import { play } from "./server-player.ts";

const dialogues = readDialogues(new URL("server/", import.meta.url));
const paces = ["waits", "pipelines"] as const;
const answerings = ["at-once", "before-more", "after-more"] as const;

for (const dialogue of dialogues) {
  describe(`${dialogue.file}: ${dialogue.title}`, () => {
    for (const client of paces) {
      for (const answers of answerings) {
        test(`the client ${client}, the server answers ${answers}`, () => {
          play(dialogue, { client, answers, cut: (octets) => [octets] });
          play(dialogue, { client, answers, cut: octetByOctet });
        });
      }
    }

    test("cut anywhere", () => {
      const styles: fc.Arbitrary<Style> = fc.record({
        client: fc.constantFrom(...paces),
        answers: fc.constantFrom(...answerings),
        cut: anyCuts.map((cuts) => (octets: Buffer) => inPieces(octets, cuts)),
      });
      fc.assert(fc.property(styles, (style) => play(dialogue, style)));
    });
  });
}

/** One of each, as some dialogue has it. A reply or a fault that is added does not compile here. */
const samples: Readonly<Record<keyof typeof replies, Reply>> = {
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
const lineFaults: Readonly<Record<LineFault, Reply>> = {
  "too-long": lineFaultReply("too-long"),
  "bare-cr": lineFaultReply("bare-cr"),
  "bare-lf": lineFaultReply("bare-lf"),
  "control-character": lineFaultReply("control-character"),
  "not-utf8": lineFaultReply("not-utf8"),
};
const contentFaults: Readonly<Record<ContentFault, Reply>> = {
  "bare-cr": contentFaultReply("bare-cr", 1000),
  "bare-lf": contentFaultReply("bare-lf", 1000),
  "too-big": contentFaultReply("too-big", 1000),
};

/** Said in place of a session, or of a login: by the server, as test/end-to-end/09-guessing shows. */
const saidInstead = new Set([
  "tooManyConnections",
  "connectingTooFast",
  "clientTurnedAway",
  "loginsTurnedAway",
]);

describe("every reply occurs in some dialogue", () => {
  const said = new Set(
    dialogues.flatMap(({ lines }) =>
      lines.filter(({ label }) => label === "S").map(({ text }) => text),
    ),
  );
  const all = { greeting: greeting("mail.example.org"), ...samples };
  for (const table of [all, lineFaults, contentFaults]) {
    for (const [name, reply] of Object.entries(table)) {
      if (saidInstead.has(name)) continue;
      test(name, () => {
        const text = formatReply(reply).trimEnd();
        assert.ok(said.has(text), `no dialogue has: S: ${text}`);
      });
    }
  }
});
