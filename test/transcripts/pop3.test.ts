// The POP3 session against every dialogue in pop3/, however the client paces itself, the network cuts
// its octets, and the server takes time to answer.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import type { LineFault } from "../../src/core/line-reader.ts";
import { commands } from "../../src/core/pop3/commands.ts";
import { greeting, lineFaultReply, replies } from "../../src/core/pop3/replies.ts";
import { formatReply, type Reply } from "../../src/core/pop3/reply.ts";
import { anyCuts, inPieces, octetByOctet } from "../support/pieces.ts";
import type { Style } from "./acts.ts";
import { readDialogues } from "./dialogue.ts";
import { play } from "./pop3-player.ts";

const dialogues = readDialogues(new URL("pop3/", import.meta.url));
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
const lineFaults: Readonly<Record<LineFault, Reply>> = {
  "too-long": lineFaultReply("too-long"),
  "bare-cr": lineFaultReply("bare-cr"),
  "bare-lf": lineFaultReply("bare-lf"),
  "control-character": lineFaultReply("control-character"),
  "not-utf8": lineFaultReply("not-utf8"),
};

/** Said in place of a session by the server, as test/end-to-end/10-pop3 shows. */
const saidInstead = new Set(["tooManyConnections", "connectingTooFast", "clientTurnedAway"]);

describe("every reply occurs in some dialogue", () => {
  const said = new Set(
    dialogues.flatMap(({ lines }) =>
      lines.filter(({ label }) => label === "S").map(({ text }) => text),
    ),
  );
  const all = { greeting: greeting("mail.example.org"), ...samples };
  for (const table of [all, lineFaults]) {
    for (const [name, reply] of Object.entries(table)) {
      if (saidInstead.has(name)) continue;
      test(name, () => {
        const [first = ""] = formatReply(reply).split("\r\n");
        assert.ok(said.has(first), `no dialogue has: S: ${first}`);
      });
    }
  }
});

describe("every command occurs in some dialogue", () => {
  const sent = new Set(
    dialogues.flatMap(({ lines }) =>
      lines
        .filter(({ label }) => label === "C")
        .map(({ text }) => text.split(" ")[0]?.toUpperCase()),
    ),
  );
  for (const verb of commands.keys()) test(verb, () => assert.ok(sent.has(verb)));
});
