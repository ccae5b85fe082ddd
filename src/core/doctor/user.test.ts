import { test } from "node:test";
import { assertFindings } from "./fixture.test.ts";
import { judgeUser } from "./user.ts";

test("who the server will be, and what keeps it from that", () => {
  const none = { user: undefined, trouble: undefined };
  assertFindings(judgeUser({ ...none, isRoot: true }), ["warning", /go on as root/]);
  assertFindings(judgeUser({ ...none, isRoot: false }), ["ok", /is not root/]);
  const named = { user: "bailiwick", trouble: undefined };
  assertFindings(judgeUser({ ...named, isRoot: true }), ["ok", /works as the user bailiwick$/]);
  assertFindings(judgeUser({ ...named, isRoot: false }), ["ok", /where root starts it/]);
  const trouble = 'this machine has no user "x"; create it';
  assertFindings(judgeUser({ user: "x", isRoot: true, trouble }), ["problem", /has no user "x"/]);
});
