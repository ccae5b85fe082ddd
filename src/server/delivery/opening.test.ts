// Openings against hosts that stall: the time goes by at once here.

import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { test, type TestContext } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { connect } from "../../io/net/connect.ts";
import { systemAuthorities } from "../../io/tls/client/authorities.ts";
import { secureHost } from "../../io/tls/client/secure-host.ts";
import { createSessionCache } from "../../io/tls/client/session-cache.ts";
import { bad, good } from "../../core/result.ts";
import type { ClientOptions } from "../../core/smtp/client/opening.ts";
import type { PeerEvents } from "./peer.ts";
import { openPeer } from "./opening.ts";
import type { TlsOutcome } from "./tls-outcome.ts";

const nothing: PeerEvents = {
  onIdle() {},
  onSettled() {},
  onHostFailed() {},
  onClosed() {},
};

/** A host that offers STARTTLS and says nothing behind its 220. */
async function startStalling(t: TestContext) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    socket.write("220 slow.example\r\n");
    socket.on("data", (octets) => {
      const line = octets.toString("latin1");
      if (line.startsWith("EHLO")) socket.write("250-slow.example\r\n250 STARTTLS\r\n");
      else if (line.startsWith("STARTTLS")) socket.write("220 go\r\n");
      else if (line.startsWith("QUIT")) socket.end("221 bye\r\n");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server has one
  return { port: (server.address() as AddressInfo).port, sockets };
}

async function open(t: TestContext, tls: ClientOptions["tls"]) {
  const { port, sockets } = await startStalling(t);
  const authorities = await systemAuthorities({});
  const sessions = createSessionCache(() => 0);
  const told: TlsOutcome[] = [];
  let time = 0;
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let isOpening = true;
  const opening = openPeer(
    {
      locate: async () => good([{ name: "slow.example", address: "127.0.0.1", port }]),
      async connect() {
        const made = await connect({ endpoint: { host: "127.0.0.1", port }, timeout: 1e9 });
        return made.ok ? made : { ok: false, problem: made.problem.said };
      },
      terms: async () =>
        good({
          forHost: async ({ name: host }) =>
            good({
              session: { hostname: "us.example", tls },
              secure: (clear) =>
                secureHost(clear, { host, port, authorities, sessions, now: Date.now }),
              onTls: (outcome) => void told.push(outcome),
            }),
        }),
      elapsed: () => time,
    },
    nothing,
  ).finally(() => (isOpening = false));
  const untilOpen = async (): Promise<void> => {
    await turn();
    if (!isOpening) return;
    time += 100;
    t.mock.timers.tick(100);
    return untilOpen();
  };
  await untilOpen();
  t.mock.timers.reset();
  return { result: await opening, time, connections: sockets.size, told };
}

test("a handshake that stalls is given up after a minute, and the mail goes in the clear", async (t) => {
  const { result, time, connections, told } = await open(t, "opportunistic");
  assert.ok(result.ok);
  assert.deepEqual(result.value.contact.protection, {
    kind: "clear",
    why: "STARTTLS failed: the host did not answer in time in the TLS handshake",
  });
  assert.ok(time >= 60_000);
  assert.equal(connections, 2);
  const why = "the host did not answer in time in the TLS handshake";
  const failure = { type: "validation-failure", why };
  assert.deepEqual(told, [{ failure, doubt: undefined, localAddress: "127.0.0.1" }]);
  result.value.quit();
});

test("or it waits, where it must be encrypted", async (t) => {
  const { result, connections } = await open(t, "required");
  assert.ok(!result.ok);
  assert.equal(result.problem.outcome.kind, "temporary");
  assert.match(result.problem.outcome.said.text, /did not answer in time in the TLS handshake/);
  assert.equal(connections, 1);
});

/** @param passed hosts that no mail may go to now. */
async function openPast(t: TestContext, passed: readonly string[]) {
  const { port, sockets } = await startStalling(t);
  const names = ["one.example", "one.example", "two.example"];
  const result = await openPeer(
    {
      locate: async () => good(names.map((name) => ({ name, address: "127.0.0.1", port }))),
      async connect() {
        const made = await connect({ endpoint: { host: "127.0.0.1", port }, timeout: 1e9 });
        return made.ok ? made : { ok: false, problem: made.problem.said };
      },
      terms: async () =>
        good({
          async forHost({ name }) {
            const said = { status: "4.7.5", text: `not to ${name}`, remote: false };
            if (passed.includes(name)) return bad({ kind: "temporary", said });
            return good({ session: { hostname: "us.example", tls: "off" } });
          },
        }),
      elapsed: () => 0,
    },
    nothing,
  );
  return { result, connections: sockets.size };
}

test("a host that is passed over is not connected to, and the next one is", async (t) => {
  const { result, connections } = await openPast(t, ["one.example"]);
  assert.ok(result.ok);
  assert.match(result.value.contact.name, /^two\.example /);
  assert.equal(connections, 1);
  result.value.quit();
});

test("where all are passed over, it is said why", async (t) => {
  const { result, connections } = await openPast(t, ["one.example", "two.example"]);
  assert.ok(!result.ok);
  assert.equal(result.problem.outcome.said.text, "not to two.example");
  assert.equal(result.problem.contact, undefined);
  assert.equal(connections, 0);
});
