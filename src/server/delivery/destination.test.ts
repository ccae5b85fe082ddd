import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { after, test } from "node:test";
import { connect } from "../../io/net/connect.ts";
import { waitUntil } from "../../../test/support/wait.ts";
import { good } from "../../core/result.ts";
import { formatReply, reply } from "../../core/smtp/reply.ts";
import { Conversation } from "../../core/smtp/server/conversation.ts";
import type { Question } from "../../core/smtp/server/state.ts";
import { Destination, type DestinationOptions } from "./destination.ts";
import type { Job, JobResult } from "./job.ts";
import { createPaces } from "./pace.ts";

const settings = {
  hostname: "far.example",
  maxMessageSize: 1_000_000,
  maxRecipients: 10,
  maxErrors: 10,
  maxIdleCommands: 100,
  maxRefusedRecipients: 100,
};

/** A far host that takes so many connections at once, and greets the others with 421. */
async function startHost(maxConnections: number) {
  const open = new Set<Socket>();
  const count = { greeted: 0, refused: 0, most: 0, messages: 0 };
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    if (open.size >= maxConnections) {
      count.refused++;
      socket.end(formatReply(reply(421, "4.7.0", "Too many connections")));
      return;
    }
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    count.greeted++;
    count.most = Math.max(count.most, open.size);
    serve(socket, count);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  after(() => server.close());
  return {
    count,
    port: address.port,
    hangUp: () => {
      for (const socket of open) socket.destroy();
    },
  };
}

function serve(socket: Socket, count: { messages: number }): void {
  const conversation = new Conversation(settings, {
    reply: (said) => void socket.write(formatReply(said)),
    ask: (question) => answer(question),
    check: () => assert.fail("no login is offered"),
    startTls: () => assert.fail("no TLS is offered"),
    content: () => {},
    abandon: () => {},
    close: () => void socket.end(),
  });
  function answer(question: Question): void {
    switch (question.kind) {
      case "recipient":
        return conversation.answer({
          reply: reply(250, "2.1.5", "Ok"),
          recipient: { address: question.recipient, kind: "relay" },
        });
      case "content":
        return conversation.answer({ reply: reply(354, "", "Go on") });
      case "message":
        count.messages++;
        // Slow enough that the jobs pile up.
        setTimeout(() => conversation.answer({ reply: reply(250, "2.0.0", "Ok") }), 5);
        return;
      case "login":
        assert.fail("no login is offered");
    }
  }
  conversation.greet();
  socket.on("data", (octets) => conversation.receive(octets));
  socket.on("end", () => conversation.end());
}

function destinationAt(
  port: number,
  maxConnections: number,
  more: Partial<DestinationOptions> = {},
): Destination {
  return new Destination({
    terms: async () =>
      good({ forHost: async () => good({ session: { hostname: "us.example", tls: "off" } }) }),
    locate: async () => ({ ok: true, value: [{ name: "far", address: "127.0.0.1", port }] }),
    connect: async ({ address }) => {
      const made = await connect({ endpoint: { host: address, port }, timeout: 5_000 });
      return made.ok ? made : { ok: false, problem: made.problem.said };
    },
    elapsed: () => performance.now(),
    now: () => 0,
    maxConnections,
    onEmpty() {},
    ...more,
  });
}

/** Submits so many messages; resolves with what became of each. */
function deliver(destination: Destination, messages: number): Promise<readonly JobResult[]> {
  return new Promise((resolve) => {
    const all: JobResult[] = [];
    for (let id = 0; id < messages; id++) {
      destination.submit({
        ...jobFor(id),
        report: (_peer, results) => {
          all.push(...results);
          if (all.length === messages) resolve(all);
        },
      });
    }
  });
}

function jobFor(id: number): Omit<Job, "report"> {
  const content = Buffer.from("Subject: x\r\n\r\nHello\r\n");
  const address = { local: "user", domain: "far.example" };
  const recipients = [{ address, kind: "relay" as const, index: 0, attempts: 0, waited: 0 }];
  const traits = { size: content.length, eightBit: false };
  const message = { id, receivedAt: 0, sender: null, smtputf8: false, recipients, ...traits };
  return { message, recipients, content: () => [content] };
}

const kinds = (results: readonly JobResult[]) =>
  new Set(results.map(({ outcome }) => outcome.kind));

test("many messages share few connections", async () => {
  const host = await startHost(100);
  const destination = destinationAt(host.port, 3);
  const results = await deliver(destination, 50);
  destination.close();
  assert.deepEqual(kinds(results), new Set(["delivered"]));
  assert.equal(host.count.messages, 50);
  assert.ok(host.count.most <= 3, `${host.count.most} connections at once`);
});

test("a host that takes only two connections gets all messages over these", async () => {
  const host = await startHost(2);
  const destination = destinationAt(host.port, 10);
  const results = await deliver(destination, 60);
  destination.close();
  assert.deepEqual(kinds(results), new Set(["delivered"]));
  assert.equal(host.count.messages, 60);
  assert.ok(host.count.refused <= 10, `asked for more ${host.count.refused} times`);
});

test("a kept connection that the host has closed costs no message an attempt", async () => {
  const host = await startHost(10);
  const destination = destinationAt(host.port, 1);
  assert.deepEqual(kinds(await deliver(destination, 1)), new Set(["delivered"]));
  host.hangUp();
  assert.deepEqual(kinds(await deliver(destination, 1)), new Set(["delivered"]));
  destination.close();
  assert.equal(host.count.messages, 2);
});

test("a host that is down fails all that waits, for one round of attempts", async () => {
  const host = await startHost(0);
  const destination = destinationAt(host.port, 4);
  const results = await deliver(destination, 40);
  destination.close();
  assert.deepEqual(kinds(results), new Set(["temporary"]));
  assert.ok(host.count.refused <= 4, `${host.count.refused} attempts`);
});

test("the first connection is made alone", async () => {
  const host = await startHost(0);
  const destination = destinationAt(host.port, 10);
  assert.deepEqual(kinds(await deliver(destination, 40)), new Set(["temporary"]));
  destination.close();
  assert.equal(host.count.refused, 1);
  const open = await startHost(100);
  const other = destinationAt(open.port, 10);
  assert.deepEqual(kinds(await deliver(other, 40)), new Set(["delivered"]));
  other.close();
  assert.ok(open.count.most > 1, "then the others follow");
});

/** A pace by a clock that stands still until it is told to go on. */
function makePace(amount: number) {
  let now = 0;
  const pace = createPaces(() => now)("far", { amount, period: amount });
  return { pace, pass: (ms: number) => void (now += ms) };
}

test("a pace that is used up holds back connections and messages", async () => {
  const host = await startHost(100);
  const { pace, pass } = makePace(3);
  // Time has to pass for the timer as well, whose waits are too short here to be waited for.
  const destination = destinationAt(host.port, 10, {
    pace: { ...pace, wait: () => 20 },
  });
  const done = deliver(destination, 5);
  await waitUntil("three have gone", () => host.count.messages === 3);
  assert.ok(host.count.greeted <= 3, "no more connections than messages that may go");
  pass(1);
  await waitUntil("a fourth has gone", () => host.count.messages === 4);
  pass(1);
  assert.deepEqual(kinds(await done), new Set(["delivered"]));
  destination.close();
});

test("at the end, what would have to wait is left in the store", async () => {
  const host = await startHost(100);
  const { pace } = makePace(1);
  const destination = destinationAt(host.port, 10, { pace });
  const left: number[] = [];
  const told: JobResult[] = [];
  for (const id of [1, 2, 3]) {
    destination.submit({
      ...jobFor(id),
      report: (_peer, results) => void told.push(...results),
      leave: () => void left.push(id),
    });
  }
  await waitUntil("one has gone", () => told.length === 1);
  destination.close();
  assert.deepEqual(left, [2, 3]);
  assert.deepEqual(kinds(told), new Set(["delivered"]));
});
