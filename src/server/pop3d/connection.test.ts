import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Pop3Client } from "../../../test/support/pop3-client.ts";
import { waitUntil } from "../../../test/support/wait.ts";
import { MessageGone } from "../../io/maildir/mailbox-error.ts";
import { type Bench, minute, startBench } from "./fixture.test.ts";

const user = "Alice@example.org";
const over = ({ done }: Bench, times = 1) =>
  waitUntil("all is over", () => done.filter((text) => text === "over").length === times);

/** More than the system holds between two sockets. */
const manyChunks = 500;

async function* chunksOf(count: number): AsyncGenerator<Uint8Array, void> {
  for (let chunk = 0; chunk < count; chunk++) yield Buffer.alloc(65_536, `${"x".repeat(1023)}\n`);
}

describe("time", () => {
  test("ends a silent session after ten minutes, without a word and without removing anything", async (t) => {
    const bench = await startBench(t);
    const client = await bench.connect();
    assert.match(await client.logIn(user, "secret"), /^\+OK/);
    bench.pass(9 * minute);
    await client.expect("DELE 1", "+OK");
    bench.pass(9 * minute);
    await client.expect("NOOP", "+OK");
    bench.pass(10 * minute);
    assert.deepEqual(await client.rest(), []);
    await over(bench);
    assert.deepEqual(bench.done, [
      "granted alice@example.org s1.1",
      "opened",
      "ended s1.1",
      "closed",
      "over",
    ]);
  });

  test("before the login is shorter", async (t) => {
    const bench = await startBench(t);
    const client = await bench.connect();
    await client.expect("USER ann", "+OK");
    bench.pass(5 * minute);
    assert.deepEqual(await client.rest(), []);
    await over(bench);
  });

  test("ends a client that stops reading amid a message", async (t) => {
    const bench = await startBench(t, { read: () => chunksOf(manyChunks) });
    const client = await bench.connect();
    await client.logIn(user, "secret");
    client.write("RETR 1\r\nDELE 1\r\nQUIT\r\n");
    await client.line();
    client.socket.pause();
    bench.pass(10 * minute);
    bench.pass(10 * minute); // its last chance to read is over, too
    await over(bench);
    assert.deepEqual(bench.done.slice(-3), ["ended s1.1", "closed", "over"]);
  });
});

describe("what is marked", () => {
  test("is removed after the client has been sent what it asked for before", async (t) => {
    const bench = await startBench(t, { read: () => chunksOf(manyChunks) });
    const client = await bench.connect();
    await client.logIn(user, "secret");
    client.write("RETR 1\r\nDELE 1\r\nDELE 2\r\nQUIT\r\n");
    await client.line();
    client.socket.pause();
    assert.ok(!bench.done.includes("removed 1 2"));
    client.socket.resume();
    await client.body();
    assert.deepEqual(await client.rest(), [
      "+OK Message 1 is marked as deleted",
      "+OK Message 2 is marked as deleted",
      "+OK Bye",
    ]);
    await over(bench);
    assert.deepEqual(bench.done.slice(1), [
      "opened",
      "seen 1",
      "removed 1 2",
      "closed",
      "ended s1.1",
      "over",
    ]);
  });

  test("stays where the client is gone before that", async (t) => {
    const bench = await startBench(t, { read: () => chunksOf(manyChunks) });
    const client = await bench.connect();
    await client.logIn(user, "secret");
    client.write("RETR 1\r\nDELE 1\r\nQUIT\r\n");
    await client.line();
    client.socket.resetAndDestroy();
    await over(bench);
    assert.deepEqual(bench.done.slice(1), ["opened", "ended s1.1", "closed", "over"]);
  });
});

async function removesNothing(bench: Bench): Promise<void> {
  await over(bench);
  assert.ok(!bench.done.some((text) => text.startsWith("removed")), bench.done.join());
  assert.ok(bench.done.includes("closed"));
}

describe("what is marked stays where the client ends its side", () => {
  const burst = `USER ${user}\r\nPASS secret\r\nRETR 1\r\nDELE 1\r\nQUIT\r\n`;
  const last = "-ERR [SYS/TEMP] 1 of 1 messages could not be deleted; they are still there";

  test("before it can have got a message, whatever it does afterwards", async (t) => {
    const bench = await startBench(t, {
      async open(mailbox) {
        await waitUntil("the end is heard", () => bench.socket().readableEnded);
        return { kind: "opened", mailbox };
      },
    });
    const gone = await bench.connect();
    gone.write(burst);
    gone.finish();
    assert.equal((await gone.rest()).at(-1), last);
    await removesNothing(bench);
  });

  test("although its commands came one by one", async (t) => {
    const bench = await startBench(t, { read: () => chunksOf(manyChunks) });
    const client = await bench.connect();
    await client.logIn(user, "secret");
    client.write("RETR 1\r\n");
    await client.line();
    client.socket.pause();
    for (const line of ["DELE 1", "NOOP", "QUIT"]) {
      const before = bench.socket().bytesRead;
      client.write(`${line}\r\n`);
      await waitUntil("it is there", () => bench.socket().bytesRead > before);
    }
    client.finish();
    client.socket.resume();
    await client.body();
    assert.equal((await client.rest()).at(-1), last);
    await removesNothing(bench);
  });

  test("while QUIT waits for the last octets to go out", async (t) => {
    let sent = false;
    const bench = await startBench(t, {
      async *read() {
        yield Buffer.from("x\n");
        while (bench.socket().writableLength === 0)
          yield Buffer.alloc(16_384, "x".repeat(63) + "\n");
        sent = true;
      },
    });
    const client = await bench.connect();
    await client.logIn(user, "secret");
    client.socket.pause();
    client.write("RETR 1\r\nDELE 1\r\nQUIT\r\n");
    await waitUntil("all is written", () => sent);
    client.finish();
    await waitUntil("the end is heard", () => bench.socket().readableEnded);
    client.socket.resume();
    await client.line();
    await client.body();
    assert.equal((await client.rest()).at(-1), last);
    await removesNothing(bench);
  });

  test("but not where it has fetched nothing, nor where it ends after QUIT", async (t) => {
    const bench = await startBench(t);
    const scripted = await bench.connect();
    scripted.write(burst.replace("RETR 1\r\n", ""));
    scripted.finish();
    assert.equal((await scripted.rest()).at(-1), "+OK Bye");
    const hasty = await bench.connect();
    await hasty.logIn(user, "secret");
    await hasty.expect("RETR 1", "+OK");
    await hasty.body();
    hasty.write("DELE 1\r\nQUIT\r\n");
    hasty.finish();
    await over(bench, 2);
    assert.equal(bench.done.filter((text) => text === "removed 1").length, 2);
  });
});

describe("a message", () => {
  test("that cannot be read to its end cuts the connection, so that nobody takes it for whole", async (t) => {
    const bench = await startBench(t, {
      async *read() {
        yield Buffer.from("Subject: half\n\nHel");
        throw new Error("the disk is broken");
      },
    });
    const client = await bench.connect();
    await client.logIn(user, "secret");
    client.write("RETR 1\r\nDELE 1\r\nQUIT\r\n");
    await client.line();
    const rest = await client.rest();
    assert.ok(!rest.includes("."), rest.join("|"));
    await over(bench);
    assert.ok(!bench.done.some((text) => /^(seen|removed)/.test(text)));
    assert.match(bench.logged.join("\n"), /message-unreadable.*the disk is broken/);
  });

  test("that is gone, or cannot be read at all, is told so", async (t) => {
    const bench = await startBench(t, {
      // oxlint-disable-next-line require-yield -- it does not come to that
      async *read(index) {
        throw index === 0 ? new MessageGone() : new Error("no");
      },
    });
    const client = await bench.connect();
    await client.logIn(user, "secret");
    await client.expect("RETR 1", "-ERR The message is gone");
    await client.expect("RETR 2", "-ERR [SYS/TEMP] The message cannot be read");
    await client.expect("QUIT", "+OK");
  });

  test("is given up as soon as TOP has enough of it", async (t) => {
    let isClosed = false;
    const bench = await startBench(t, {
      async *read() {
        try {
          yield Buffer.from("Subject: x\n\n1\n2\n");
          yield* chunksOf(1_000_000);
        } finally {
          isClosed = true;
        }
      },
    });
    const client = await bench.connect();
    await client.logIn(user, "secret");
    await client.expect("TOP 1 1", "+OK");
    assert.deepEqual(await client.body(), ["Subject: x", "", "1"]);
    assert.ok(isClosed);
    await client.expect("QUIT", "+OK");
    await over(bench);
    assert.ok(!bench.done.includes("seen 1"));
  });
});

describe("a grant", () => {
  test("is opened for a login, and ends with the connection, however that ends", async (t) => {
    const bench = await startBench(t);
    const ends: readonly ((client: Pop3Client) => unknown)[] = [
      (client) => client.expect("QUIT", "+OK"),
      (client) => client.finish(),
      (client) => client.socket.resetAndDestroy(),
    ];
    for (const [index, end] of ends.entries()) {
      const client = await bench.connect();
      await client.logIn(user, "secret");
      await end(client);
      await over(bench, index + 1);
      const session = `s${index + 1}.1`;
      const done = bench.done.slice(-5);
      assert.deepEqual(done.slice(0, 2), [`granted alice@example.org ${session}`, "opened"]);
      assert.deepEqual(done.slice(2).toSorted(), ["closed", `ended ${session}`, "over"]);
    }
  });

  test("is none for a wrong password, nor for an account that may not have one", async (t) => {
    const bench = await startBench(t, { noRelay: true });
    const client = await bench.connect();
    await client.logIn(user, "guess");
    await client.logIn(user, "secret");
    await client.expect("QUIT", "+OK");
    await over(bench);
    assert.deepEqual(bench.done, ["opened", "closed", "over"]);
  });

  test("is the one of the last login, where the mailbox was in use before", async (t) => {
    let times = 0;
    const bench = await startBench(t, {
      open: async (mailbox) => (++times === 1 ? { kind: "in-use" } : { kind: "opened", mailbox }),
    });
    const client = await bench.connect();
    assert.match(await client.logIn(user, "secret"), /^-ERR \[IN-USE\]/);
    assert.match(await client.logIn("bob@example.org", "secret"), /^\+OK/);
    await client.expect("QUIT", "+OK");
    await over(bench);
    assert.deepEqual(bench.done, [
      "granted alice@example.org s1.1",
      "ended s1.1",
      "opened",
      "granted bob@example.org s1.2",
      "closed",
      "ended s1.2",
      "over",
    ]);
  });
});

test("a mailbox that is opened when the client has gone is given back", async (t) => {
  const opening = Promise.withResolvers<void>();
  const bench = await startBench(t, {
    async open(mailbox) {
      await opening.promise;
      return { kind: "opened", mailbox };
    },
  });
  const client = await bench.connect();
  client.write(`USER ${user}\r\nPASS secret\r\n`);
  await waitUntil("the grant is there", () => bench.done.length === 1);
  client.socket.resetAndDestroy();
  opening.resolve();
  await over(bench);
  assert.deepEqual(bench.done.slice(1), ["opened", "ended s1.1", "closed", "over"]);
});

test("a login that is no address has no mailbox", async (t) => {
  const bench = await startBench(t);
  const client = await bench.connect();
  assert.match(await client.logIn("alice", "secret"), /^-ERR \[SYS\/TEMP\]/);
  assert.match(bench.logged.join("\n"), /the login is no address/);
});
