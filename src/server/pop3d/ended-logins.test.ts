// What becomes of sessions whose logins are not good any more.

import assert from "node:assert/strict";
import { test } from "node:test";
import { waitUntil } from "../../../test/support/wait.ts";
import { type Bench, startBench } from "./fixture.test.ts";

const ann = "Ann@example.org";
const leaving = "-ERR [SYS/TEMP] Shutting down; try again soon";
const over = ({ done }: Bench) => waitUntil("all is over", () => done.includes("over"));

test("one that waits ends, with its grant, and removes nothing; others go on", async (t) => {
  const bench = await startBench(t);
  const other = await bench.connect();
  await other.logIn("bob@example.org", "secret");
  const client = await bench.connect();
  await client.logIn(ann, "secret");
  await client.expect("DELE 1", "+OK");
  bench.endOf("ann@example.org");
  assert.deepEqual(await client.rest(), [leaving]);
  await over(bench);
  assert.deepEqual(bench.done.slice(2), [
    "granted ann@example.org s2.1",
    "opened",
    "ended s2.1",
    "closed",
    "over",
  ]);
  await other.expect("DELE 1", "+OK");
  await other.expect("QUIT", "+OK");
});

test("one that is being sent a message gets it and no more", async (t) => {
  const bench = await startBench(t, {
    async *read() {
      for (let chunk = 0; chunk < 500; chunk++) yield Buffer.alloc(65_536, `${"x".repeat(1023)}\n`);
    },
  });
  const client = await bench.connect();
  await client.logIn(ann, "secret");
  client.write("RETR 1\r\nDELE 1\r\nRETR 2\r\nQUIT\r\n");
  await client.line();
  client.socket.pause();
  bench.endOf("ann@example.org");
  client.socket.resume();
  assert.equal((await client.body()).length, 500 * 64);
  assert.deepEqual(await client.rest(), [leaving]);
  await over(bench);
  assert.ok(!bench.done.some((text) => text.startsWith("removed")), bench.done.join());
});

test("one that has said QUIT, and has not been sent all, removes nothing", async (t) => {
  let sent = false;
  const bench = await startBench(t, {
    async *read() {
      yield Buffer.from("x\n");
      while (bench.socket().writableLength === 0) yield Buffer.alloc(16_384, `${"x".repeat(63)}\n`);
      sent = true;
    },
  });
  const client = await bench.connect();
  await client.logIn(ann, "secret");
  client.socket.pause();
  client.write("RETR 1\r\nDELE 1\r\nQUIT\r\n");
  await waitUntil("all is written", () => sent);
  bench.endOf("ann@example.org");
  client.socket.resume();
  await client.line();
  await client.body();
  assert.match((await client.rest()).at(-1) ?? "", /^-ERR .*could not be deleted/);
  await over(bench);
  assert.ok(!bench.done.some((text) => text.startsWith("removed")), bench.done.join());
});

test("a login that is under way comes to nothing; the next one counts", async (t) => {
  const concluded = Promise.withResolvers<void>();
  let asked = 0;
  const bench = await startBench(t, {
    async concluding() {
      asked++;
      await concluded.promise;
    },
  });
  const client = await bench.connect();
  const said = client.logIn(ann, "secret");
  await waitUntil("the login is being concluded", () => asked === 1);
  bench.endOf("ann@example.org");
  concluded.resolve();
  assert.match(await said, /^-ERR \[AUTH\]/);
  assert.deepEqual(bench.done, []);
  assert.match(await client.logIn(ann, "secret"), /^\+OK/);
  bench.endOf("ann@example.org");
  assert.deepEqual(await client.rest(), [leaving]);
});

test("one whose mailbox is being opened ends when it is, and its grant with it", async (t) => {
  const opening = Promise.withResolvers<void>();
  const bench = await startBench(t, {
    async open(mailbox) {
      await opening.promise;
      return { kind: "opened", mailbox };
    },
  });
  const client = await bench.connect();
  client.write(`USER ${ann}\r\nPASS secret\r\nRETR 1\r\nDELE 1\r\nQUIT\r\n`);
  await waitUntil("the grant is there", () => bench.done.length === 1);
  bench.endOf("ann@example.org");
  opening.resolve();
  assert.equal((await client.rest()).at(-1), leaving);
  await over(bench);
  assert.deepEqual(bench.done, [
    "granted ann@example.org s1.1",
    "opened",
    "ended s1.1",
    "closed",
    "over",
  ]);
});
