// The POP3 session against every dialogue in pop3/, however the client paces itself, the network cuts
// its octets, and the server takes time to answer.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { commands } from "../../src/core/pop3/commands.ts";
import { greeting } from "../../src/core/pop3/replies.ts";
import { formatReply } from "../../src/core/pop3/reply.ts";
import { anyCuts, inPieces, octetByOctet } from "../support/pieces.ts";
import type { Style } from "./acts.ts";
import { readDialogues } from "./dialogue.ts";
import { play } from "./pop3-player.ts";
import { lineFaults, samples } from "./pop3-replies.ts";

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
