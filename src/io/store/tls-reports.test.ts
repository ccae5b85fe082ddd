import assert from "node:assert/strict";
import { test } from "node:test";
import type { AppliedPolicy, SessionCount } from "../../core/tls-report/session.ts";
import { endOfTime, sample, scratchPlace, scratchStore, sharing } from "./fixture.test.ts";
import { openStore } from "./open.ts";

const day = "2026-11-26";

function policyOf(domain: string): AppliedPolicy {
  return { type: "sts", domain, lines: ["mode: enforce"], hosts: ["mx.example"] };
}

function byCount(sessions: readonly SessionCount[]) {
  return sessions.toSorted((one, other) => one.count - other.count);
}

test("sessions that went alike are counted together, by day and domain", async (t) => {
  const { tlsReports } = await scratchStore(t);
  const [a, b] = [policyOf("a.example"), policyOf("b.example")];
  const failure = { type: "certificate-expired", host: "mx.example" } as const;
  const domain = "a.example";
  await tlsReports.count([
    { day, domain, policy: a, count: 2 },
    { day, domain, policy: a, failure, count: 1 },
    { day: "2026-11-27", domain, policy: a, count: 9 },
    { day, domain: "b.example", policy: b, count: 4 },
  ]);
  await tlsReports.count([{ day, domain, policy: a, count: 3 }]);
  assert.deepEqual(byCount(await tlsReports.sessions({ day, domain: "a.example" })), [
    { policy: a, failure, count: 1 },
    { policy: a, count: 5 },
  ]);
  assert.deepEqual(await tlsReports.unreported(day, "", 5), ["a.example", "b.example"]);
  assert.deepEqual(await tlsReports.unreported(day, "", 1), ["a.example"]);
  assert.deepEqual(await tlsReports.unreported(day, "a.example", 5), ["b.example"]);
  await tlsReports.dropBefore("2026-11-27");
  assert.deepEqual(await tlsReports.unreported(day, "", 5), []);
  assert.equal((await tlsReports.unreported("2026-11-27", "", 5)).length, 1);
});

test("a report is one host's, until it is done, or that host is gone", async (t) => {
  const place = await scratchPlace(t);
  const one = await scratchStore(t, place);
  // A file has one host; a database has others.
  const other = "path" in place ? one : await openStore(place, sharing("b.test"));
  if (other !== one) t.after(() => other.close());
  const key = { day, domain: "a.example" };
  await one.tlsReports.count([{ ...key, policy: policyOf("a.example"), count: 1 }]);
  assert.equal(await one.tlsReports.begin(key, 1_000, 0), true);
  assert.equal(await other.tlsReports.begin(key, 2_000, 1_000), false);
  assert.equal(await other.tlsReports.begin(key, 3_000, 1_001), true, "begun too long ago");
  assert.equal(await one.tlsReports.begin(key, 3_000, 1_001), false);
  assert.equal(await other.tlsReports.finish(key, 4_000, undefined), true);
  assert.equal(await one.tlsReports.begin(key, 9_000, 9_000), false);
  assert.deepEqual(await one.tlsReports.unreported(day, "", 5), []);
});

test("the mail comes with the end of the report, once", async (t) => {
  const { tlsReports, messages } = await scratchStore(t);
  const key = { day, domain: "a.example" };
  await tlsReports.begin(key, 1, 0);
  const due = () => messages.due({ now: 1_000, limit: 9, latest: endOfTime });
  assert.equal(await tlsReports.finish(key, 2, sample(16)), true);
  assert.equal(await tlsReports.finish(key, 3, sample(32)), false);
  assert.deepEqual(
    (await due()).map(({ id }) => id),
    [16],
  );
});
