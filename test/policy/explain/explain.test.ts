// What must hold of the explanation of every case of the policy.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decide } from "../../../src/core/policy/decide.ts";
import { explain } from "../../../src/core/policy/explain/explain.ts";
import { renderExplanation } from "../../../src/core/policy/explain/render.ts";
import { known } from "../../../src/core/policy/fact.ts";
import type { RelayRequest } from "../../../src/core/policy/request.ts";
import { describeReply } from "../../../src/core/smtp/reply.ts";
import { replyTo } from "../../../src/core/policy/replies.ts";
import { readCases } from "../case-file.ts";

const folders = [new URL("../", import.meta.url), new URL("./", import.meta.url)];
const cases = folders.flatMap((folder) => [...readCases(folder).values()].flat());

test("there are cases to explain", () => assert.ok(cases.length > 100));

test("it is of the decision that is made, and its last row is the one that decided", () => {
  for (const { title, rules, request } of cases) {
    const decision = decide(rules, request);
    const { rows, reply, ...explanation } = explain(rules, request, "7.1");
    assert.deepEqual(explanation.decision, decision, title);
    assert.equal(reply, describeReply(replyTo(decision, "7.1")), title);
    const last = rows.at(-1);
    assert.equal(last?.found, "match", title);
    assert.deepEqual(last?.place, decision.place, title);
    assert.equal(last?.number === 16, decision.reason === "relaying-denied", title);
    assert.equal(last?.number === 14, decision.reason.endsWith("-unknown"), title);
  }
});

test("every turn does turn the answer round, and there are few", () => {
  const without: string[] = [];
  for (const { title, rules, request } of cases) {
    const { decision, turns } = explain(rules, request, "7.1");
    assert.ok(turns.length <= 5, title);
    if (turns.length === 0) without.push(title);
    const isAccepted = decision.verdict === "accept";
    for (const turn of turns)
      assert.notEqual(turn.decision.verdict === "accept", isAccepted, title);
    assert.equal(new Set(turns.map(({ advice }) => advice)).size, turns.length, title);
  }
  // Four facts are missing there, which is more than a small change.
  assert.deepEqual(without, [
    "Row 6: no stranger makes a return path.",
    "Row 6: not for a login either, when it is too old.",
    "Nothing at all can be found out.",
  ]);
});

test("it crosses the control socket whole", () => {
  for (const { title, rules, request } of cases) {
    const explanation = explain(rules, request, "7.1");
    assert.deepEqual(JSON.parse(JSON.stringify(explanation)), explanation, title);
  }
});

test("its text fits a terminal", () => {
  for (const { title, rules, request } of cases) {
    for (const line of renderExplanation(explain(rules, request, "7.1")).split("\n")) {
      assert.ok(line.length <= 96 && line === line.trimEnd(), `${title}: ${line}`);
    }
  }
});

test("what others brought in cannot steer the terminal", () => {
  const first = cases.find(({ title }) => title.startsWith("A listed stranger"));
  assert.ok(first);
  const listing = {
    listed: true,
    list: "zen.example",
    text: "\u001b[2J\u0007\r\nREFUSED",
  } as const;
  const facts = { ...first.request.facts, blocklist: known(listing) };
  const request: RelayRequest = { ...first.request, facts };
  const text = renderExplanation(explain(first.rules, request, "7.1"));
  assert.match(text, /zen\.example \(\?\[2J\?\?\?REFUSED\)/);
  // oxlint-disable-next-line no-control-regex -- control characters are the point
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f]/);
});

test("what needs more than a small change says so", () => {
  const { rules, request } = cases[0] ?? assert.fail();
  const hopeless: RelayRequest = {
    ...request,
    tls: "required",
    role: "submission",
    sender: null,
    facts: {
      ...request.facts,
      access: known({ access: "deny", temporary: false }),
      login: undefined,
      limit: known("10 an hour"),
      recipient: known({ kind: "no-mailbox" }),
    },
  };
  const explanation = explain(rules, hopeless, "7.1");
  assert.deepEqual(explanation.turns, []);
  assert.match(renderExplanation(explanation), /\nNo small change would have it accepted\.\n$/);
});
