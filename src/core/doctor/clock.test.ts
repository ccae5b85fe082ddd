import { test } from "node:test";
import { type ClockFacts, judgeClock } from "./clock.ts";
import { assertFindings } from "./fixture.test.ts";

const newest = Date.UTC(2026, 10, 26);
const facts: ClockFacts = {
  now: newest + 86_400_000,
  shown: "2026-11-27",
  newest,
  keeper: "chronyd",
  inContainer: false,
};

test("a clock cannot be before what was written by it, nor ages after", () => {
  assertFindings(judgeClock(facts), ["ok", /2026-11-27, and chronyd keeps it/]);
  assertFindings(judgeClock({ ...facts, now: newest - 59_000 }), ["ok", /chronyd/]);
  assertFindings(judgeClock({ ...facts, now: newest - 61_000 }), ["problem", /cannot be/]);
  assertFindings(judgeClock({ ...facts, now: 0 }), ["problem", /cannot be/]);
  assertFindings(judgeClock({ ...facts, now: Date.UTC(2049, 0) }), ["problem", /cannot be/]);
});

test("somebody should keep it, if not the container's host", () => {
  const alone = { ...facts, keeper: undefined };
  assertFindings(judgeClock(alone), ["warning", /nothing is seen that keeps it/]);
  assertFindings(judgeClock({ ...alone, inContainer: true }), ["ok", /container's host/]);
});
