import assert from "node:assert/strict";
import { test } from "node:test";
import { ok, problem } from "../../core/doctor/finding.ts";
import type { Check } from "./check.ts";
import { runChecks } from "./run-checks.ts";
import { describeFindings } from "./view.ts";

type OfNumber = Check<number>;

const good: OfNumber = { topic: "good", run: async (seen) => [ok(`it is ${seen}`)] };
const broken: OfNumber = {
  topic: "broken",
  run: () => Promise.reject(new Error("EMFILE")),
};

test("one that hangs or breaks keeps the others from nothing, and is told to give up", async () => {
  let gaveUp = false;
  const hanging: OfNumber = {
    topic: "hanging",
    run: (_, signal) => new Promise(() => signal.addEventListener("abort", () => (gaveUp = true))),
  };
  const done: string[] = [];
  const found = await runChecks([hanging, broken, good], 7, {
    limit: 50,
    onDone: (count, all, topic) => done.push(`${count}/${all} ${topic}`),
  });
  assert.deepEqual(
    found.map(({ topic, outcome, what }) => `${topic} ${outcome}: ${what}`),
    [
      "hanging warning: nothing was found out within 0.05 s",
      "broken problem: this could not be looked at: EMFILE",
      "good ok: it is 7",
    ],
  );
  assert.equal(gaveUp, true);
  assert.equal(done.at(-1), "3/3 hanging");
});

test("findings fit a terminal, and nothing in them moves its cursor", () => {
  const long = "word ".repeat(60).trim();
  const findings = [ok("fine"), problem(`bad\u001b[2J ${long}`, { why: long, remedy: long })];
  const text = describeFindings(findings.map((finding) => ({ topic: "t", ...finding })));
  assert.match(text, /^ok       t: fine\nPROBLEM  t: bad/);
  assert.match(text, /\n1 problem: what is a problem keeps mail from flowing\.\n$/);
  // oxlint-disable-next-line no-control-regex -- control characters are the point
  assert.doesNotMatch(text, /\u001b/);
  for (const line of text.split("\n")) assert.ok(line.length <= 100, line);
});
