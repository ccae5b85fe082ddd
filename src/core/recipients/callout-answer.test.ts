import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { sayFailure, sayReply } from "../queue/outcome.ts";
import { reply } from "../smtp/reply.ts";
import { readCallout } from "./callout-answer.ts";

test("a recipient that is taken exists", () => {
  const said = sayReply(reply(250, "2.1.5", "Ok"), "recipient");
  assert.deepEqual(readCallout({ kind: "delivered", said }), {
    kind: "exists",
    said: "250 2.1.5 Ok",
  });
});

suite("refusals that speak of the mailbox, and others", () => {
  const cases = [
    [550, "5.1.1", "nobody"],
    [550, "", "nobody"],
    [551, "5.1.6", "nobody"],
    [553, "5.1.3", "nobody"],
    [550, "5.2.1", "nobody"],
    [550, "5.7.1", "unsure"],
    [554, "5.7.1", "unsure"],
    [554, "", "unsure"],
    [501, "", "unsure"],
    [521, "", "unsure"],
    [571, "", "unsure"],
    [552, "5.2.2", "unsure"],
    [550, "5.1.2", "unsure"],
  ] as const;
  for (const [code, enhanced, kind] of cases) {
    test(`${code} ${enhanced}: ${kind}`, () => {
      const said = sayReply(reply(code, enhanced, "no"), "recipient");
      assert.equal(readCallout({ kind: "permanent", said }).kind, kind);
    });
  }
});

test("what is temporary, or our own finding, says nothing of the recipient", () => {
  const later = sayReply(reply(450, "4.1.1", "later"), "recipient");
  assert.equal(readCallout({ kind: "temporary", said: later }).kind, "unsure");
  const ours = sayFailure({ kind: "local", status: "5.1.3", text: "550 an address of ours" });
  assert.equal(readCallout({ kind: "permanent", said: ours }).kind, "unsure");
});
