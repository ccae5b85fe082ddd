import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { test } from "node:test";
import { createSharedRuns } from "./shared-runs.ts";

/** Work whose runs end when they are told to. */
function controlled() {
  const runs: { readonly key: string; readonly end: (error?: Error) => void }[] = [];
  const run = createSharedRuns((key) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    runs.push({ key, end: (error) => (error === undefined ? resolve() : reject(error)) });
    return promise;
  });
  return { run, runs };
}

test("all who come during a run share the next one", async () => {
  const { run, runs } = controlled();
  const first = run("a");
  let done = 0;
  const others = [1, 2, 3].map(() => run("a").then(() => done++));
  assert.equal(runs.length, 1);
  runs[0]?.end();
  await first;
  await turn();
  assert.equal(runs.length, 2, "one run for all of them, begun after the first has ended");
  assert.equal(done, 0);
  const last = run("a");
  runs[1]?.end();
  await Promise.all(others);
  await turn();
  runs[2]?.end();
  await last;
  assert.equal(runs.length, 3);
});

test("keys do not wait for each other", async () => {
  const { run, runs } = controlled();
  const both = [run("a"), run("b")];
  assert.deepEqual(
    runs.map(({ key }) => key),
    ["a", "b"],
  );
  for (const { end } of runs) end();
  await Promise.all(both);
});

test("a failure is told to those of its run alone", async () => {
  const { run, runs } = controlled();
  const first = run("a");
  const second = run("a");
  runs[0]?.end(new Error("no disk"));
  await assert.rejects(first, /no disk/);
  await turn();
  runs[1]?.end();
  await second;
});
