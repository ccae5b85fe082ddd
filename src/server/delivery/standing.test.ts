import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { StoreError } from "../../io/store/error.ts";
import type { Standee } from "../../io/store/line-store.ts";
import { Standings } from "./standing.ts";

const log = { info() {}, warn() {}, error() {} };

function standee(id: number): Standee {
  const line = { number: 16, key: "mx a.example", name: "a.example" };
  return { id, index: 0, waited: 0, inLine: { line, place: id, from: 0, until: 1 } };
}

test("many that come together are written together, a few hundred in one commit", async () => {
  const commits: number[] = [];
  const stand = async (places: readonly Standee[]) => void commits.push(places.length);
  const standings = new Standings({ store: { stand }, isOver: () => false, log });
  await Promise.all(Array.from({ length: 450 }, (_, id) => standings.add([standee(id)])));
  assert.deepEqual(commits, [200, 200, 50]);
});

test("places that the store has no room for are written when it has", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let isFull = true;
  let isDone = false;
  const stand = async () => {
    if (isFull) throw new StoreError({ kind: "full", message: "the disk is full" });
  };
  const standings = new Standings({ store: { stand }, isOver: () => false, log });
  void standings.add([standee(1)]).then(() => (isDone = true));
  for (let tries = 0; tries < 3; tries++) {
    await turn();
    t.mock.timers.tick(5_000);
    await turn();
  }
  assert.equal(isDone, false, "who is in hand stays there, so that nobody else begins it");
  isFull = false;
  t.mock.timers.tick(5_000);
  await turn();
  assert.equal(isDone, true);
});
