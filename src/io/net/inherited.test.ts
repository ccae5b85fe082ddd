import assert from "node:assert/strict";
import { test } from "node:test";
import type { ListenerSettings } from "../../core/config/settings.ts";
import { type InheritedSocket, planListeners, takeInheritedSockets } from "./inherited.ts";

const endpoint = { host: "127.0.0.1", port: 25 };
const mx: ListenerSettings = {
  name: "mx",
  role: "mx",
  tls: "offered",
  clearLoginOnLoopback: false,
  listen: [endpoint],
};
const inside: ListenerSettings = { ...mx, name: "inside" };

function sockets(...names: readonly string[]): readonly InheritedSocket[] {
  return names.map((name, index) => ({ name, descriptor: 3 + index }));
}

/** The plan as `listener:descriptor` or `listener:host`. */
function plan(listeners: readonly ListenerSettings[], ...names: readonly string[]) {
  const result = planListeners(listeners, sockets(...names));
  if (!result.ok) return result.problem;
  return result.value.map(({ listener: { name }, socket }) =>
    "descriptor" in socket ? `${name}:${socket.descriptor}` : `${name}:${socket.endpoint.host}`,
  );
}

test("sockets go to the listener with their name", () => {
  assert.deepEqual(plan([mx, inside], "inside", "inside"), [
    "mx:127.0.0.1",
    "inside:3",
    "inside:4",
  ]);
});

test("without names, all go to a single listener, or one to each in order", () => {
  assert.deepEqual(plan([mx], "a.socket", "a.socket"), ["mx:3", "mx:4"]);
  assert.deepEqual(plan([mx, inside], "", ""), ["mx:3", "inside:4"]);
  assert.deepEqual(plan([mx, inside], ""), ["mx:3", "inside:127.0.0.1"]);
});

test("a socket that belongs to nobody is a mistake", () => {
  const remedy = "set FileDescriptorName= in its socket unit to the name of one: mx, inside";
  assert.equal(
    plan([mx, inside], "mx", "typo"),
    `systemd passed the socket "typo" (descriptor 4), which belongs to no listener; ${remedy}`,
  );
  assert.match(String(plan([mx, inside], "", "", "")), /descriptor 5/);
});

test("the environment is read once, and only by the process it is meant for", () => {
  const environment = { LISTEN_PID: "77", LISTEN_FDS: "2", LISTEN_FDNAMES: "mx:other", HOME: "/" };
  assert.deepEqual(takeInheritedSockets(environment, 77), sockets("mx", "other"));
  assert.deepEqual(environment, { HOME: "/" });
  assert.deepEqual(takeInheritedSockets(environment, 77), []);
  assert.deepEqual(takeInheritedSockets({ LISTEN_PID: "1", LISTEN_FDS: "2" }, 77), []);
});
