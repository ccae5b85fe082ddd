// Traces in which the promise is kept, broken, and only seemingly kept.
import assert from "node:assert/strict";
import { test } from "node:test";
import { acceptances } from "./trace.ts";

const connection = "TCP:[127.0.0.1:2525->127.0.0.1:40000]";
const dot = `10 12:00:00.000001 read(25<${connection}>, "text\\r\\n.\\r\\n", 65536) = 9`;
const reply = `10 12:00:00.000009 write(25<${connection}>, "250 2.0.0 ok\\r\\n", 14) = 14`;
const write = '11 12:00:00.000002 pwrite64(9</data/store.db-wal>, "text", 4, 0) = 4';
const sync = "11 12:00:00.000003 fdatasync(9</data/store.db-wal>) = 0";

function verdicts(...lines: readonly string[]): readonly boolean[] {
  return acceptances(lines.join("\n"), 2525).map((acceptance) => acceptance.synced);
}

test("a sync after the write and before the reply keeps the promise", () => {
  assert.deepEqual(verdicts(dot, write, sync, reply), [true]);
});

test("no sync, a failed one, one of another file and one before the write break it", () => {
  assert.deepEqual(verdicts(dot, write, reply), [false]);
  assert.deepEqual(verdicts(dot, write, sync.replace("= 0", "= -1 EIO"), reply), [false]);
  assert.deepEqual(verdicts(dot, write, sync.replace("store.db-wal", "log"), reply), [false]);
  assert.deepEqual(verdicts(dot, sync, write, reply), [false]);
  assert.deepEqual(verdicts(write, sync, dot, reply), [false]);
});

test("a sync that is still under way when the reply begins breaks it", () => {
  const begin = "11 12:00:00.000003 fdatasync(9</data/store.db-wal> <unfinished ...>";
  const end = "11 12:00:00.000004 <... fdatasync resumed>) = 0";
  assert.deepEqual(verdicts(dot, write, begin, end, reply), [true]);
  assert.deepEqual(verdicts(dot, write, begin, reply, end), [false]);
});

test("a read that is cut in two by another thread still ends the message", () => {
  const begin = `10 12:00:00.000001 read(25<${connection}>,  <unfinished ...>`;
  const end = '10 12:00:00.000001 <... read resumed>"text\\r\\n.\\r\\n", 65536) = 9';
  assert.deepEqual(verdicts(begin, end, write, sync, reply), [true]);
});

test("other replies and other ports are no acceptances", () => {
  assert.deepEqual(verdicts(dot, write, sync, reply.replace("250 2", "451 4")), []);
  assert.deepEqual(verdicts(dot.replaceAll("2525", "2526"), sync, reply), []);
});
