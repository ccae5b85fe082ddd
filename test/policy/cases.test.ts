// The relay decision against every case in this folder, without a server.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decide } from "../../src/core/policy/decide.ts";
import type { Decision } from "../../src/core/policy/decision.ts";
import { replyTo } from "../../src/core/policy/replies.ts";
import { describeReply } from "../../src/core/smtp/reply.ts";
import { readCases } from "./case-file.ts";
import { reasons } from "./reasons.ts";

/** `accept relay: access-rule (tcp.smtp line 3)` */
function describeDecision(decision: Decision): string {
  const { verdict, reason, place } = decision;
  const how = decision.verdict === "accept" ? ` ${decision.deliver}` : "";
  const where = place === undefined ? "" : ` (${place.file} line ${place.line})`;
  return `${verdict}${how}: ${reason}${where}`;
}

const files = readCases(new URL("./", import.meta.url));
const seen = new Set<string>();

for (const [file, cases] of files) {
  describe(file, () => {
    for (const { title, rules, request, decision: expected, reply } of cases) {
      test(title, () => {
        const decision = decide(rules, request);
        seen.add(decision.reason);
        assert.equal(describeDecision(decision), expected);
        assert.equal(describeReply(replyTo(decision, "7.1")), reply);
      });
    }
  });
}

test("every reason has its case", () => {
  assert.deepEqual(
    reasons.filter((reason) => !seen.has(reason)),
    [],
  );
});
