import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import type { ListAnswer } from "./answer.ts";
import { type Opinion, weigh } from "./weigh.ts";

const answers: Readonly<Record<string, ListAnswer | undefined>> = {
  listed: { kind: "listed", codes: ["127.0.0.2"] },
  "not listed": { kind: "not-listed" },
  "no answer": { kind: "unknown", why: "no answer" },
  awaited: undefined,
};

/** `closed 2 listed`: how it fails, its score, what it says. */
function opinion(text: string, index: number): Opinion {
  const [, fail = "", score, said = ""] = /^(?:(closed) )?(\S+) (.*)$/.exec(text) ?? [];
  const zone = `list${index + 1}`;
  const list = { zone, score: Number(score), fail: fail === "closed" ? fail : "open" } as const;
  return { list, answer: answers[said] };
}

function verdict(threshold: number, ...lists: readonly string[]): string {
  const fact = weigh(lists.map(opinion), threshold);
  if (fact === undefined) return "awaited";
  if (!fact.known) return `unknown: ${fact.why}`;
  return fact.value.listed ? `listed at ${fact.value.list}` : "not listed";
}

describe("the verdict", () => {
  for (const [threshold, lists, expected] of [
    [1, [], "not listed"],
    [1, ["1 not listed", "1 listed"], "listed at list2"],
    [1, ["1 not listed", "1 not listed"], "not listed"],
    [2, ["1 listed", "1 not listed"], "not listed"],
    [3, ["1 listed", "2 listed"], "listed at list2"],
    [2, ["1 listed", "1 listed"], "listed at list1"],
    [1, ["1 listed", "-1 listed"], "not listed"],
    [1, ["2 listed", "-1 listed"], "listed at list1"],
    [0.3, ["0.1 listed", "0.2 listed"], "listed at list2"],
    // Fails open.
    [1, ["1 no answer"], "not listed"],
    [1, ["1 listed", "-1 no answer"], "listed at list1"],
    // Fails closed, where it matters.
    [1, ["closed 1 no answer"], "unknown: list1: no answer"],
    [2, ["closed 1 no answer", "1 not listed"], "not listed"],
    [2, ["closed 1 no answer", "1 listed"], "unknown: list1: no answer"],
    [1, ["closed 1 no answer", "1 listed"], "listed at list2"],
    [1, ["1 listed", "closed -1 no answer"], "unknown: list2: no answer"],
    [1, ["2 listed", "closed -1 no answer"], "listed at list1"],
    [1, ["closed -1 no answer", "1 not listed"], "not listed"],
    // Before all have answered.
    [1, ["1 awaited", "1 not listed"], "awaited"],
    [1, ["1 awaited", "1 listed"], "listed at list2"],
    [1, ["-1 awaited", "1 listed"], "awaited"],
    [1, ["-1 awaited", "1 not listed"], "not listed"],
    [3, ["1 awaited", "1 listed"], "not listed"],
    [1, ["closed 1 no answer", "1 awaited"], "awaited"],
  ] as const) {
    test(`${threshold}: ${lists.join(", ")}`, () =>
      assert.equal(verdict(threshold, ...lists), expected));
  }
});

test("a verdict before the last answer is the verdict after it", () => {
  const one = fc.record({
    score: fc.constantFrom(-2, -1, -0.5, 0.5, 1, 2),
    fail: fc.constantFrom("open" as const, "closed" as const),
    before: fc.boolean(),
    answer: fc.constantFrom("listed", "not listed", "no answer"),
  });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 6 }), fc.constantFrom(0.5, 1, 2), (lists, threshold) => {
      const of = (isAll: boolean) =>
        lists.map(({ score, fail, before, answer }, index) => ({
          list: { zone: `list${index}`, score, fail },
          answer: isAll || before ? answers[answer] : undefined,
        }));
      const early = weigh(of(false), threshold);
      const late = weigh(of(true), threshold);
      assert.ok(late !== undefined);
      if (early?.known !== true || !late.known) return;
      assert.equal(early.value.listed, late.value.listed);
    }),
    { numRuns: 2000 },
  );
});
