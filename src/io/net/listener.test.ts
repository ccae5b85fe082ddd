import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as dial, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { describe, test, type TestContext } from "node:test";
import type { Endpoint, ListenerSettings } from "../../core/config/settings.ts";
import { formatIp } from "../../core/mail/ip.ts";
import { type ConnectionLimits, createConnectionLimits } from "./connection-limits.ts";
import { ListenError } from "./listen-error.ts";
import {
  type BoundListener,
  type ListenerOptions,
  type ListenPlan,
  openListeners,
} from "./listener.ts";

function limitsOf(connections: number, connectionsPerClient: number): ConnectionLimits {
  return createConnectionLimits({
    limits: () => ({ connections, connectionsPerClient, connectionRate: undefined }),
    isTrusted: () => false,
    elapsed: () => performance.now(),
  });
}

const greet: ListenerOptions = {
  limits: limitsOf(100, 100),
  onConnection(socket, client, { name }) {
    socket.on("error", () => {});
    socket.on("end", () => socket.end(`bye ${name}\r\n`));
    socket.write(`hello ${formatIp(client)}\r\n`);
    socket.resume();
  },
  onRefused: (refusal) => `421 ${refusal}\r\n`,
  onUnproxied() {},
  onAcceptError(error) {
    throw error;
  },
};

function listenerAt(name: string, ...listen: readonly Endpoint[]): ListenerSettings {
  return { name, role: "mx", listen };
}

function planOf(listener: ListenerSettings): readonly ListenPlan[] {
  return listener.listen.map((endpoint) => ({ listener, socket: { endpoint } }));
}

async function open(
  context: TestContext,
  listener: ListenerSettings,
  options: ListenerOptions = greet,
): Promise<readonly BoundListener[]> {
  const bound = await openListeners(planOf(listener), options);
  context.after(() => Promise.all(bound.map((one) => one.stop())));
  return bound;
}

/** Everything that is said to a client that ends its side at once. */
function listenTo({ address }: BoundListener): Promise<string> {
  return text(dial({ ...address }).end());
}

/** A connection that stays open, after its first octets have come. */
async function greeted({ address }: BoundListener): Promise<Socket> {
  const socket = dial({ ...address });
  await once(socket, "data");
  return socket;
}

describe("listening", () => {
  test("on both families, with real ports and clients' addresses", async (context) => {
    const endpoints = ["127.0.0.1", "::1"].map((host) => ({ host, port: 0 }));
    const bound = await open(context, listenerAt("mx", ...endpoints));
    for (const [index, { host }] of endpoints.entries()) {
      assert.equal(bound[index]?.address.host, host);
      assert.ok(bound[index].address.port > 0);
      assert.equal(await listenTo(bound[index]), `hello ${host}\r\nbye mx\r\n`);
    }
  });

  test("on all IPv4 and all IPv6 addresses with the same port", async (context) => {
    const [four] = await open(context, listenerAt("four", { host: "0.0.0.0", port: 0 }));
    const port = four!.address.port;
    const [six] = await open(context, listenerAt("six", { host: "::", port }));
    assert.deepEqual(six!.address, { host: "::", port });
    assert.match(await text(dial({ host: "127.0.0.1", port }).end()), /bye four/);
    assert.match(await text(dial({ host: "::1", port }).end()), /bye six/);
  });

  test("a client that has ended its side is still answered", async (context) => {
    const [bound] = await open(context, listenerAt("mx", { host: "127.0.0.1", port: 0 }));
    assert.match(await listenTo(bound!), /bye mx/);
  });
});

describe("a listener that cannot be opened", () => {
  test("closes those before it", async (context) => {
    const [taken] = await open(context, listenerAt("first", { host: "127.0.0.1", port: 0 }));
    const before = listenerAt("second", { host: "127.0.0.2", port: taken!.address.port });
    const plan = [...planOf(before), ...planOf(listenerAt("third", taken!.address))];
    await assert.rejects(openListeners(plan, greet), ListenError);
    await open(context, before);
  });

  test("says who, where, why and what to do", async (context) => {
    const [taken] = await open(context, listenerAt("first", { host: "127.0.0.1", port: 0 }));
    const { port } = taken!.address;
    await assert.rejects(open(context, listenerAt("mx", { host: "127.0.0.1", port })), {
      message:
        `listener mx cannot listen on 127.0.0.1:${port}: another program has it ` +
        `(\`ss -ltnp 'sport = :${port}'\` shows which); stop that program or choose another address or port`,
    });
    await assert.rejects(
      open(context, listenerAt("mx", { host: "192.0.2.77", port })),
      /listener mx cannot listen on 192\.0\.2\.77:\d+: no interface of this machine has that address/,
    );
    const denied = Object.assign(new Error("no"), { code: "EACCES" });
    assert.match(
      new ListenError("mx", "[::]:25", denied).message,
      /listener mx cannot listen on \[::\]:25: ports below 1024 are for root/,
    );
  });
});

describe("limits", () => {
  const here = listenerAt("mx", { host: "127.0.0.1", port: 0 });

  for (const [how, leave] of [
    ["says goodbye", (socket: Socket) => socket.end()],
    ["resets its connection", (socket: Socket) => socket.resetAndDestroy()],
  ] as const) {
    test(`hold until a client leaves that ${how}`, async (context) => {
      const limits = limitsOf(100, 2);
      const { promise: left, resolve } = Promise.withResolvers<void>();
      const [bound] = await open(context, here, {
        ...greet,
        limits,
        onConnection(...accepted) {
          greet.onConnection(...accepted);
          accepted[0].on("close", resolve);
        },
      });
      const [first, second] = [await greeted(bound!), await greeted(bound!)];
      assert.equal(await listenTo(bound!), "421 too-many-from-client\r\n");
      leave(first);
      await left;
      assert.match(await listenTo(bound!), /^hello/);
      second.end();
    });
  }

  test("count all clients of all listeners together", async (context) => {
    const limits = limitsOf(1, 1);
    const [one] = await open(context, here, { ...greet, limits });
    const [other] = await open(context, here, { ...greet, limits });
    const inside = await greeted(one!);
    assert.equal(await listenTo(other!), "421 too-many-connections\r\n");
    inside.end();
  });
});

test("stopping refuses new connections and waits for the open ones", async () => {
  const listener = listenerAt("mx", { host: "127.0.0.1", port: 0 });
  const [bound] = await openListeners(planOf(listener), greet);
  const guest = await greeted(bound!);
  let stopped = false;
  const stopping = bound!.stop().then(() => {
    stopped = true;
  });
  await assert.rejects(once(dial({ ...bound!.address }), "connect"), { code: "ECONNREFUSED" });
  assert.equal(stopped, false);
  assert.match(await text(guest.end()), /bye mx/);
  await stopping;
});
