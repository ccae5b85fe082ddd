import assert from "node:assert/strict";
import { test } from "node:test";
import { flowOf, flowPlace, Places, urgentPlace } from "./flow.ts";

test("an account's mail is one flow, and so is a sender's", () => {
  const ann = { local: "Ann", domain: "example.org" };
  assert.equal(flowOf({ sender: ann, login: "x" }), flowOf({ sender: null, login: "x" }));
  assert.notEqual(flowOf({ sender: ann }), flowOf({ sender: { ...ann, local: "bob" } }));
  assert.equal(flowOf({ sender: null }), "<>");
});

test("a list that writes each recipient into its sender is one flow", () => {
  const flows = ["news+a=b.example", "news-17-a=b.example", "news"].map((local) =>
    flowOf({ sender: { local, domain: "example.org" } }),
  );
  assert.equal(new Set(flows).size, 1);
});

test("a single message stands beside the head of fifty thousand, not behind them", () => {
  const places = new Places();
  const many = Array.from({ length: 50_000 }, () => places.next("many"));
  assert.deepEqual(
    many,
    many.toSorted((a, b) => a - b),
  );
  assert.ok(places.next("one") <= (many[0] ?? 0));
  for (const place of many.slice(0, 100)) places.served(place);
  assert.ok(places.next("other") <= (many[100] ?? 0));
  assert.ok(places.next("many") > (many.at(-1) ?? 0));
});

test("two that have many go by turns", () => {
  const places = new Places();
  const order = "a a a b b b".split(" ").map((flow) => ({ flow, place: places.next(flow) }));
  const turns = order.toSorted((one, other) => one.place - other.place).map(({ flow }) => flow);
  assert.deepEqual(turns.slice(0, 2).toSorted(), ["a", "b"]);
  assert.deepEqual(turns.slice(2, 4).toSorted(), ["a", "b"]);
});

test("the more urgent stand before all others, and their places in their flow are not lost", () => {
  const urgent = urgentPlace(1_000_000, 1);
  assert.ok(urgentPlace(5, 9) < urgent && urgent < urgentPlace(0, 0));
  assert.ok(urgentPlace(1e9, 0) < urgentPlace(0, -1));
  for (const priority of [-9, -1, 0, 3, 9]) {
    assert.equal(flowPlace(urgentPlace(1e9 + 1, priority), priority), 1e9 + 1);
    assert.ok(Number.isSafeInteger(urgentPlace(1e12, priority)));
  }
});
