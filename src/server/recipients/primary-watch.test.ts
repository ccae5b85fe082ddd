import assert from "node:assert/strict";
import { test } from "node:test";
import { createPrimaryWatch } from "./primary-watch.ts";

const deliver = {
  to: "relay",
  via: [[{ host: "primary.test", port: 25 }]],
  transport: { tls: "off", implicitTls: false },
  recipients: { kind: "all" },
} as const;

test("a primary that answers again gets its mail, and one that is silent is asked once at a time", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  let waits = [1, 2];
  const asked: number[] = [];
  const tried: number[] = [];
  const silent = Promise.withResolvers<boolean>();
  const watch = createPrimaryWatch({
    away: () => waits.map((line) => ({ domain: `d${line}.test`, deliver, line })),
    async answers({ line }) {
      asked.push(line);
      return line === 1 ? true : silent.promise;
    },
    tryNow: (lines) => void tried.push(...lines),
    log: { info() {}, warn() {}, error() {} },
  });
  watch.start();
  t.mock.timers.tick(15_000);
  await new Promise(setImmediate);
  assert.deepEqual([asked, tried], [[1, 2], [1]]);
  waits = [2];
  t.mock.timers.tick(15_000);
  assert.deepEqual(asked, [1, 2]);
  silent.resolve(false);
  await new Promise(setImmediate);
  t.mock.timers.tick(15_000);
  await new Promise(setImmediate);
  assert.deepEqual([asked, tried], [[1, 2, 2], [1]]);
  watch.close();
});
