import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { suite, test, type TestContext } from "node:test";
import { formatIp, parsePrefix } from "../../core/mail/ip.ts";
import { createConnectionLimits } from "./connection-limits.ts";
import { type BoundListener, openListeners } from "./listener.ts";

interface Opened {
  readonly bound: BoundListener;
  /** What was closed, in words. */
  readonly refused: readonly string[];
}

/** Says who came, and echoes all of it. */
async function open(t: TestContext, proxies: readonly string[] = ["127.0.0.1"]): Promise<Opened> {
  const refused: string[] = [];
  const listener = {
    name: "mx",
    role: "mx",
    tls: "off",
    clearLoginOnLoopback: false,
    listen: [],
    proxies: proxies.flatMap((proxy) => parsePrefix(proxy) ?? []),
  } as const;
  const plan = [{ listener, socket: { endpoint: { host: "127.0.0.1", port: 0 } } }];
  const [bound] = await openListeners(plan, {
    limits: createConnectionLimits({
      limits: () => ({ connections: 100, connectionsPerClient: 2, connectionRate: undefined }),
      isTrusted: () => false,
      elapsed: () => performance.now(),
    }),
    onConnection(socket, client) {
      socket.on("error", () => {});
      socket.write(`${formatIp(client)}: `);
      socket.pipe(socket);
    },
    onRefused: (refusal) => `421 ${refusal}`,
    onUnproxied: ({ peer, why, count }) => refused.push(`${count} ${formatIp(peer)}: ${why}`),
    onAcceptError(error) {
      throw error;
    },
  });
  assert.ok(bound !== undefined);
  t.after(() => bound.stop());
  return { bound, refused };
}

async function dial({ address }: BoundListener, from = "127.0.0.1"): Promise<Socket> {
  const socket = connect({ ...address, localAddress: from, allowHalfOpen: true });
  await once(socket, "connect");
  socket.setNoDelay(true);
  return socket;
}

/** All that is said to a client which says this. */
async function say(bound: BoundListener, octets: string | Uint8Array, from?: string) {
  const socket = await dial(bound, from);
  const heard = text(socket).catch(() => "");
  socket.end(octets);
  return heard;
}

const header = "PROXY TCP4 192.0.2.7 127.0.0.1 5 25\r\n";
const binary = Buffer.from(
  "0d0a0d0a000d0a515549540a2121002420010db800000000000000000000000700000000000000000000000000000001dc040019",
  "hex",
);
const local = Buffer.from("0d0a0d0a000d0a515549540a20000000", "hex");

suite("the way in through a proxy", () => {
  test("makes the connection the client's, and loses no octet", async (t) => {
    const { bound, refused } = await open(t);
    assert.equal(await say(bound, `${header}EHLO x\r\n`), "192.0.2.7: EHLO x\r\n");
    assert.equal(await say(bound, header), "192.0.2.7: ");
    assert.equal(
      await say(bound, Buffer.concat([binary, Buffer.from("EHLO")])),
      "2001:db8::7: EHLO",
    );
    const much = "x".repeat(300_000);
    assert.equal(await say(bound, header + much), `192.0.2.7: ${much}`);
    // A second header is the client's own words.
    assert.equal(await say(bound, header + header), `192.0.2.7: ${header}`);
    assert.deepEqual(refused, []);
  });

  test("takes a header in any pieces", async (t) => {
    const { bound } = await open(t);
    for (const octets of [Buffer.from(header), binary]) {
      const socket = await dial(bound);
      const heard = text(socket);
      for (const octet of octets) {
        socket.write(Uint8Array.of(octet));
        await delay(1);
      }
      socket.write("EH");
      await delay(1);
      socket.end("LO");
      assert.match(await heard, /^(192\.0\.2\.7|2001:db8::7): EHLO$/);
    }
  });

  test("leaves a proxy's own connection with the proxy's address", async (t) => {
    const { bound } = await open(t, ["127.0.0.0/29"]);
    assert.equal(await say(bound, local, "127.0.0.3"), "127.0.0.3: ");
    assert.equal(await say(bound, "PROXY UNKNOWN\r\nhi", "127.0.0.2"), "127.0.0.2: hi");
  });

  test("is closed to all others, whatever they say", async (t) => {
    const { bound, refused } = await open(t);
    assert.equal(await say(bound, `${header}EHLO x\r\n`, "127.0.0.2"), "");
    assert.equal(await say(bound, local, "127.0.0.3"), "");
    assert.deepEqual(refused, [
      "1 127.0.0.2: it is none of the listener's proxies",
      "2 127.0.0.3: it is none of the listener's proxies",
    ]);
  });

  test("is closed to what is no header", async (t) => {
    const { bound, refused } = await open(t);
    assert.equal(await say(bound, "EHLO client.example\r\n"), "");
    assert.equal(await say(bound, `PROXY UNKNOWN ${"x".repeat(2_000)}`), "");
    assert.equal(await say(bound, header.slice(0, 20)), "");
    assert.equal(await say(bound, binary.subarray(0, 30)), "");
    // Who says nothing at all only looked whether we are there.
    assert.equal(await say(bound, ""), "");
    assert.deepEqual(refused, [
      "1 127.0.0.1: it does not begin with a PROXY header",
      "2 127.0.0.1: its PROXY line is longer than 107 octets",
      "3 127.0.0.1: it ended before its header was whole",
      "4 127.0.0.1: it ended before its header was whole",
    ]);
  });

  test("is closed to those who take too long", async (t) => {
    const { bound, refused } = await open(t);
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const socket = await dial(bound);
    const heard = text(socket).catch(() => "");
    socket.write("PROXY");
    while (refused.length === 0) {
      t.mock.timers.tick(1_000);
      await new Promise(setImmediate);
    }
    t.mock.timers.reset();
    assert.equal(await heard, "");
    assert.deepEqual(refused, ["1 127.0.0.1: its header did not come in time"]);
  });

  test("survives a reset at any moment", async (t) => {
    const { bound } = await open(t);
    for (const octets of ["", "PROXY", header, `${header}EHLO`]) {
      const socket = await dial(bound);
      if (octets !== "") socket.write(octets);
      await delay(5);
      socket.resetAndDestroy();
    }
    assert.equal(await say(bound, `${header}x`), "192.0.2.7: x");
  });
});

test("limits are those of the real clients", async (t) => {
  const { bound } = await open(t);
  const guests: Socket[] = [];
  for (const client of ["192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.3"]) {
    const socket = await dial(bound);
    socket.write(`PROXY TCP4 ${client} 127.0.0.1 5 25\r\n`);
    const [greeting] = await once(socket, "data");
    assert.equal(String(greeting), `${client}: `);
    guests.push(socket);
  }
  const third = "PROXY TCP4 192.0.2.1 127.0.0.1 5 25\r\n";
  assert.equal(await say(bound, third), "421 too-many-from-client");
  const [first] = guests;
  first?.end();
  await once(first!, "close");
  assert.equal(await say(bound, third), "192.0.2.1: ");
  for (const guest of guests) guest.destroy();
});

test("stopping does not wait for headers", async (t) => {
  const { bound } = await open(t);
  const socket = await dial(bound);
  socket.on("error", () => {});
  await delay(20);
  await bound.stop();
});
