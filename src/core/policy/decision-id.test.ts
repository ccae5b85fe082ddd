import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { formatMessageId } from "../queue/message.ts";
import { findDecisionId, formatDecisionId, sessionOf } from "./decision-id.ts";

const anyId = fc.tuple(fc.nat(Number.MAX_SAFE_INTEGER), fc.integer({ min: 1, max: 100_000 }));

test("an id is found again in whatever it stands", () => {
  const around = fc.constantFrom(
    ["", ""],
    ["(", ")"],
    ["550 5.7.1 Relaying denied: your address may not relay here (", ")"],
    ["550-5.7.1 No such mailbox here (", ")\r\n"],
    ["host mx.foreign.example said: 554 5.7.1 Denied (", ") (in reply to RCPT TO command)"],
    ["  id ", ".  "],
  );
  fc.assert(
    fc.property(anyId, around, fc.boolean(), ([session, count], [before, behind], isLoud) => {
      const id = formatDecisionId(formatMessageId(session), count);
      const pasted = `${before}${isLoud ? id.toUpperCase() : id}${behind}`;
      assert.equal(findDecisionId(pasted), id);
      assert.equal(sessionOf(id), session);
    }),
  );
});

for (const text of [
  "",
  "550 5.7.1 Relaying denied",
  "0fk3v9d2m4a",
  "0fk3v9d2m4a.",
  "0fk3v9d2m4a.0",
  "0fk3v9d2m4u.1",
  "x0fk3v9d2m4a.1",
  "0fk3v9d2m4a.12345678901",
  "mail.example.org",
  "(".repeat(100_000),
]) {
  test(`there is none in ${JSON.stringify(text.slice(0, 40))}`, () => {
    assert.equal(findDecisionId(text), undefined);
  });
}
