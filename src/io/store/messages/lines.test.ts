import assert from "node:assert/strict";
import test from "node:test";
import type { PlaceInLine, RecipientResult } from "../../../core/queue/message.ts";
import { endOfTime, recipientsIn, sample, scratchStore } from "../fixture.test.ts";
import type { StoredLine } from "../line-store.ts";
import type { Store } from "../store.ts";

const name = { number: 16, key: "mx a.example", name: "a.example" };
const down: StoredLine = {
  ...name,
  ways: "w",
  standing: { clock: 70, outage: { since: 5, lastTry: 60, nextTry: 90, tries: 2 } },
  lastWords: { said: "4.4.1 refused", peer: "mx" },
};

function at(place: number, changes: Partial<PlaceInLine> = {}): PlaceInLine {
  return { line: name, place, from: 10, until: 100, ...changes };
}

/** Puts recipients of a message into a line. */
async function stand(store: Store, id: number, inLine: PlaceInLine, indexes = [0]): Promise<void> {
  const results = indexes.map((index): RecipientResult => ({
    index,
    state: "lined",
    waited: 3,
    inLine,
  }));
  assert.ok(await store.messages.settle({ id, at: 1, peer: "", finished: false, results }));
}

async function dueIds({ messages }: Store): Promise<readonly number[]> {
  const due = await messages.due({ now: 1_000, limit: 1_000, latest: endOfTime });
  return due.map(({ id }) => id);
}

async function nextIds({ lines }: Store, limit = 9): Promise<readonly number[]> {
  return (await lines.next({ line: 16, limit })).map(({ id }) => id);
}

test("who stands in line is not due, and is called by its place", async (t) => {
  const store = await scratchStore(t);
  for (const id of [1, 2, 3, 4]) await store.messages.keep(sample(id));
  await stand(store, 1, at(9));
  await stand(store, 2, at(7));
  await stand(store, 3, at(8));
  assert.deepEqual(await dueIds(store), [4]);
  assert.equal(await store.messages.earliestDue(4), undefined);
  assert.deepEqual(await nextIds(store), [2, 3, 1]);
  assert.deepEqual(await nextIds(store, 2), [2, 3]);
  const [first] = await store.lines.next({ line: 16, limit: 1 });
  assert.equal(first?.place, 7);
  assert.deepEqual(first.recipients[0], {
    index: 0,
    address: { local: "u0", domain: "a.example" },
    kind: "relay",
    attempts: 0,
    waited: 3,
    lineFrom: 10,
  });
});

test("many take their places at once, but for those that were held or removed meanwhile", async (t) => {
  const store = await scratchStore(t);
  for (const id of [1, 2, 3]) {
    await store.messages.keep(sample(id, { recipients: recipientsIn("a.example", "a.example") }));
  }
  await store.messages.hold({ ids: [2] });
  await store.messages.remove({ ids: [3] });
  const places = [1, 2, 3].flatMap((id) =>
    [0, 1].map((index) => ({ id, index, waited: 7, inLine: at(id) })),
  );
  await store.lines.stand(places);
  assert.deepEqual([await dueIds(store), await nextIds(store)], [[], [1]]);
  const [first] = await store.lines.next({ line: 16, limit: 9 });
  assert.deepEqual(
    first?.recipients.map(({ index, waited }) => [index, waited]),
    [
      [0, 7],
      [1, 7],
    ],
  );
  assert.equal((await store.lines.all()).length, 1);
});

test("an attempt that its destination failed leaves its recipient in line, one that it did not calls it out", async (t) => {
  const store = await scratchStore(t);
  await store.messages.keep(sample(1));
  const deferred = { index: 0, state: "deferred", said: "4.4.1 no", waited: 0 } as const;
  const settle = (result: RecipientResult) =>
    store.messages.settle({ id: 1, at: 50, peer: "mx", finished: false, results: [result] });
  await settle({ ...deferred, nextAttempt: 50, inLine: at(1) });
  assert.deepEqual([await dueIds(store), await nextIds(store)], [[], [1]]);
  const detail = await store.messages.show(1);
  assert.deepEqual(
    detail?.attempts.map(({ said }) => said),
    ["4.4.1 no"],
  );
  assert.equal(detail.recipients[0]?.attempts, 1);
  await settle({ ...deferred, said: "450 greylisted", nextAttempt: 90 });
  assert.deepEqual([await dueIds(store), await nextIds(store)], [[1], []]);
});

test("recipients of one message wait each for its own destination", async (t) => {
  const store = await scratchStore(t);
  await store.messages.keep(
    sample(1, { recipients: recipientsIn("a.example", "b.example", "a.example") }),
  );
  await stand(store, 1, at(1), [0, 2]);
  const query = { now: 1_000, limit: 9, latest: endOfTime };
  const [due] = await store.messages.due(query);
  assert.deepEqual(
    due?.recipients.map(({ index }) => index),
    [1],
  );
  const [lined] = await store.lines.next({ line: 16, limit: 9 });
  assert.deepEqual(
    lined?.recipients.map(({ index }) => index),
    [0, 2],
  );
});

test("those whose time is over are found by the line's clock", async (t) => {
  const store = await scratchStore(t);
  for (const id of [1, 2, 3]) await store.messages.keep(sample(id));
  await stand(store, 1, at(1, { until: 300 }));
  await stand(store, 2, at(2, { until: 100 }));
  await stand(store, 3, at(3, { until: 200 }));
  const overdue = async (clock: number, limit = 9) =>
    (await store.lines.overdue({ line: 16, clock, limit })).map(({ id }) => id);
  assert.deepEqual(await overdue(99), []);
  assert.deepEqual(await overdue(200), [2, 3]);
  assert.deepEqual(await overdue(300, 1), [2]);
  assert.equal(await store.lines.earliestUntil(16), 100);
  assert.equal(await store.lines.earliestUntil(32), undefined);
});

test("what is known of a destination is found again, and goes when nobody stands there", async (t) => {
  const store = await scratchStore(t);
  await store.messages.keep(sample(1));
  await stand(store, 1, at(1));
  assert.deepEqual(await store.lines.all(), [{ ...name, ways: "", standing: { clock: 0 } }]);
  await store.lines.save(down);
  assert.deepEqual(await store.lines.all(), [down]);
  assert.deepEqual(await store.lines.inUse(), [16]);
  assert.equal(await store.lines.drop(16), false);
  await store.messages.remove({ ids: [1] });
  assert.deepEqual(await store.lines.inUse(), []);
  assert.equal(await store.lines.drop(16), true);
  assert.deepEqual(await store.lines.all(), []);
});

test("a line that ends lets all go, with the time that they have waited", async (t) => {
  const store = await scratchStore(t);
  for (let id = 1; id <= 450; id++) await store.messages.keep(sample(id));
  for (let id = 1; id <= 450; id++) await stand(store, id, at(id));
  await stand(store, 7, at(7, { line: { ...name, number: 32 } }));
  await store.lines.dissolve(16, 60);
  assert.deepEqual(await nextIds(store), []);
  assert.equal((await dueIds(store)).length, 449);
  const waited = async (id: number) => (await store.messages.show(id))?.recipients[0]?.waited;
  assert.deepEqual([await waited(1), await waited(7)], [53, 3]);
});

test("an operator's hold takes out of the line, a release back to where it is due", async (t) => {
  const store = await scratchStore(t);
  await store.messages.keep(sample(1));
  await stand(store, 1, at(1));
  assert.equal(await store.messages.hold({ ids: [1] }), 1);
  assert.deepEqual(await nextIds(store), []);
  assert.equal(await store.messages.release({ ids: [1] }), 1);
  assert.deepEqual(await dueIds(store), [1]);
});

test("lines are told by who stands there, and are forgotten to be down", async (t) => {
  const store = await scratchStore(t);
  const bob = { local: "bob", domain: "example.org" };
  await store.messages.keep(sample(1));
  await store.messages.keep(sample(2, { sender: bob }));
  await store.messages.keep(sample(3));
  await stand(store, 1, at(1));
  await stand(store, 2, at(1, { line: { number: 32, key: "mx b", name: "b" } }));
  await store.lines.save(down);
  assert.deepEqual(await store.lines.of({ ids: "all", sender: bob }), [32]);
  assert.deepEqual(await store.lines.of({ ids: [1, 3] }), [16]);
  assert.deepEqual(await store.lines.of({ ids: [3] }), []);
  assert.equal(await store.lines.forget([16, 32]), 1, "the other one is not down");
  assert.equal((await store.lines.all())[0]?.standing.outage?.nextTry, 0);
  const report = await store.lines.report();
  assert.deepEqual(
    new Map(report.map(({ name: of, waiting }) => [of, waiting])),
    new Map([
      ["a.example", 1],
      ["b", 1],
    ]),
  );
  const [shown] = await store.messages.list({ lines: [16] }, { after: 0, limit: 9 });
  assert.equal(shown?.id, 1);
  assert.deepEqual(shown.recipients[0]?.destination, {
    number: 16,
    name: "a.example",
    downSince: 5,
    lastTry: 60,
    nextTry: 0,
    said: "4.4.1 refused",
    peer: "mx",
    stood: 60,
  });
  assert.deepEqual(await store.messages.list({ lines: [] }, { after: 0, limit: 9 }), []);
});

test("a selection is counted before it is acted on", async (t) => {
  const store = await scratchStore(t);
  for (const id of [1, 2, 3]) await store.messages.keep(sample(id, { receivedAt: id * 10 }));
  await store.messages.hold({ ids: [1] });
  const count = (
    selection: Parameters<Store["messages"]["count"]>[0],
    states: Parameters<Store["messages"]["count"]>[1] = ["waiting", "held"],
  ) => store.messages.count(selection, states);
  assert.equal(await count({ ids: "all" }), 3);
  assert.equal(await count({ ids: "all", receivedBefore: 30 }), 2);
  assert.equal(await count({ ids: "all", state: "held" }), 1);
  assert.equal(await count({ ids: "all", state: "held" }, ["waiting"]), 0);
  assert.equal(await count({ ids: [1, 2, 9] }, ["waiting"]), 1);
});
