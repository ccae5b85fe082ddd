// Listeners in a process of their own: with sockets that it inherited, and without descriptors.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect as dial, createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { test, type TestContext } from "node:test";
import { waitUntil } from "../../../test/support/wait.ts";

const program = `
import { openListeners } from ${JSON.stringify(import.meta.resolve("./listener.ts"))};
import { createConnectionLimits } from ${JSON.stringify(import.meta.resolve("./connection-limits.ts"))};
import { planListeners, takeInheritedSockets } from ${JSON.stringify(import.meta.resolve("./inherited.ts"))};
const listeners = ["mx", "other"].map((name) => ({ name, role: "mx", listen: [{ host: "127.0.0.1", port: 0 }] }));
const plan = planListeners(listeners, takeInheritedSockets(process.env, process.pid));
const bound = await openListeners(plan.value, {
  limits: createConnectionLimits({ limits: () => ({ connections: 1000, connectionsPerClient: 1000 }) }),
  onConnection(socket, client, listener) {
    socket.on("error", () => {});
    socket.on("end", () => socket.end());
    socket.resume();
    socket.write("hello " + listener.name + "\\r\\n");
  },
  onRefused: () => "",
  onUnproxied() {},
  onAcceptError() {},
});
for (const { listener, address } of bound) console.log(listener.name, address.port);
console.log("environment", Object.keys(process.env).filter((name) => name.startsWith("LISTEN")).length);
`;

interface Started {
  /** Port of each listener. */
  readonly ports: ReadonlyMap<string, number>;
  readonly child: ChildProcess;
}

/** Runs the program behind a shell's `prelude`. */
async function start(
  context: TestContext,
  prelude: string,
  inherited: readonly number[] = [],
): Promise<Started> {
  const node = [process.execPath, "--input-type=module", "--eval", program];
  const child = spawn("sh", ["-c", `${prelude}; exec "$@"`, "sh", ...node], {
    stdio: ["ignore", "pipe", "inherit", ...inherited],
  });
  context.after(async () => {
    const ended = once(child, "exit");
    if (child.kill()) await ended;
  });
  const ports = new Map<string, number>();
  assert.ok(child.stdout !== null);
  for await (const line of createInterface({ input: child.stdout })) {
    const [name = "", port] = line.split(" ");
    ports.set(name, Number(port));
    if (name === "environment") break;
  }
  return { ports, child };
}

function greetedOrDropped(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on("error", () => {});
    socket.once("data", () => resolve());
    socket.once("close", () => resolve());
  });
}

function greeting(port: number): Promise<string> {
  return text(dial({ host: "127.0.0.1", port }).end());
}

for (const [names, listener] of [
  ["other", "other"],
  ["bailiwick.socket", "mx"],
] as const) {
  test(`a socket named ${names} by systemd becomes the listener ${listener}`, async (context) => {
    const server = createServer();
    context.after(() => server.close());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    assert.ok(address !== null && typeof address === "object");
    const environment = `export LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=${names}`;
    // Node has no public name for a server's descriptor.
    const descriptor: unknown = Reflect.get(Reflect.get(server, "_handle"), "fd");
    assert.ok(typeof descriptor === "number");
    const { ports } = await start(context, environment, [descriptor]);
    server.close();
    assert.equal(ports.get(listener), address.port);
    assert.equal(await greeting(address.port), `hello ${listener}\r\n`);
    assert.equal(ports.size, 3, "the other listener is bound as configured");
    assert.equal(ports.get("environment"), 0, "the variables are gone");
  });
}

test("without descriptors the listener goes on, and takes clients again when it has some", async (context) => {
  const { ports, child } = await start(context, "ulimit -n 60");
  const port = ports.get("mx");
  assert.ok(port !== undefined);
  const crowd = Array.from({ length: 100 }, () => dial({ host: "127.0.0.1", port }));
  // Each is either greeted, or dropped because there is no descriptor for it.
  await Promise.all(crowd.map(greetedOrDropped));
  const dropped = crowd.filter((socket) => socket.bytesRead === 0);
  assert.ok(dropped.length > 0 && dropped.length < crowd.length);
  for (const socket of crowd) socket.destroy();
  // The server needs a moment to see that they are gone.
  await waitUntil("a client is greeted again", async () => {
    return (await greeting(port).catch(() => "")) === "hello mx\r\n";
  });
  assert.equal(child.exitCode, null);
});
