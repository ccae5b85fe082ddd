import assert from "node:assert/strict";
import { test } from "node:test";
import { maxNesting } from "./forward.ts";
import { findLoop } from "./loop.ts";

const info = { local: "Info", domain: "ours.example" };
const isOurs = (domain: string) => domain === "ours.example";

test("a message does not leave the same address twice", () => {
  assert.equal(findLoop(info, [], isOurs), undefined);
  assert.equal(findLoop(info, ["info@far.example", "info+x@ours.example"], isOurs), undefined);
  assert.match(findLoop(info, ["a@far.example", "info@ours.example"], isOurs) ?? "", /loop.*Info@/);
});

function at(domain: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, each) => `a${each}@${domain}`);
}

test("forwards behind each other end, those of others do not count", () => {
  assert.equal(findLoop(info, at("far.example", 40), isOurs), undefined);
  assert.equal(findLoop(info, at("ours.example", maxNesting - 1), isOurs), undefined);
  assert.match(findLoop(info, at("ours.example", maxNesting), isOurs) ?? "", /10 times/);
});
