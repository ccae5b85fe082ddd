// The server session against every dialogue in server/, however the client paces itself, the network
// cuts its octets, and the server takes time to answer.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { formatReply } from "../../src/core/smtp/reply.ts";
import { greeting } from "../../src/core/smtp/server/replies.ts";
import { anyCuts, inPieces, octetByOctet } from "../support/pieces.ts";
import { readDialogues } from "./dialogue.ts";
import type { Style } from "./acts.ts";
import { contentFaults, lineFaults, samples } from "./server-replies.ts";
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
