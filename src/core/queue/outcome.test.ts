import assert from "node:assert/strict";
import { test } from "node:test";
import { reply } from "../smtp/reply.ts";
import { sayExpired, sayFailure, sayReply } from "./outcome.ts";

test("the far host's own words and status are kept", () => {
  const said = reply(550, "5.1.1", "no", "such user");
  assert.deepEqual(sayFailure({ kind: "refused", stage: "recipient", reply: said }), {
    status: "5.1.1",
    text: "550 5.1.1 no such user",
    remote: true,
  });
});

test("a reply without an enhanced code gets a status that claims no more than the code does", () => {
  const cases = [
    [550, "recipient", "5.1.0"],
    [554, "recipient", "5.0.0"],
    [452, "recipient", "4.3.1"],
    [552, "recipient", "5.2.2"],
    [552, "mail", "5.3.4"],
    [552, "final", "5.3.4"],
    [421, "data", "4.3.2"],
    [451, "mail", "4.0.0"],
    [554, "greeting", "5.0.0"],
    [250, "final", "2.0.0"],
  ] as const;
  for (const [code, stage, status] of cases) {
    assert.equal(sayReply(reply(code, "", "x"), stage).status, status, `${code} at ${stage}`);
  }
});

test("failures without a reply say what happened and when", () => {
  assert.deepEqual(sayFailure({ kind: "lost", stage: "final" }), {
    status: "4.4.2",
    text: "the connection was lost after the end of the content, before the host took responsibility for it",
    remote: false,
  });
  assert.equal(sayFailure({ kind: "timeout", stage: "greeting" }).status, "4.4.1");
  assert.equal(
    sayFailure({ kind: "timeout", stage: "data" }).text,
    "the host did not answer in time at DATA",
  );
  const detail = "a line that is no SMTP reply";
  assert.match(
    sayFailure({ kind: "malformed", stage: "hello", detail }).text,
    /no SMTP reply, after EHLO$/,
  );
  const local = { kind: "local", status: "5.3.4", text: "too large" } as const;
  assert.deepEqual(sayFailure(local), { status: "5.3.4", text: "too large", remote: false });
});

test("an expired message goes on telling its last failure", () => {
  const last = sayReply(reply(450, "4.2.0", "greylisted"), "recipient");
  assert.deepEqual(sayExpired(last), { ...last, status: "4.4.7" });
});

test("foreign text is bounded and holds no control characters", () => {
  const { text } = sayReply(
    reply(550, "", "a\r\nX: y\0\x1b[2J\u0085", "😀".repeat(2_000)),
    "final",
  );
  assert.ok(text.length <= 1_000 && text.isWellFormed());
  assert.doesNotMatch(text, /\p{Cc}/u);
});
