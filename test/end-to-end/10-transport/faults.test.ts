// Hosts that fail at each stage of TLS: mail that nobody wanted encrypted goes in the clear, other mail
// waits, and none is lost.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Script, type Sink, type SinkOptions, startSink } from "../../support/sink.ts";
import { certified, protectedBy, startRelay, verified } from "./world.ts";

const once =
  (stage: string, action: ReturnType<Script>): Script =>
  (moment) =>
    moment.stage === stage ? action : undefined;

interface Fault {
  readonly what: string;
  readonly sink: SinkOptions;
  /** What the opportunistic attempt says of its way. */
  readonly clear: RegExp;
  /** What the attempt says that had to be encrypted. */
  readonly said: RegExp;
  /** Connections of an opportunistic delivery. */
  readonly connections: number;
}

const faults: readonly Fault[] = [
  {
    what: "454 to STARTTLS",
    sink: { tls: certified, script: once("starttls", "454 4.7.0 Not now") },
    clear: /^clear: STARTTLS was refused: 454 4\.7\.0 Not now$/,
    said: /^454 4\.7\.0 Not now$/,
    connections: 1,
  },
  {
    what: "cut at STARTTLS",
    sink: { tls: certified, script: once("starttls", "drop") },
    clear: /^clear: STARTTLS failed: the connection was lost at STARTTLS$/,
    said: /^4\.4\.2 the connection was lost at STARTTLS$/,
    connections: 2,
  },
  {
    what: "cut behind the 220",
    sink: { tls: certified, script: once("handshake", "drop") },
    clear: /^clear: STARTTLS failed: the connection was lost in the TLS handshake$/,
    said: /^4\.4\.2 the connection was lost in the TLS handshake$/,
    connections: 2,
  },
  {
    what: "SMTP instead of a handshake",
    sink: { tls: certified, script: once("handshake", { raw: "500 5.5.1 What?\r\n" }) },
    clear: /^clear: STARTTLS failed: the TLS handshake failed: what the host says is no TLS$/,
    said: /^4\.7\.5 the TLS handshake failed: what the host says is no TLS$/,
    connections: 2,
  },
  {
    what: "no version in common",
    sink: {
      tls: {
        ...certified,
        minVersion: "TLSv1",
        maxVersion: "TLSv1.1",
        ciphers: "DEFAULT@SECLEVEL=0",
      },
    },
    clear: /^clear: STARTTLS failed: .* no version of TLS in common/,
    said: /^4\.7\.5 the TLS handshake failed: there is no version of TLS in common/,
    connections: 2,
  },
];

test("hosts that fail at TLS", async (t) => {
  const sinks: Sink[] = [];
  for (const { sink } of faults) sinks.push(await startSink(t, sink));
  const hosts = faults.flatMap((_, index) => {
    const { port } = sinks[index]!.endpoint;
    return [
      [`may${index}.example`, { port }],
      [`must${index}.example`, { port, route: verified }],
    ] as const;
  });
  const relay = await startRelay(t, Object.fromEntries(hosts));
  for (const [index, { what, clear, said, connections }] of faults.entries()) {
    const sink = sinks[index]!;
    await t.test(`${what}: in the clear at once, where that may be`, async () => {
      await relay.send(`may${index}.example`);
      const [attempt] = await relay.attempts(1, `may${index}.example`);
      assert.equal(attempt?.state, "delivered", attempt?.said);
      assert.match(protectedBy(attempt), clear);
      assert.equal(sink.messages.length, 1);
      assert.equal(sink.connections, connections);
    });
    await t.test(`${what}: not at all, where it may not`, async () => {
      await relay.send(`must${index}.example`);
      const [attempt] = await relay.attempts(1, `must${index}.example`);
      assert.equal(attempt?.state, "deferred");
      assert.match(attempt.said, said);
      assert.equal(sink.messages.length, 1);
      assert.equal(sink.connections, connections + 1);
    });
  }
});

test("octets behind the 220, in the clear: the connection is dropped, and the mail waits", async (t) => {
  const injected = "220 2.0.0 Go ahead\r\n250-evil.example\r\n250 AUTH PLAIN\r\n";
  const sink = await startSink(t, { tls: certified, script: once("starttls", { raw: injected }) });
  const { port } = sink.endpoint;
  const relay = await startRelay(t, { "*": { port } });
  await relay.send();
  const [attempt] = await relay.attempts();
  assert.equal(attempt?.state, "deferred");
  assert.match(attempt.said, /^4\.7\.5 octets followed the answer to STARTTLS in the clear/);
  assert.deepEqual(sink.commands, ["EHLO mail.example.org", "STARTTLS"]);
  assert.equal(sink.connections, 1);
  sink.follow(() => undefined);
  await relay.server.run("queue", "retry", "--all");
  const [message] = await sink.until(1);
  assert.equal(message?.tls, "TLSv1.3");
});

const dropFirstFinal: Script = ({ stage, times }) =>
  stage === "final" && times === 1 ? "drop" : undefined;

test("a host that dies amid a message under TLS loses none", async (t) => {
  const sink = await startSink(t, { tls: certified, script: dropFirstFinal });
  const { port } = sink.endpoint;
  const relay = await startRelay(t, { "*": { port, route: verified } });
  await relay.send();
  const [attempt] = await relay.attempts();
  assert.match(
    attempt?.said ?? "",
    /^4\.4\.2 the connection was lost after the end of the content/,
  );
  assert.equal(protectedBy(attempt), "verified");
  await relay.server.run("queue", "retry", "--all");
  assert.equal((await sink.until(1)).length, 1);
});

test("a large message goes through under TLS as it is", async (t) => {
  const sink = await startSink(t, { tls: certified });
  const { port } = sink.endpoint;
  const relay = await startRelay(t, { "*": { port, route: verified } });
  const content = `Subject: Large\r\n\r\n${".0123456789abcdef\r\n".repeat(300_000)}`;
  await relay.send(undefined, content);
  const [message] = await sink.until(1, 30_000);
  assert.ok(message?.content.toString("latin1").endsWith(content));
});
