import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { type IpAddress, parseIp } from "../../core/mail/ip.ts";
import { createConnectionLimits } from "./connection-limits.ts";

function ip(text: string): IpAddress {
  return parseIp(text)!;
}

test("IPv4 clients are counted one by one, IPv6 clients by their /64", () => {
  const limits = createConnectionLimits(() => ({ connections: 10, connectionsPerClient: 1 }));
  assert.equal(limits.admit(ip("192.0.2.1")), undefined);
  assert.equal(limits.admit(ip("192.0.2.2")), undefined);
  assert.equal(limits.admit(ip("::ffff:192.0.2.1")), "too-many-from-client");
  assert.equal(limits.admit(ip("2001:db8::1")), undefined);
  assert.equal(limits.admit(ip("2001:db8::ffff:1")), "too-many-from-client");
  assert.equal(limits.admit(ip("2001:db8:0:1::1")), undefined);
});

test("who was refused is not counted", () => {
  const limits = createConnectionLimits(() => ({ connections: 1, connectionsPerClient: 5 }));
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
      const limits = createConnectionLimits(() => ({ connections: 4, connectionsPerClient: 2 }));
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
