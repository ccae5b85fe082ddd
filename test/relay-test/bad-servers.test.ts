// Servers that are broken, slow, or none at all: the test ends soon, and says that it could not tell.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { test, type TestContext } from "node:test";
import { setInterval as every } from "node:timers/promises";
import { verdictOf } from "../../src/core/relay-test/report.ts";
import { testRelay } from "../../src/io/relay-test/relay-test.ts";
import { createWireReader } from "../support/wire-reader.ts";

const timeLimit = 300;

async function probe(
  t: TestContext,
  serve: (socket: Socket) => unknown,
  signal = new AbortController().signal,
) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    serve(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  return testRelay({
    endpoint: { host: "127.0.0.1", port },
    implicitTls: false,
    foreign: { local: "victim", domain: "example.com" },
    deliver: false,
    timeLimit,
    pause: 0,
    signal,
    now: Date.now,
    onProgress: () => {},
  });
}

/** Answers each line in turn, or as `answer` says. */
function speaking(answer: (line: string, socket: Socket) => string | undefined) {
  return async (socket: Socket) => {
    const reader = createWireReader(socket);
    socket.write("220 mail.example.org ESMTP\r\n");
    for (;;) {
      const line = await reader.line().catch(() => "QUIT");
      if (line === "QUIT") return void socket.end();
      const said = answer(line, socket);
      if (said !== undefined) socket.write(said);
    }
  };
}

function goOn(line: string): string {
  return /^(AUTH|STARTTLS)/.test(line) ? "502 5.5.1 Not here\r\n" : "250 2.0.0 Ok\r\n";
}

const hopeless: readonly (readonly [string, (socket: Socket) => unknown, RegExp])[] = [
  ["says nothing", () => {}, /no answer within 0\.3 s/],
  ["hangs up at once", (socket) => socket.destroy(), /closed the connection|was cut|ECONNRESET/],
  ["is not SMTP", (socket) => socket.write("SSH-2.0-OpenSSH_9.2\r\n"), /no SMTP reply/],
  ["sends noise", (socket) => socket.write(Buffer.alloc(100_000, 7)), /more than 2048 octets/],
  ["wants nobody", (socket) => socket.end("554 5.7.1 Go away\r\n"), /wants no mail .*554 5\.7\.1/],
  ["is full", (socket) => socket.end("421 4.3.2 Busy\r\n"), /it closed: 421 4\.3\.2 Busy/],
  ["talks without end", chatter, /no answer within|more than 128 lines/],
  [
    "drips an octet at a time",
    async (socket) => {
      for await (const _ of every(50)) if (!socket.write("2")) return;
    },
    /no answer within 0\.3 s/,
  ],
];

async function chatter(socket: Socket): Promise<void> {
  for await (const _ of every(1)) if (!socket.write("220-and another thing\r\n")) return;
}

for (const [name, serve, said] of hopeless) {
  test(`a server that ${name} cannot be tested`, { timeout: 10_000 }, async (t) => {
    await assert.rejects(probe(t, serve), { name: "DialogError", message: said });
  });
}

const partly: readonly (readonly [string, (socket: Socket) => unknown])[] = [
  [
    "falls silent at RCPT",
    speaking((line) => (line.startsWith("RCPT") ? undefined : "250 Ok\r\n")),
  ],
  [
    "hangs up at RCPT",
    speaking((line, socket) => {
      if (line.startsWith("RCPT")) socket.destroy();
      return goOn(line);
    }),
  ],
  ["answers EHLO twice", speaking(() => "250 Ok\r\n250 Ok\r\n")],
  [
    "talks nonsense at RCPT",
    speaking((line) => (line.startsWith("RCPT") ? "yes\r\n" : "250 Ok\r\n")),
  ],
];

for (const [name, serve] of partly) {
  test(`a server that ${name} leaves the question open`, { timeout: 30_000 }, async (t) => {
    const report = await probe(t, serve);
    assert.equal(verdictOf(report), "unclear");
    assert.match(report.contexts.at(-1)?.obstacle?.said ?? "", /it had stopped answering/);
  });
}

test("a server that hangs up on odd forms alone is asked about all others", async (t) => {
  const serve = speaking((line, socket) => {
    if (line.includes("!")) socket.destroy();
    return line.startsWith("RCPT") ? "550 5.7.1 Relaying denied\r\n" : goOn(line);
  });
  const report = await probe(t, serve);
  const [first] = report.contexts;
  assert.ok(first !== undefined && first.obstacle === undefined);
  for (const { sender, recipient, outcome } of first.results) {
    const expected = `${sender} ${recipient}`.includes("!") ? "unanswered" : "refused";
    assert.equal(outcome, expected, `${sender} ${recipient}`);
  }
  assert.equal(verdictOf(report), "unclear");
});

test("a server that counts recipients of a connection is asked on new ones", async (t) => {
  const report = await probe(t, (socket) => {
    let recipients = 0;
    return speaking((line) => {
      if (!line.startsWith("RCPT")) return goOn(line);
      return ++recipients > 2 ? "452 4.5.3 Too many\r\n" : "550 5.7.1 Relaying denied\r\n";
    })(socket);
  });
  assert.equal(report.contexts[0]?.results.length, 338);
  assert.ok(report.contexts[0]?.results.every(({ outcome }) => outcome === "refused"));
});

test("a test that is stopped tells what it has found", { timeout: 10_000 }, async (t) => {
  const stopped = new AbortController();
  let recipients = 0;
  const serve = speaking((line) => {
    if (line.startsWith("RCPT") && ++recipients === 50) stopped.abort();
    return line.startsWith("RCPT") ? "550 5.7.1 Relaying denied\r\n" : goOn(line);
  });
  const report = await probe(t, serve, stopped.signal);
  assert.equal(verdictOf(report), "unclear");
  const [first, second] = report.contexts;
  assert.ok((first?.results.length ?? 0) > 30);
  assert.equal(first?.obstacle?.said, "the test was stopped");
  assert.equal(second?.results.length, 0);
});
