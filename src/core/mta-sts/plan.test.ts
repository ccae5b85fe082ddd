import assert from "node:assert/strict";
import { test } from "node:test";
import { type KnownPolicy, planPolicy, type StsPlan } from "./plan.ts";
import type { StsRecordAnswer } from "./record.ts";

const known: KnownPolicy = {
  mode: "enforce",
  mx: ["mx.example"],
  maxAge: 100,
  id: "one",
  fetchedAt: 1_000_000,
};
const [fresh, expired] = [1_099_999, 1_100_000];
const silent: StsRecordAnswer = { kind: "unknown", why: "no answer" };
const none: StsRecordAnswer = { kind: "none" };
const record = (id: string): StsRecordAnswer => ({ kind: "id", id });

const cases: readonly (readonly [
  string,
  KnownPolicy | undefined,
  StsRecordAnswer,
  number,
  StsPlan,
])[] = [
  ["nothing known, no record", undefined, none, fresh, { do: "without" }],
  ["nothing known, no answer", undefined, silent, fresh, { do: "without" }],
  ["nothing known, a record", undefined, record("one"), fresh, { do: "fetch", id: "one" }],
  ["known, the same record", known, record("one"), fresh, { do: "use" }],
  ["known, another record", known, record("two"), fresh, { do: "fetch", id: "two" }],
  ["known, and no record any more", known, none, fresh, { do: "use" }],
  ["known, no answer", known, silent, fresh, { do: "use" }],
  ["expired, the same record", known, record("one"), expired, { do: "fetch", id: "one" }],
  ["expired, no record", known, none, expired, { do: "without" }],
  ["expired, no answer", known, silent, expired, { do: "without" }],
];
for (const [what, policy, answer, now, plan] of cases) {
  test(what, () => assert.deepEqual(planPolicy(policy, answer, now), plan));
}
