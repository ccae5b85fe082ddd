// File descriptors run out: clients wait or are turned away, and it goes on when there are some.

import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { openSession, sendLetter } from "../support/smtp-client.ts";
import { startSink } from "../support/sink.ts";
import { waitUntil } from "../support/wait.ts";
import { startRelay, untilDrained } from "./support/relay.ts";

const few = ["sh", "-c", 'ulimit -n 40; exec "$0" "$@"'];
const letter = {
  from: "a@client.example",
  to: ["b@else.example"],
  content: "Subject: x\r\n\r\ny\r\n",
};

test("a server without free descriptors loses nothing and recovers", async (t) => {
  const sink = await startSink(t);
  const server = await startRelay(t, { via: sink.name, under: few });
  const kept = await openSession(server.address);
  const crowd = Array.from({ length: 100 }, () => connectQuietly(server.address.port));
  await waitUntil("the server can take no more", () => crowd.some(({ closed }) => closed));
  // No connection to the sink can be made now; the message is taken all the same.
  assert.match((await kept.send(letter)).content ?? "", /^250 /);
  for (const socket of crowd) socket.destroy();
  await sink.until(1);
  await waitUntil("a new client is served", async () => {
    const sent = await sendLetter(server.address, letter).catch(() => undefined);
    return sent?.content?.startsWith("250") === true;
  });
  await sink.until(2);
  await untilDrained(server);
  assert.equal(await server.stop(), 0);
});

function connectQuietly(port: number): Socket {
  const socket = connect({ port, host: "127.0.0.1" });
  socket.on("error", () => {}); // being turned away is what this is about
  socket.resume();
  return socket;
}
