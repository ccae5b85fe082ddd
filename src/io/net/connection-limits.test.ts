import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { type IpAddress, parseIp } from "../../core/mail/ip.ts";
import {
  type ConnectionLimitOptions,
  type ConnectionLimits,
  createConnectionLimits,
} from "./connection-limits.ts";

function ip(text: string): IpAddress {
  return parseIp(text)!;
}

function limitsOf(connections: number, connectionsPerClient: number): ConnectionLimits {
  const limits = { connections, connectionsPerClient, connectionRate: undefined };
  return createConnectionLimits({ limits: () => limits, isTrusted: () => false, elapsed: () => 0 });
}

test("IPv4 clients are counted one by one, IPv6 clients by their /64", () => {
  const limits = limitsOf(10, 1);
  assert.equal(limits.admit(ip("192.0.2.1")), undefined);
  assert.equal(limits.admit(ip("192.0.2.2")), undefined);
  assert.equal(limits.admit(ip("::ffff:192.0.2.1")), "too-many-from-client");
  assert.equal(limits.admit(ip("2001:db8::1")), undefined);
  assert.equal(limits.admit(ip("2001:db8::ffff:1")), "too-many-from-client");
  assert.equal(limits.admit(ip("2001:db8:0:1::1")), undefined);
});

test("who was refused is not counted", () => {
  const limits = limitsOf(1, 5);
  const [one, other] = [ip("192.0.2.1"), ip("192.0.2.2")];
  assert.equal(limits.admit(one), undefined);
  assert.equal(limits.admit(other), "too-many-connections");
  limits.release(one);
  assert.throws(() => limits.release(other), /not admitted/);
  assert.equal(limits.admit(other), undefined);
});

test("after any coming and going, exactly those who fit are in", () => {
  const clients = ["192.0.2.1", "192.0.2.2", "2001:db8::1"].map(ip);
  const moves = fc.array(fc.tuple(fc.boolean(), fc.nat(clients.length - 1)));
  fc.assert(
    fc.property(moves, (list) => {
      const limits = limitsOf(4, 2);
      const inside = clients.map(() => 0);
      for (const [comes, index] of list) {
        const own = inside[index] ?? 0;
        const all = inside.reduce((sum, count) => sum + count, 0);
        if (comes) {
          const admitted = limits.admit(clients[index]!) === undefined;
          assert.equal(admitted, all < 4 && own < 2);
          if (admitted) inside[index] = own + 1;
        } else if (own > 0) {
          limits.release(clients[index]!);
          inside[index] = own - 1;
        }
      }
    }),
  );
});

describe("new connections over time", () => {
  const [stranger, neighbour, trusted] = [ip("192.0.2.1"), ip("192.0.2.2"), ip("10.0.0.1")];

  /** Limits whose clock and rate can be set; whoever is admitted leaves at once. */
  function start() {
    const state = { now: 0, connectionRate: { amount: 3, period: 60_000 } };
    const options: ConnectionLimitOptions = {
      limits: () => ({
        connections: 5,
        connectionsPerClient: 2,
        connectionRate: state.connectionRate,
      }),
      isTrusted: (client) => client === trusted,
      elapsed: () => state.now,
    };
    const limits = createConnectionLimits(options);
    const visit = (client: IpAddress) => {
      const refusal = limits.admit(client);
      if (refusal === undefined) limits.release(client);
      return refusal ?? "admitted";
    };
    return { state, limits, visit };
  }

  test("are refused from one client when they come too fast, and admitted again with time", () => {
    const { state, visit } = start();
    const visits = [1, 2, 3, 4, 5].map(() => visit(stranger));
    assert.deepEqual(visits.slice(3), ["too-fast-from-client", "too-fast-from-client"]);
    assert.equal(visit(neighbour), "admitted");
    state.now = 19_999;
    assert.equal(visit(stranger), "too-fast-from-client");
    state.now = 20_000;
    assert.deepEqual([visit(stranger), visit(stranger)], ["admitted", "too-fast-from-client"]);
  });

  test("are not counted where another limit refuses them", () => {
    const { limits } = start();
    limits.admit(stranger);
    limits.admit(stranger);
    for (let again = 0; again < 10; again++) {
      assert.equal(limits.admit(stranger), "too-many-from-client");
    }
    limits.release(stranger);
    assert.equal(limits.admit(stranger), undefined);
    limits.release(stranger);
    assert.equal(limits.admit(stranger), "too-fast-from-client");
  });

  test("are not counted from a trusted client", () => {
    const { visit } = start();
    for (let again = 0; again < 100; again++) assert.equal(visit(trusted), "admitted");
  });

  test("stay counted over a reload, unless the rate has changed", () => {
    const { state, visit } = start();
    for (let again = 0; again < 3; again++) visit(stranger);
    state.connectionRate = { ...state.connectionRate };
    assert.equal(visit(stranger), "too-fast-from-client");
    state.connectionRate = { amount: 4, period: 60_000 };
    assert.equal(visit(stranger), "admitted");
  });
});
