// "tcpserver -S -H -R -c20 …": at most 20 clients at once. There the next one waited in the kernel's
// queue, and one client could be all twenty.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type IpAddress, parseIp } from "../../../src/core/mail/ip.ts";
import { createConnectionLimits } from "../../../src/io/net/connection-limits.ts";

function client(number: number): IpAddress {
  return parseIp(`203.0.113.${number}`)!;
}

function limitsOf(connectionsPerClient: number) {
  return createConnectionLimits({
    limits: () => ({ connections: 20, connectionsPerClient, connectionRate: undefined }),
    isTrusted: () => false,
    elapsed: () => 0,
  });
}

test("-c20: twenty clients are served, the next one is told so, and comes in when one leaves", () => {
  const limits = limitsOf(20);
  const visit = (number: number) => limits.admit(client(number));
  const first = Array.from({ length: 20 }, (_, index) => visit(index + 1));
  assert.deepEqual(new Set(first), new Set([undefined]));
  assert.equal(visit(21), "too-many-connections");
  limits.release(client(7));
  assert.equal(visit(21), undefined);
});

test("-c20, improved: one client cannot keep out all others", () => {
  const limits = limitsOf(5);
  const greedy = Array.from({ length: 20 }, () => limits.admit(client(1)));
  assert.equal(greedy.filter((refusal) => refusal === undefined).length, 5);
  assert.equal(greedy.at(-1), "too-many-from-client");
  assert.equal(limits.admit(client(2)), undefined);
});
